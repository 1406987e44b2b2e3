// A session is cut at random moments, by kill -9 of the server or by loss of its connection: nothing is ever half done, and the
// next run finishes the work.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { connect, type Sql } from '../../src/db/connection.ts'
import { migrate } from '../../src/db/migrate.ts'
import { type Embedded, openEmbedded } from '../../src/embedded/embedded.ts'
import { times } from '../helper/thorough.ts'

const CUTS = times(2, { thorough: 4 })
const ROWS = 1000
const dataDir = mkdtempSync(join(tmpdir(), 'conferente-queda-'))
let server: Embedded

t.test('a session cut at random moments', async (t) => {
  server = await openEmbedded(dataDir)
  t.teardown(async () => {
    await server.release()
    rmSync(dataDir, { recursive: true, force: true })
  })
  await migrate(server.url, { current: true })
  await withDatabase(scene)

  t.equal(await run(), 0, 'an undisturbed session ends well')
  await withDatabase(spoil)
  let { milliseconds: whole } = await timed(run) // warm, like the runs that will be cut

  let cut = 1
  for (let attempt = 1; cut <= CUTS && attempt <= 3 * CUTS; attempt++) {
    const how = cut % 4 === 0 ? 'connection lost' : 'server killed'
    await withDatabase(spoil)
    const child = start()
    await sleep((0.3 + 0.7 * Math.random()) * whole) // it starts up before that
    if (how === 'server killed') await killServer()
    else await withDatabase(cutConnections)
    const code = await exitCode(child)
    const where = await withDatabase(halfStates)
    t.strictSame(where, [], `cut ${cut}, ${how}: nothing half done (exit ${code})`)

    const next = await timed(run)
    // 1 if this run meets what the load undid, and says so
    t.ok(next.code === 0 || next.code === 1, `cut ${cut}: the next run finishes (exit ${next.code})`)
    t.equal(await withDatabase(wrongRows), 0, `cut ${cut}: and has done the rest of the work`)
    t.strictSame(await withDatabase(halfStates), [], `cut ${cut}: still nothing half done`)
    if (code !== 0) cut++
    else whole *= 0.9 // it ended before the cut: the measured run was slower, on a busier machine
  }
  t.equal(cut, CUTS + 1, `${CUTS} sessions really were cut off`)

  t.equal(
    await withDatabase(async (sql) => {
      const [row] =
        await sql`select count(*)::int as n from audit.sessoes_processamento where status = 'em_andamento'`
      return row?.['n']
    }),
    0,
    'no session claims to be running',
  )
})

/** Entries that are all wrong, and a rule that corrects them in batches of fifty. */
async function scene(sql: Sql): Promise<void> {
  await sql.unsafe(`
    create schema dw;
    create table dw.contas (id bigint primary key, situacao text not null);
    create table dw.carga (ultima_operacao bigint not null);
    insert into dw.carga values (0);
    insert into dw.contas select n, 'errada' from generate_series(1, ${ROWS}) as n;
    insert into dw.contas values (0, 'certa'); -- known to the ledger, or auto would not write it
    create function dw.regra_contas(janela audit.janela) returns setof audit.achado language sql stable
      set search_path = pg_catalog, pg_temp as $$
      select 'dw.contas', c.id::text, '{"situacao": "certa"}'::jsonb, 1.0, '{}'::jsonb, 'a situação está errada', 1.0
      from dw.contas c
      where c.situacao = 'errada'
        and (janela.chaves is null or c.id = any (audit_interno.chaves_como(janela.chaves, null::bigint)))
    $$;
    grant usage on schema dw to conferente_regra, conferente_escrita;
    grant select on dw.contas to conferente_regra, conferente_escrita; grant update on dw.contas to conferente_escrita;
    grant execute on function dw.regra_contas(audit.janela) to conferente_regra;
    select audit.registrar_regra('contas', 'contas erradas', 'dw.regra_contas', 'dw.contas', 'id', array['situacao'], concessao_correcoes => 1000000, concessao_valor => 1e12);
    select audit.alterar_configuracao('sessao.tamanho_lote', '50', 'muitos lotes');
    select audit.alterar_configuracao('limites.fracao', '1', 'tudo está errado');
    select audit.alterar_configuracao('sessao.desfeitas_maximo', '1000', 'cada carga desfaz tudo');
  `)
}

