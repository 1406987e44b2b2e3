// A transaction whose connection is lost fails, and nothing else does: tap counts an error that nobody caught.
import { setTimeout as sleep } from 'node:timers/promises'
import { type Test, test } from 'tap'
import { connect, type Transaction } from '../../src/db/connection.ts'
import { transaction } from '../../src/db/transaction.ts'
import { testDatabase } from '../helper/database.ts'

/** The driver's word for it, or the system's, whichever notices first. */
const LOST = /^(CONNECTION_|ECONNRESET$|EPIPE$)/

async function scene(t: Test) {
  const { sql: admin, url } = await testDatabase(t)
  const sql = connect(url, { max: 2 })
  t.teardown(() => sql.end({ timeout: 1 }))
  const kill = async (tx: Transaction) => {
    const [row] = await tx`select pg_backend_pid() as pid`
    return async () => void (await admin`select pg_terminate_backend(${row?.['pid']})`)
  }
  return { sql, kill }
}

test('a lost connection fails its transaction, and the next transaction does not notice', async (t) => {
  const { sql, kill } = await scene(t)
  const killed = async (tx: Transaction) => {
    await (await kill(tx))()
    await sleep(50)
  }
  const cases: Record<string, (tx: Transaction) => Promise<unknown>> = {
    'while a statement runs': async (tx) => {
      setTimeout(await kill(tx), 50)
      await tx`select pg_sleep(10)`
    },
    'between two statements': async (tx) => {
      await killed(tx)
      await tx`select 1`
    },
    'before the commit': killed,
    'before work fails by itself': async (tx) => {
      await killed(tx)
      throw new Error('of its own')
    },
    'while work catches every error and goes on': async (tx) => {
      setTimeout(await kill(tx), 50)
      await tx`select pg_sleep(10)`.catch(() => {})
      await tx.unsafe('select 1').catch(() => {})
    },
    'in a savepoint': async (tx) => {
      setTimeout(await kill(tx), 50)
      await tx.savepoint((inner) => inner`select pg_sleep(10)`).catch(() => {})
    },
    'between the batches of a cursor': async (tx) => {
      const strike = await kill(tx)
      await tx
        .unsafe('select n from generate_series(1, 10000) as n', [])
        .values()
        .cursor(10, async () => {
          await strike()
          await new Promise(() => {})
        })
    },
  }
  for (const [what, work] of Object.entries(cases)) {
    await t.rejects(transaction(sql, work), { code: LOST }, what)
    // As many as the pool has, so that each connection is used again.
    const next = await Promise.all(
      [1, 2, 3, 4].map((n) => transaction(sql, (tx) => tx`select ${n}::int as n`)),
    )
    t.same(
      next.map(([row]) => row?.['n']),
      [1, 2, 3, 4],
      `${what}: then`,
    )
  }
})

test('other failures are rolled back as usual', async (t) => {
  const { sql } = await scene(t)
  await sql`create table marcas (n int primary key)`
  await t.rejects(
    transaction(sql, async (tx) => {
      await tx`insert into marcas values (1)`
      throw Object.assign(new Error('too late'), { code: 'CONNECT_TIMEOUT' })
    }),
    { code: 'CONNECT_TIMEOUT' },
  )
  await t.rejects(
    transaction(sql, (tx) => tx`select 1 / 0`),
    { code: '22012' },
  )
  await t.rejects(
    transaction(sql, (tx) => tx`insert into marcas values (1)`, 'read only'),
    { code: '25006' },
  )
  const kept = await transaction(sql, async (tx) => {
    await tx.savepoint((inner) => inner`insert into marcas values ('x')`).catch(() => {})
    await tx`insert into ${tx('marcas')} ${tx({ n: 2 })}`
    return 'kept'
  })
  t.equal(kept, 'kept')
  t.same(
    (await sql`select n from marcas`).map(({ n }) => n),
    [2],
  )
})

test('the driver rejects queries through the property that transactions watch', async (t) => {
  const { sql } = await scene(t)
  const query = sql`select 1 / 0`
  const { reject } = query as unknown as { reject: (error: unknown) => void }
  if (typeof reject !== 'function') return t.fail('the driver has changed: see src/db/transaction.ts')
  const heard: unknown[] = []
  Object.assign(query, {
    reject(error: unknown) {
      heard.push(error)
      reject(error)
    },
  })
  await t.rejects(query, { code: '22012' })
  t.match(heard, [{ code: '22012' }])
  t.equal(heard.length, 1)
})
