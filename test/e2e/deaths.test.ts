// Workers are killed with -9 at random moments while they share one session: at the end every finding is there once, every
// correction once, and at no time is anything half. Small here; `npm run deaths` does it with 100,000 findings and 20 deaths.
import { type ChildProcess, spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Test, test } from 'tap'
import type { Row, Sql } from '../../src/db/connection.ts'
import { exited, until, type Workshop, workshop } from '../helper/work.ts'

const [ROWS = 5000, DEATHS = 5] = process.argv.slice(2).map(Number)
const PARTS = 24
const LONG = 600_000

test(`${DEATHS} deaths among the workers of a session of ${ROWS} findings`, async (t) => {
  const base = await workshop(t)
  const { sql } = base
  await scene(base)
  const olivia = base.connectAs('olivia')
  const [asked] = await olivia`
    select id from audit.solicitar_processamento('auto', '2025-01-01', '2026-12-31', '{mensal}')`
  const id = asked?.['id'] as bigint
  const began = Date.now()

  const workers = [worker(t, base.workerUrl), worker(t, base.workerUrl)]
  const phases = new Map<string, number>()
  let last = -1
  for (let death = 1; death <= DEATHS; death++) {
    // Half of them in the detection, the others while it corrects.
    await until(async () => {
      const { done, etapa, ended } = await progress(sql, id)
      return ended || (done > last && (death <= DEATHS / 2 || etapa === 'correcao'))
    }, LONG)
    await sleep(Math.random() * 150)
    const victim = Math.floor(Math.random() * workers.length)
    const dead = workers[victim] as ChildProcess
    const { etapa, ended } = await progress(sql, id)
    if (ended) break
    dead.kill('SIGKILL')
    await exited(dead)
    phases.set(etapa, (phases.get(etapa) ?? 0) + 1)
    t.same(await halfStates(sql, id), [], `death ${death}, in ${etapa}: nothing half`)
    workers[victim] = worker(t, base.workerUrl)
    last = (await progress(sql, id)).done
  }
  const deaths = [...phases.values()].reduce((sum, n) => sum + n, 0)
  t.equal(deaths, DEATHS, 'all of them came while it was under way')
  t.comment(`deaths: ${JSON.stringify(Object.fromEntries(phases))}`)

  await until(async () => (await base.session(id))['na_fila'] === 0, LONG)
  t.comment(`${ROWS} findings, ${deaths} deaths: ${Math.round((Date.now() - began) / 1000)} s`)
  t.same(await halfStates(sql, id), [], 'nothing half at the end')
  const trail =
    await sql`select situacao, elo, objeto, esperado, encontrado from audit.verificar_integridade()`
  t.match(trail, [{ situacao: 'provada' }], 'the audit trail is proven')
  t.match(await base.session(id), {
    status: 'concluida',
    encontradas: BigInt(ROWS),
    novas: BigInt(ROWS),
    corrigidas: BigInt(ROWS),
    partes: BigInt(PARTS),
    partes_concluidas: BigInt(PARTS),
  })
  const [counts] = await sql`
    select
      (select count(*)::int from audit.divergencias_processadas where status = 'corrigida' and vezes_detectada = 1) as findings,
      (select count(distinct registro_id)::int from audit.divergencias_processadas) as keys,
      (select count(*)::int from audit.deteccoes) as detections,
      (select count(*)::int from audit.alteracoes where antes = '{"situacao": "errada"}' and depois = '{"situacao": "certa"}') as images,
      (select count(distinct divergencia_id)::int from audit.alteracoes) as corrected,
      (select count(*)::int from dw.mensal where situacao = 'certa' and id > 0) as right,
      (select count(*)::int from audit.operacoes where detalhes ? 'parte') as parts,
      (select count(*)::int from audit.operacoes where detalhes ? 'partes' and not detalhes ? 'parte') as joins`
  t.same(counts, {
    findings: ROWS,
    keys: ROWS,
    detections: ROWS,
    images: ROWS,
    corrected: ROWS,
    right: ROWS,
    parts: PARTS,
    joins: 1,
  })
  await Promise.all(workers.map((child) => child.kill('SIGTERM') && exited(child)))
})

