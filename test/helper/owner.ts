// Without the test runner, since benchmarks use it too.
import type { Sql } from '../../src/db/connection.ts'

/** Changes rows of ours as our functions do: every verification names what anybody else changes directly. */
export async function asOwner(sql: Sql, change: (owner: Sql) => PromiseLike<unknown>): Promise<void> {
  await sql.begin(async (tx) => {
    await tx`set local role conferente_dono`
    await change(tx as never)
  })
}