/** A load writes the errors back over the corrections. */
async function spoil(sql: Sql): Promise<void> {
  await sql.begin(async (tx) => {
    await tx`update dw.contas set situacao = 'errada' where id > 0`
    await tx`update dw.carga set ultima_operacao = (select coalesce(max(id), 0) from audit.operacoes)`
  })
}

async function wrongRows(sql: Sql): Promise<number> {
  const [row] = await sql`select count(*)::int as n from dw.contas where situacao = 'errada'`
  return row?.['n']
}

/** What must never be visible at any moment: each line names something half done. */
async function halfStates(sql: Sql): Promise<string[]> {
  const rows = await sql`
    with ultima as (
      select distinct on (a.divergencia_id) a.divergencia_id, a.depois, a.operacao_id > c.ultima_operacao as depois_da_carga
      from audit.alteracoes a, dw.carga c
      order by a.divergencia_id, a.operacao_id desc
    )
    select 'corrected, but the row is not: ' || d.registro_id as what
    from audit.divergencias_processadas d join dw.contas c on c.id = d.registro_id::bigint join ultima u on u.divergencia_id = d.id
    where d.status = 'corrigida' and u.depois_da_carga and c.situacao <> 'certa'
    union all
    select 'the row is corrected, but the finding is not: ' || d.registro_id
    from audit.divergencias_processadas d join dw.contas c on c.id = d.registro_id::bigint
    where d.status <> 'corrigida' and c.situacao = 'certa'
    union all
    select 'corrected without an image: ' || d.registro_id
    from audit.divergencias_processadas d left join ultima u on u.divergencia_id = d.id
    where d.status = 'corrigida' and u.depois is distinct from '{"situacao": "certa"}'
    union all
    select 'operation not ended or not sealed: ' || o.id from audit.operacoes o where o.selo is null
    union all
    select 'chain broken at ' || o.elo
    from (select elo, selo_anterior, lag(selo) over (order by elo) as anterior, row_number() over (order by elo) as n from audit.operacoes) as o
    where o.elo <> o.n or o.selo_anterior <> o.anterior
    union all
    select 'counter of session ' || s.id || ' says ' || s.corrigidas || ', images ' || count(a.*)
    from audit.sessoes_processamento s
    left join audit.operacoes o on o.sessao_id = s.id and o.tipo = 'correcao'
    left join audit.alteracoes a on a.operacao_id = o.id
    group by s.id having s.corrigidas <> count(a.*)`
  return rows.map((row) => row['what'])
}

async function cutConnections(sql: Sql): Promise<void> {
  await sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`
}

async function killServer(): Promise<void> {
  const pid = Number(readFileSync(join(server.dataDir, 'cluster', 'postmaster.pid'), 'utf8').split('\n')[0])
  process.kill(pid, 'SIGKILL')
  await server.release().catch(() => {})
  server = await openEmbedded(dataDir)
}

function start(): ChildProcess {
  return spawn(process.execPath, ['src/cli/main.ts', 'processar', '--modo', 'auto', '--regra', 'contas'], {
    env: { ...process.env, DATABASE_URL: server.url },
    stdio: 'ignore',
  })
}

async function exitCode(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  return child.exitCode
}

async function run(): Promise<number | null> {
  return exitCode(start())
}

async function timed(
  work: () => Promise<number | null>,
): Promise<{ code: number | null; milliseconds: number }> {
  const before = performance.now()
  const code = await work()
  return { code, milliseconds: performance.now() - before }
}

async function withDatabase<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
  const sql = connect(server.url, { max: 1 })
  try {
    return await work(sql)
  } finally {
    await sql.end({ timeout: 1 })
  }
}
