import { setTimeout as sleep } from 'node:timers/promises'
import type { Sql } from '../db/connection.ts'
import type { WorkReport } from './context.ts'

/** Whether the server is a standby. It may become one and be promoted at any time; each change is reported once. */
export function watchStandby(sql: Sql, report: WorkReport) {
  let known = false
  const ask = async () => {
    const [server] = await sql<{ standby: boolean }[]>`select pg_is_in_recovery() as standby`
    return server?.standby === true
  }
  return {
    async look(): Promise<boolean> {
      const now = await ask()
      if (now !== known) {
        known = now
        if (now) report.standby?.()
        else report.ready?.()
      }
      return now
    },
    /** Waits until it is no longer a standby; false if asked to stop first. */
    async over(pause: number, stop: AbortSignal): Promise<boolean> {
      while (!stop.aborted && (await ask().catch(() => true))) {
        await sleep(pause, undefined, { signal: stop }).catch(() => {})
      }
      known = false
      return !stop.aborted
    },
  }
}
