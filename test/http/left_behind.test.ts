// What code of the warehouse leaves in a connection of the API is refused where it ran, and gone before the next caller.
import { test } from 'tap'
import type { Sql, Transaction } from '../../src/db/connection.ts'
import { openAccess } from '../../src/http/database.ts'
import { carried } from '../helper/adversary.ts'
import { api } from '../helper/api.ts'
import { LEFT_LOCK, LEFT_NAME, leaveAtCommit } from '../helper/left_behind.ts'
import { scenario } from '../helper/scenario.ts'
import { PASSWORD } from '../helper/server.ts'

const held = (sql: Sql) =>
  sql`select count(*)::int as n from pg_locks where locktype = 'advisory' and objid = ${LEFT_LOCK}
    and database = (select oid from pg_database where datname = current_database())`

test('an advisory lock and a prepared statement do not survive the next request', async (t) => {
  const scene = await scenario(t)
  await scene.book({ id: 1 })
  await scene.runSession()
  await scene.sql.unsafe(`
    create function dw.larga() returns trigger language plpgsql as $$
    begin perform pg_advisory_lock(20261123, ${LEFT_LOCK}); execute 'prepare "de ""la" as select 1'; return new; end $$;
    create trigger larga before update on dw.lancamentos for each row execute function dw.larga()`)
  const server = await api(t, scene)
  const ana = await server.token('revisor', 'ana')
  const list = () => server.request('/api/v1/divergencias?ordem=id', { token: ana })
  const { id, visto } = (await list()).json.itens[0]
  const approve = () =>
    server.request('/api/v1/divergencias/aprovar', {
      token: ana,
      body: { ids: [id], visto: [visto], motivo: 'confere' },
    })
  t.match((await approve()).json, { codigo: 'NC012' })
  t.match(await held(scene.sql), [{ n: 1 }], 'a rollback does not remove it from the session')
  // the pool gives its connections in turn
  for (let n = 0; n < 10; n += 1) t.equal((await list()).status, 200)
  t.match(await held(scene.sql), [{ n: 0 }], 'the lock is free')
  // the statement's name as well: otherwise it would be refused because the name is taken, not because it was left behind
  for (let n = 0; n < 5; n += 1) t.match((await approve()).json, { codigo: 'NC012' })
})

/** Somebody signed in from outside, without a token of ours. */
const ANA = {
  name: 'ana',
  role: 'conferente_revisor',
  tokenId: undefined,
  issuedAt: undefined,
  external: true,
} as const

/** Everything that a transaction finds in its connection. */
const found = async (tx: Transaction) => {
  const [own] =
    await tx`select pg_backend_pid() as pid, nullif(current_setting('fundo.quem', true), '') as quem, current_setting('work_mem') as memoria`
  const sequence = await tx.savepoint((inner) => inner`select lastval()`).catch(({ code }) => code)
  return { pid: own?.['pid'], left: { ...(await carried(tx as never)), ...own, pid: null, sequence } }
}

test('whatever is left at a commit, the next caller gets a connection as good as new', async (t) => {
  const scene = await scenario(t)
  await scene.book({ id: 1 }, { id: 2 })
  await scene.runSession()
  const login = Object.assign(new URL(scene.url), { username: 'api', password: PASSWORD })
  const access = await openAccess(login.href)
  t.teardown(() => access.sql.end({ timeout: 1 }))
  const ways = {
    'as a caller': () => access.asCaller(ANA, found),
    'as a reader': () => access.asReader(found),
  }
  await leaveAtCommit(scene.sql)
  for (const [id, [name, look]] of Object.entries(ways).entries()) {
    const fresh = await look()
    const [{ id: finding }, [shown]] = [
      await scene.finding(id + 1),
      await scene.shown((await scene.finding(id + 1)).id),
    ]
    const dirty = await access.asCaller(ANA, async (tx) => {
      const [row] = await tx`select status, pg_backend_pid() as pid
        from audit.aprovar_divergencias(${[finding]}, 'confere', ${[shown ?? null]})`
      return row
    })
    t.match(dirty, { status: 'corrigida' })
    t.match(
      await scene.sql`select application_name from pg_stat_activity where pid = ${dirty?.['pid']}`,
      [{ application_name: LEFT_NAME }],
      'it did leave something behind',
    )
    const pids: unknown[] = []
    for (let n = 0; n < 12; n += 1) {
      const { pid, left } = await look()
      pids.push(pid)
      t.same(left, fresh.left, name)
    }
    t.ok(pids.includes(dirty?.['pid']), `${name}: it was tried`)
    t.match(await held(scene.sql), [{ n: 0 }], 'and nothing of it is left for others')
  }
})

