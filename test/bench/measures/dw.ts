// What other users of the warehouse notice while a tenth of it is corrected: readers, writers, locks and bloat.
import { setTimeout as sleep } from 'node:timers/promises'
import { connect, type Sql } from '../../../src/db/connection.ts'
import { conductSession } from '../../../src/session/session.ts'
import type { Measure, Result } from '../harness.ts'
import { damage, RULE, settle, trustAgain } from '../warehouse.ts'

interface Seen {
  readonly took: number[]
  waits: number
}

/** Repeats a statement as another user of the warehouse, until told to stop; gives the milliseconds of each. */
async function repeat(
  url: string,
  over: AbortSignal,
  statement: (sql: Sql) => PromiseLike<unknown>,
): Promise<Seen> {
  const sql = connect(url, { max: 1 })
  const observer = connect(url, { max: 1 })
  const seen: Seen = { took: [], waits: 0 }
  try {
    const [{ pid }] = (await sql`select pg_backend_pid() as pid`) as unknown as [{ pid: number }]
    const watch = (async () => {
      while (!over.aborted) {
        const [waits] =
          await observer`select from pg_stat_activity where pid = ${pid} and wait_event_type = 'Lock'`
        if (waits) seen.waits++
        await sleep(5)
      }
    })()
    while (!over.aborted) {
      const began = performance.now()
      await statement(sql)
      seen.took.push(performance.now() - began)
      await sleep(5)
    }
    await watch
    return seen
  } finally {
    await Promise.all([sql.end(), observer.end()])
  }
}

export const dw: Measure = {
  name: 'dw',
  async run({ sql, url }) {
    await damage(sql, 99)
    await trustAgain(sql)
    await settle(sql)
    const size = async () =>
      (
        await sql<{ bytes: number; dead: number; changed: number; hot: number }[]>`
          select sum(pg_total_relation_size(relid))::float8 as bytes, sum(n_dead_tup)::int as dead,
            sum(n_tup_upd)::int as changed, sum(n_tup_hot_upd)::int as hot
          from pg_stat_all_tables where relname like 'fato_lancamentos%' and schemaname = 'dw'`
      )[0] ?? { bytes: 0, dead: 0, changed: 0, hot: 0 }
    await sql`select pg_stat_force_next_flush()`
    const before = await size()
    const over = new AbortController()
    const others = [
      repeat(
        url,
        over.signal,
        (own) =>
          own`select categoria from dw.lancamentos where id in (select id from bancada.alvo order by id limit 100)`,
      ),
      repeat(url, over.signal, (own) => own`update dw.lancamentos set descricao = descricao where id = 11`),
    ]
    let longest = 0
    let began = 0
    const session = await conductSession(
      sql,
      { modo: 'auto', dataInicio: '1990-01-01', dataFim: '2100-12-31', regras: [RULE] },
      {
        began: () => {
          began = performance.now()
        },
        ended: ({ etapa }) => {
          if (etapa === 'corrigir') longest = Math.max(longest, (performance.now() - began) / 1000)
        },
      },
      { signal: new AbortController().signal },
    )
    over.abort()
    const [readers, writers] = (await Promise.all(others)) as [Seen, Seen]
    await sql`select pg_stat_force_next_flush()`
    const after = await size()
    const alone = { floor: '', floorRuns: [] }
    const results: Result[] = [
      {
        name: 'dw_readers',
        work: `times that a reader of rows being corrected waited for a lock, of ${readers.took.length} reads`,
        ...alone,
        unit: 'ms',
        runs: [readers.waits],
        bar: 0,
        note: `slowest read ${Math.max(...readers.took).toFixed(0)} ms`,
      },
      {
        name: 'dw_writers',
        work: `times that a writer of other rows waited for a lock, of ${writers.took.length} writes`,
        ...alone,
        unit: 'ms',
        runs: [writers.waits],
        bar: 0,
        note: `slowest write ${Math.max(...writers.took).toFixed(0)} ms`,
      },
      {
        name: 'dw_lock',
        work: 'longest that a corrected row stays locked: one batch',
        ...alone,
        unit: 's',
        runs: [longest],
      },
      {
        name: 'dw_bloat',
        work: `growth of the table and its indexes by ${session['corrigidas']} corrections, before vacuum`,
        ...alone,
        unit: 'MB',
        runs: [(after.bytes - before.bytes) / 2 ** 20],
        note: `${after.dead - before.dead} dead rows; ${(((after.hot - before.hot) * 100) / Math.max(1, after.changed - before.changed)).toFixed(0)}% of the updates stayed on their page (fillfactor 85)`,
      },
    ]
    return results
  },
}
