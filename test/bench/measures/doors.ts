// The cost of running foreign code under separate roles: one call of a door, and the trace taken before and after.
import type { Sql } from '../../../src/db/connection.ts'
import { alternate, type Measure, type Result, seconds } from '../harness.ts'

const CALLS = 500

/** Calls something over and over inside the database, as the engine does. */
const calls = (sql: Sql, call: string) =>
  seconds(() =>
    sql.begin(async (tx) => {
      await tx`set local role conferente_dono`
      await tx.unsafe(`do $$ begin for i in 1..${CALLS} loop ${call}; end loop; end $$`)
    }),
  )

const WORKS = {
  porta_ler: [
    `a read of one row through its door, ${CALLS} times`,
    `perform from audit_interno.ler('select 1') as x (n int)`,
  ],
  porta_escrever: [
    `a write of nothing through its door, ${CALLS} times`,
    `perform from audit_interno.escrever('select 1') as x (n int)`,
  ],
  porta_rastro: [
    `the trace before and after, ${CALLS} times`,
    `perform audit_interno.conferir_rastro('conferente_escrita', audit_interno.rastro('conferente_escrita'), 'bancada')`,
  ],
} as const

export const doors: Measure = {
  name: 'doors',
  async run({ sql, runs }) {
    const results: Result[] = []
    for (const [name, [work, call]] of Object.entries(WORKS))
      results.push({
        name,
        work,
        floor: 'the same read without a door',
        unit: 's',
        ...(await alternate(runs, {
          floor: () => calls(sql, `execute 'select 1'`),
          ours: () => calls(sql, call),
        })),
      })
    return results
  },
}
