// The cost of reading a row again: the same corrections on a plain table, on a view over one, and on a view that writes by a
// trigger.
import { connect, type Sql } from '../../../src/db/connection.ts'
import { conductSession } from '../../../src/session/session.ts'
import { alternate, type Measure, type Result } from '../harness.ts'
import { emptyDatabase } from '../warehouse.ts'

const FORMS = ['plana', 'visao', 'gatilho'] as const
type Form = (typeof FORMS)[number]

/** Three relations of the same rows, each with a rule of its own that finds one row in ten. */
async function prepare(sql: Sql, rows: number): Promise<void> {
  const grants = (name: string) => `grant select on dw.${name} to conferente_regra, conferente_escrita;
    grant update on dw.${name} to conferente_escrita;`
  const table = (name: string) => `
    create table ${name} (id bigint primary key, data_lancamento date not null, carregado_em timestamptz not null, categoria text,
      fornecedor text, documento text, descricao text, valor numeric(18,2));
    insert into ${name} select n, date '2026-01-01' + n % 300, '2026-11-01 00:00+00', 'Serviços', 'Fornecedor ' || n % 1000, 'NF-' || n,
      'serviço prestado nº ' || n, n % 10000 + 0.25 from generate_series(1, ${rows}) n;`
  await sql.unsafe(`
    create schema dw; create schema origem; grant usage on schema dw to conferente_regra, conferente_escrita;
    ${table('dw.plana')} ${table('origem.visao')} ${table('origem.gatilho')}
    create view dw.visao as select * from origem.visao;
    create view dw.gatilho as select * from origem.gatilho;
    create function origem.gravar() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $f$
    begin
      update origem.gatilho set categoria = new.categoria, descricao = new.descricao, valor = new.valor where id = old.id;
      return new;
    end $f$;
    create trigger gravar instead of update on dw.gatilho for each row execute function origem.gravar();
    select audit.alterar_configuracao('limites.linhas', '100000000', 'bancada');
    select audit.alterar_configuracao('limites.fracao', '1', 'bancada');
    select audit.alterar_configuracao('limites.valor', '1000000000000', 'bancada');`)
  for (const form of FORMS)
    await sql.unsafe(`
      create schema de_${form}; grant usage on schema de_${form} to conferente_regra;
      create function de_${form}.regra(janela audit.janela) returns setof audit.achado language plpgsql stable
      set search_path = pg_catalog, pg_temp set plan_cache_mode = force_custom_plan as $f$
      begin
        return query select null::text, l.id::text, '{"categoria": "Serviços"}'::jsonb, 0.99, '{"tipo": "bancada"}'::jsonb, 'Era outra.', 1.00
        from dw.${form} l where l.categoria like 'ERRADA%'
          and (janela.chaves is null or l.id = any (audit_interno.chaves_como(janela.chaves, (null::dw.plana).id)));
      end $f$;
      grant execute on function de_${form}.regra(audit.janela) to conferente_regra;
      ${grants(form)}
      select audit.registrar_regra('${form}', 'Da bancada.', 'de_${form}.regra', 'dw.${form}', 'id', array['categoria', 'descricao', 'valor'],
        'data_lancamento', 'carregado_em', 'valor', limiar => 0.95, concessao_correcoes => 1000000, concessao_valor => 1e12,
        colunas_identidade => array['data_lancamento', 'documento', 'fornecedor']);`)
}

/** Makes one row in ten wrong, has a session correct them, and returns how long the correcting took. */
async function correct(sql: Sql, form: Form, run: number, wrong: number): Promise<number> {
  const table = form === 'plana' ? 'dw.plana' : `origem.${form}`
  await sql.unsafe(`update ${table} set categoria = 'ERRADA ${run}' where id % 10 = 0`)
  await sql.unsafe(`vacuum (analyze) ${table}`)
  await sql`checkpoint`
  let took = 0
  let began = 0
  const session = await conductSession(
    sql,
    { modo: 'auto', dataInicio: '1990-01-01', dataFim: '2100-12-31', regras: [form] },
    {
      began: () => {
        began = performance.now()
      },
      ended: ({ etapa }) => {
        if (etapa !== 'detectar') took += (performance.now() - began) / 1000
      },
    },
    { signal: new AbortController().signal },
  )
  if (Number(session['corrigidas']) !== wrong)
    throw new Error(`${session['corrigidas']} of ${wrong} corrected: ${session['mensagem']}`)
  return took
}

export const rereading: Measure = {
  name: 'rereading',
  async run({ serverUrl, rows, runs, say }) {
    const taken = Math.min(rows, 1_000_000)
    const wrong = Math.floor(taken / 10)
    const sql = connect(await emptyDatabase(serverUrl, 'conferente_bench_releitura'), { max: 1 })
    try {
      await prepare(sql, taken)
      const results: Result[] = []
      for (const [form, work] of [
        ['visao', 'correct through a view of one table'],
        ['gatilho', 'correct through a view with an INSTEAD OF trigger'],
      ] as const) {
        const measured = await alternate(runs, {
          floor: (run) => correct(sql, 'plana', run, wrong),
          ours: (run) => correct(sql, form, run, wrong),
        })
        say(
          `  ${form}: ${measured.runs.map((s) => s.toFixed(2))} s, plain ${measured.floorRuns.map((s) => s.toFixed(2))} s`,
        )
        results.push({
          name: `rereading_${form}`,
          work: `${work}: ${wrong} rows, each read again`,
          floor: 'the same corrections on a plain table',
          unit: 's',
          ...measured,
        })
      }
      return results
    } finally {
      await sql.end()
    }
  },
}
