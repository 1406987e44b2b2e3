import { setTimeout } from 'node:timers/promises'
import type { Sql } from '../../src/db/connection.ts'

/** Body of a function that never ends, and shows by a lock that it has begun. */
export const ENDLESS = 'begin perform pg_advisory_xact_lock(4711); loop null; end loop; end'

/** Waits until such a function runs, and cancels it. */
export async function interrupt(sql: Sql): Promise<void> {
  for (;;) {
    const [running] = await sql`
      select pg_cancel_backend(k.pid) from pg_locks k join pg_database d on d.oid = k.database
      where k.locktype = 'advisory' and k.objid = 4711 and k.granted and d.datname = current_database()`
    if (running) return
    await setTimeout(20)
  }
}
