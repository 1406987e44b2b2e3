import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { EmbeddedError } from './error.ts'
import { type Place, textOf } from './place.ts'

// For another process's start or stop, and for crash recovery.
export const PATIENCE_S = 300

/** Asks again and again until the answer is yes. */
export async function until(
  answer: () => boolean | Promise<boolean>,
  late: () => EmbeddedError,
  seconds = PATIENCE_S,
): Promise<void> {
  for (const deadline = Date.now() + seconds * 1000; !(await answer()); await sleep(25))
    if (Date.now() > deadline) throw late()
}

/** Whether a process is the server of this place, rather than a later program of the same number. */
export function isOurs(pid: number, { name }: Place): boolean {
  // Windows does not list them here: there a living one of that number is believed.
  return process.platform === 'win32' ? signal(pid, 0) : processes(`cluster_name=${name}`).includes(pid)
}

/**
 * Ends what a killed server, or a killed client that was starting one, left running.
 * Only for callers that hold the gate and found no server.
 */
export async function endLeftovers({ dir, name }: Place): Promise<void> {
  const ours = () =>
    processes(`postgres: ${name}: `, `cluster_name=${name}`, `--pgdata=${join(dir, 'init-')}`)
  // They leave at once on this, without touching data; the next start recovers from the log.
  const noneLeft = () => ours().filter((pid) => signal(pid, 'SIGQUIT')).length === 0
  await until(noneLeft, () => new EmbeddedError('in_use', { path: dir, pid: ours().join(', ') }), 10)
}

function signal(pid: number, what: 'SIGQUIT' | 0): boolean {
  try {
    return process.kill(pid, what)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' // else gone by itself
  }
}

/** Processes with one of these texts in their command line. Not by `ps` on Linux, which a bare Debian lacks. */
function processes(...texts: string[]): number[] {
  if (process.platform === 'win32') return []
  const isOne = (line: string) => texts.some((text) => line.includes(text))
  if (process.platform !== 'linux') {
    const { stdout } = spawnSync('ps', ['-axww', '-o', 'pid=,command='], { encoding: 'utf8' })
    return stdout.split('\n').filter(isOne).map(Number.parseFloat)
  }
  // Empty for a zombie, which is as good as gone.
  const commandLine = (pid: string) => textOf(`/proc/${pid}/cmdline`).replaceAll('\0', ' ')
  return readdirSync('/proc')
    .filter((pid) => isOne(commandLine(pid)))
    .map(Number)
}
