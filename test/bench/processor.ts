// The processor time of a server on this machine: on a shared machine it says more than the clock.
import { readdirSync, readFileSync } from 'node:fs'
import type { Sql } from '../../src/db/connection.ts'

/** Clock ticks a second, as Linux counts them everywhere. */
const TICKS = 100

interface Times {
  readonly parent: number
  readonly own: number
  /** Of its children that have ended. */
  readonly ended: number
}

/** A process's times in ticks, from /proc (proc_pid_stat(5)); none once it is gone. */
function times(pid: number | string): Times | undefined {
  let line: string
  try {
    line = readFileSync(`/proc/${pid}/stat`, 'utf8')
  } catch {
    return undefined
  }
  const fields = line
    .slice(line.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number)
  const field = (n: number) => fields[n - 3] ?? 0 // numbered as in the manual, where the state is the third
  return { parent: field(4), own: field(14) + field(15), ended: field(16) + field(17) }
}

/** Processor seconds of a process of this machine so far; undefined where the system does not say. */
export function spent(pid: number): number | undefined {
  const found = times(pid)
  return found && found.own / TICKS
}

/**
 * A clock that counts the processor seconds of all processes of a server.
 * @throws when the server's processes are not to be seen here: another machine, or no Linux
 */
export async function processorClock(sql: Sql): Promise<() => number> {
  const [backend] = await sql<{ pid: number }[]>`select pg_backend_pid() as pid`
  const postmaster = times(backend?.pid ?? 0)?.parent
  if (postmaster === undefined) throw new Error('the processes of this server are not on this machine')
  return () => {
    const { own, ended } = times(postmaster) ?? { own: 0, ended: 0 }
    const children = readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map((pid) => times(pid))
      .filter((found) => found?.parent === postmaster)
    return children.reduce((sum, child) => sum + (child?.own ?? 0), own + ended) / TICKS
  }
}
