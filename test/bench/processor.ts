// The processor time of a process of this machine: where others work beside it, that says more than the clock.
import { readFileSync } from 'node:fs'
import type { Sql } from '../../src/db/connection.ts'

/** Processor seconds of a process so far; undefined where the system does not say. */
export function spent(pid: number): number | undefined {
  try {
    const [user = 0, system = 0] =
      readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ').slice(11, 13).map(Number) ?? []
    return (user + system) / 100
  } catch {
    return undefined
  }
}

/**
 * A clock that counts the processor seconds of the server's process that serves this connection.
 * @throws when that process is not to be seen here: the server is on another machine, or this is no Linux
 */
export async function processorClock(sql: Sql): Promise<() => number> {
  const [backend] = await sql<{ pid: number }[]>`select pg_backend_pid() as pid`
  const pid = backend?.pid ?? 0
  if (spent(pid) === undefined) throw new Error('the processes of this server are not on this machine')
  return () => spent(pid) ?? 0
}
