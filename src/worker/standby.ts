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
  const look = async (): Promise<boolean> => {
    const now = await ask()
    if (now !== known) {
      known = now
      if (now) report.standby?.()
      else report.ready?.()
    }
    return now
  }
  return {
    look,
    /** What the queue cannot do on a standby is reported as that, and once. */
    trouble(message: string): void {
      void look().then(
        (waiting) => waiting || report.trouble?.(message),
        () => report.trouble?.(message),
      )
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