/** Two years of entries that are all wrong, cut into months, corrected in a hundred batches. */
async function scene({ sql }: Workshop): Promise<void> {
  await sql.unsafe(`
    create table dw.mensal (id bigint primary key, dia date not null, situacao text not null);
    insert into dw.mensal select n, date '2025-01-01' + make_interval(months => n % ${PARTS}), 'errada' from generate_series(1, ${ROWS}) as n;
    insert into dw.mensal values (0, '2020-01-01', 'certa'); -- known to the ledger, or auto would not write it
    create function dw.regra_mensal(janela audit.janela) returns setof audit.achado language plpgsql stable
    set search_path = pg_catalog, pg_temp as $$
    begin
      if janela.chaves is null then perform pg_sleep(0.2); end if;
      return query select 'dw.mensal', c.id::text, '{"situacao": "certa"}'::jsonb, 1.0, '{}'::jsonb, 'está errada', 1.0
        from dw.mensal c where c.situacao = 'errada'
          and (janela.data_inicio is null or c.dia >= janela.data_inicio) and (janela.data_fim is null or c.dia <= janela.data_fim)
          and (janela.chaves is null or c.id = any (audit_interno.chaves_como(janela.chaves, null::bigint)));
    end $$;
    grant select on dw.mensal to conferente_regra, conferente_escrita; grant update on dw.mensal to conferente_escrita;
    grant execute on function dw.regra_mensal(audit.janela) to conferente_regra;
    select audit.registrar_regra('mensal', 'erradas', 'dw.regra_mensal', 'dw.mensal', 'id', array['situacao'], 'dia', concessao_correcoes => 1000000, concessao_valor => 1e12);
    select audit.alterar_configuracao('sessao.linhas_por_parte', '1', 'um mês por parte');
    select audit.alterar_configuracao('sessao.tamanho_lote', '${Math.ceil(ROWS / 100)}', 'muitos lotes');
    select audit.alterar_configuracao('limites.linhas', '${ROWS}', 'tudo está errado')`)
}

function worker(t: Test, url: string): ChildProcess {
  const child = spawn(process.execPath, [`${import.meta.dirname}/../helper/worker.ts`, url], {
    stdio: 'ignore',
  })
  t.teardown(() => child.kill('SIGKILL'))
  return child
}

async function progress(sql: Sql, id: bigint): Promise<{ done: number; etapa: string; ended: boolean }> {
  const [row] = await sql<[Row]>`
    select etapa, corrigidas + coalesce(partes_concluidas, 0) as done, status not in ('agendada', 'em_andamento') as ended
    from audit.sessoes_processamento where id = ${id}`
  return { done: Number(row['done']), etapa: row['etapa'], ended: row['ended'] }
}

/** What must never be seen, whenever one looks: each line names what is half done. */
async function halfStates(sql: Sql, id: bigint): Promise<string[]> {
  const rows = await sql`
    select 'finding and row disagree: ' || d.registro_id as what
    from audit.divergencias_processadas d join dw.mensal m on m.id = d.registro_id::bigint
    where (d.status = 'corrigida') <> (m.situacao = 'certa')
    union all
    select 'corrected rows, images: ' || count(*) filter (where m.situacao = 'certa') || ', ' || (select count(*) from audit.alteracoes)
    from dw.mensal m where m.id > 0 having count(*) filter (where m.situacao = 'certa') <> (select count(*) from audit.alteracoes)
    union all
    select 'rule counts ' || e.encontradas || ' findings and ' || e.corrigidas || ' corrections'
    from audit.execucoes_regra e
    where e.sessao_id = ${id} and (e.encontradas <> (select count(*) from audit.deteccoes) or e.corrigidas <> (select count(*) from audit.alteracoes))
    union all
    select 'part ' || p.parte || ' is ' || p.status || ', its operation ' || coalesce(o.status, 'is missing')
    from audit_interno.partes_sessao p
    left join audit.operacoes o on o.sessao_id = p.sessao_id and o.regra = p.regra and (o.detalhes ->> 'parte')::int = p.parte
    where p.sessao_id = ${id} and (p.status = 'concluida') <> (o.id is not null)
    union all
    select 'operation not ended or not sealed: ' || o.id from audit.operacoes o where o.selo is null
    union all
    select 'chain broken at ' || o.elo
    from (select elo, selo_anterior, lag(selo) over (order by elo) as anterior, row_number() over (order by elo) as n from audit.operacoes) as o
    where o.elo <> o.n or o.selo_anterior <> o.anterior`
  return rows.map((row) => row['what'])
}