test('the same for GraphQL', async (t) => {
  const scene = await scenario(t)
  await scene.book({ id: 1 })
  await scene.runSession()
  const server = await api(t, scene)
  const ana = await server.token('revisor', 'ana')
  const ask = async (query: string, variables = {}) =>
    (await server.request('/graphql', { token: ana, body: { query, variables } })).json
  await leaveAtCommit(scene.sql)
  const { id } = await scene.finding(1)
  t.match(
    await ask(
      'mutation ($ids: [BigInt!]!, $visto: [String!]!) { aprovarDivergencias(input: { ids: $ids, visto: $visto, motivo: "confere" }) { resultado { status } } }',
      { ids: [String(id)], visto: await scene.shown(id) },
    ),
    { data: { aprovarDivergencias: { resultado: [{ status: 'corrigida' }] } } },
  )
  const named = () =>
    scene.sql`select from pg_stat_activity where datname = current_database() and application_name = ${LEFT_NAME}`
  t.equal((await named()).length, 1, 'it did leave something behind')
  for (let n = 0; n < 12; n += 1)
    t.match(await ask('{ divergencias { totalCount } }'), { data: { divergencias: { totalCount: 1 } } })
  t.equal((await named()).length, 0)
  t.match(await held(scene.sql), [{ n: 0 }])
})

test('a connection that lost its prepared statements still serves the next caller', async (t) => {
  const scene = await scenario(t)
  await scene.book({ id: 1 })
  await scene.runSession()
  await scene.sql.unsafe(`
    create table dw.fila (n int);
    create function dw.esquece() returns trigger language plpgsql security definer as $$
    begin execute 'deallocate all'; return null; end $$;
    create constraint trigger esquece after insert on dw.fila deferrable initially deferred for each row execute function dw.esquece();
    create function dw.alimenta() returns trigger language plpgsql security definer as $$
    begin insert into dw.fila values (1); return new; end $$;
    create trigger alimenta before update on dw.lancamentos for each row execute function dw.alimenta()`)
  const server = await api(t, scene)
  const ana = await server.token('revisor', 'ana')
  const list = () => server.request('/api/v1/divergencias?ordem=id', { token: ana })
  // each connection of the pool, in turn
  for (let n = 0; n < 24; n += 1) await list()
  const { id, visto } = (await list()).json.itens[0]
  const body = { ids: [id], visto: [visto], motivo: 'confere' }
  t.match((await server.request('/api/v1/divergencias/aprovar', { token: ana, body })).json, {
    itens: [{ status: 'corrigida' }],
  })
  for (let n = 0; n < 24; n += 1) t.equal((await list()).status, 200)

  const asked = async (query: string) =>
    (await server.request('/graphql', { token: ana, body: { query } })).json
  const open = () => asked('{ divergenciasAbertas(first: 5) { nodes { id visto } } }')
  await scene.book({ id: 2 })
  await scene.runSession()
  for (let n = 0; n < 24; n += 1) await open()
  const [two] = (await open()).data.divergenciasAbertas.nodes
  const { data } =
    await asked(`mutation { aprovarDivergencias(input: { ids: ["${two.id}"], visto: ["${two.visto}"],
    motivo: "confere" }) { resultado { status } } }`)
  t.match(data, { aprovarDivergencias: { resultado: [{ status: 'corrigida' }] } })
  for (let n = 0; n < 24; n += 1) t.equal((await open()).errors, undefined)
  t.same(server.failures, [])
})
