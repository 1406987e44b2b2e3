import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Details, type EmbeddedCode, EmbeddedError } from './error.ts'
import { type Place, textOf } from './place.ts'

// For another process's start or stop, and for crash recovery.
export const PATIENCE_S = 300

/**
 * Asks again and again until the answer is yes.
 * @throws {EmbeddedError} with the code given, when it is too late
 */
export async function until(answer: () => boolean, late: EmbeddedCode, details: Details): Promise<void> {
  for (const deadline = Date.now() + PATIENCE_S * 1000; !answer(); await sleep(25))
    if (Date.now() > deadline) throw new EmbeddedError(late, details)
}

/** Whether a process is the server of this place, rather than a later program of the same number. */
export function isOurs(pid: number, { name }: Place): boolean {
  // Windows does not list them here: there a living one of that number is believed.
  return process.platform === 'win32'
    ? pid > 0 && signal(pid, 0)
    : processes(`cluster_name=${name}`).includes(pid)
}

/**
 * Ends what a killed server, or a killed client that was starting one, left running.
 * Only for callers that hold the gate and found no server.
 */
export async function endLeftovers({ dir, half, name }: Place): Promise<void> {
  const ours = () => processes(`postgres: ${name}: `, `cluster_name=${name}`, `--pgdata=${half}`)
  // They leave at once, without touching data; the next start recovers from the log.
  const gone = () => ours().filter((pid) => signal(pid, 'SIGQUIT')).length === 0
  await until(gone, 'in_use', { path: dir, pid: ours().join(', ') })
}

function signal(pid: number, what: 'SIGQUIT' | 0): boolean {
  try {
    return process.kill(pid, what)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' // else it is gone
  }
}

/** The numbers of the processes with one of these texts in their command line. A bare Debian has no `ps`. */
function processes(...texts: string[]): number[] {
  const isOne = (line: string) => texts.some((text) => line.includes(text))
  if (process.platform === 'linux')
    return readdirSync('/proc')
      .filter((pid) => isOne(textOf(`/proc/${pid}/cmdline`).replaceAll('\0', ' ')))
      .map(Number)
  const { stdout } = spawnSync('ps', ['-axww', '-o', 'pid=,command='], { encoding: 'utf8' })
  return (stdout ?? '').split('\n').filter(isOne).map(Number.parseFloat)
}
