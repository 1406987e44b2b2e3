// A warehouse of six months and a rule that reads each, with a gate in front of every month: whoever holds its lock holds up the
// part that reads the month.
import type { Test } from 'tap'
import { connect, connectAs, type Row } from '../../src/db/connection.ts'
import { resumeSession } from '../../src/session/session.ts'
import { until, type Workshop, workshop } from './work.ts'

const GATE = 20261125
export const MONTHS = 6
export const ROWS = 20

export interface MonthsWorkshop extends Workshop {
  /** Asks for a session over the six months. */
  request(mode?: 'manual' | 'auto', ...rules: string[]): Promise<bigint>
  /** Closes the gates of months; returns a function that opens them again. */
  closeGates(...months: number[]): Promise<() => Promise<void>>
  /** Waits until this many parts stand before gates. */
  stopped(n: number): Promise<void>
  /** The records of a session: each finding once, each part's operation once, counters that say the same. */
  accounts(id: bigint): Promise<Row>
}

export async function monthsWorkshop(t: Test): Promise<MonthsWorkshop> {
  const base = await workshop(t)
  const { sql } = base
  await sql.unsafe(`
    create table dw.mensal (id bigint primary key, dia date not null, situacao text not null);
    insert into dw.mensal select n, date '2026-01-01' + make_interval(months => n % ${MONTHS}, days => n % 28), 'errada'
      from generate_series(1, ${MONTHS * ROWS}) as n;
    insert into dw.mensal values (-1, '2020-01-01', 'certa'); -- known to the ledger, or auto would not write it
    create table dw.quebra (mes int);
    create function dw.regra_mensal(janela audit.janela) returns setof audit.achado language plpgsql stable
    set search_path = pg_catalog, pg_temp as $$
    declare v_mes int := extract(month from janela.data_inicio);
    begin
      if janela.chaves is null then
        perform pg_advisory_xact_lock_shared(${GATE}, v_mes);
        if exists (select from dw.quebra q where q.mes = v_mes) then raise exception 'o mês % está quebrado', v_mes; end if;
      end if;
      return query select 'dw.mensal', c.id::text, '{"situacao": "certa"}'::jsonb, 1.0, '{}'::jsonb, 'está errada', 1.0
        from dw.mensal c where c.situacao = 'errada'
          and (janela.data_inicio is null or c.dia >= janela.data_inicio) and (janela.data_fim is null or c.dia <= janela.data_fim)
          and (janela.chaves is null or c.id = any (audit_interno.chaves_como(janela.chaves, null::bigint)));
    end $$;
    grant select on dw.mensal to conferente_regra, conferente_escrita; grant update on dw.mensal to conferente_escrita;
    grant select on dw.quebra to conferente_regra, conferente_escrita;
    grant execute on function dw.regra_mensal(audit.janela) to conferente_regra;
    select audit.registrar_regra('mensal', 'erradas', 'dw.regra_mensal', 'dw.mensal', 'id', array['situacao'], 'dia', concessao_correcoes => 1000000, concessao_valor => 1e12);
    select audit.alterar_configuracao('sessao.linhas_por_parte', '1', 'um mês por parte')`)
  const olivia = base.connectAs('olivia')
  return {
    ...base,
    request: async (mode = 'manual', ...rules) => {
      const [row] =
        await olivia`select id from audit.solicitar_processamento(${mode}, '2026-01-01', '2026-06-30',
        ${rules.length > 0 ? rules : ['mensal']}::text[])`
      return row?.['id'] as bigint
    },
    closeGates: async (...closed) => {
      const keeper = connect(base.url, { max: 1 })
      await keeper`select pg_advisory_lock(${GATE}, m) from unnest(${closed}::int[]) as m`
      const open = () => keeper.end({ timeout: 1 })
      t.teardown(open)
      return open
    },
    stopped: (n) =>
      until(async () => {
        const [row] = await sql`
          select count(distinct k.pid)::int as n from pg_locks k
          where k.locktype = 'advisory' and k.classid = ${GATE} and not k.granted
            and k.database = (select oid from pg_database where datname = current_database())`
        return row?.['n'] === n
      }),
    accounts: async (id) =>
      (
        await sql`
        select s.status, s.encontradas::int as encontradas, s.novas::int as novas, s.corrigidas::int as corrigidas,
          s.partes::int as partes, s.partes_concluidas::int as partes_concluidas,
          (select count(*)::int from audit.deteccoes d join audit.operacoes o on o.id = d.operacao_id where o.sessao_id = s.id) as deteccoes,
          (select count(distinct d.divergencia_id)::int from audit.deteccoes d join audit.operacoes o on o.id = d.operacao_id
           where o.sessao_id = s.id) as divergencias,
          (select count(*)::int from audit.operacoes o where o.sessao_id = s.id and o.detalhes ? 'parte') as operacoes,
          (select count(distinct o.detalhes ->> 'parte')::int from audit.operacoes o where o.sessao_id = s.id) as partes_distintas,
          (select count(*)::int from audit.operacoes o where o.sessao_id = s.id and o.tipo = 'deteccao' and o.detalhes ? 'partes'
             and not o.detalhes ? 'parte') as juncoes,
          (select sum(e.encontradas)::int from audit.execucoes_regra e where e.sessao_id = s.id) as das_regras
        from audit.sessoes_processamento s where s.id = ${id}`
      )[0] as Row,
  }
}

/** Conducts a queued session to its end as a single worker would, part by part, or until pause. */
export async function inParts(url: string, id: bigint, pause?: AbortSignal): Promise<Row> {
  return resumeSession(
    id,
    {},
    {
      open: () => connectAs('conferente_dono', url),
      over: async () => false,
      signal: new AbortController().signal,
      ...(pause && { pause }),
    },
  )
}
