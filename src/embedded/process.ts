import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import postgres from 'postgres'
import type { Binaries } from './binaries.ts'
import { EmbeddedError } from './error.ts'
import { type Place, writeWhole } from './place.ts'
import type { ServerUser } from './user.ts'

const DATABASE = 'conferente'
// No system gives this number to a process, so the server takes its owner for dead.
const DEAD_PID = 2147483646

export function serverUrl(password: string, port: number, database = DATABASE): string {
  return `postgres://postgres:${password}@127.0.0.1:${port}/${database}`
}

/** The server of a data directory, and what it takes to reach and to start it. */
export interface Server {
  readonly place: Place
  readonly password: string
  readonly timeoutMs: number
  readonly binaries: Binaries
  readonly user: ServerUser
  readonly settings: Readonly<Record<string, string>>
}

/**
 * Waits until the server is either up or down, by its own pid file's word and, if that says ready, by asking it.
 * @returns nothing when it is down
 */
export async function running(server: Server): Promise<{ pid: number; port: number } | undefined> {
  const { place, timeoutMs } = server
  const deadline = Date.now() + timeoutMs
  for (;;) {
    const [pidLine, , , portLine, , , , status = ''] = pidFile(place)
    const [pid, port] = [Number(pidLine), Number(portLine)]
    if (!(pid > 0) || !isOurs(pid, place)) return undefined
    if (status.startsWith('ready') && (await answers(server, port))) return { pid, port }
    if (Date.now() > deadline)
      throw new EmbeddedError('start_timeout', { path: place.dir, pid, log: place.log })
    await sleep(50)
  }
}

/**
 * Makes a pid file left by a server that died harmless, since its number may belong to another program by now.
 * The file itself stays: by its shared memory key the next server notices children of the dead one.
 */
export function disarmPidFile(place: Place): void {
  const path = join(place.cluster, 'postmaster.pid')
  const [pid, ...rest] = pidFile(place)
  if (pid) writeWhole(path, [DEAD_PID, ...rest].join('\n'))
  else rmSync(path, { force: true })
}

/** Ends what a killed server or a killed initdb left running. Only for callers that hold the gate. */
export async function endLeftovers({ dir, name }: Place): Promise<void> {
  const ours = () => [...processes(`postgres: ${name}: `), ...processes(`--pgdata=${join(dir, 'init-')}`)]
  for (let tries = 0; tries < 200 && ours().length > 0; tries++) {
    // Children leave at once on this, without touching data; the next start recovers from the log.
    for (const pid of ours()) signal(pid, 'SIGQUIT')
    await sleep(25)
  }
}

function pidFile({ cluster }: Place): string[] {
  try {
    return readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n')
  } catch {
    return []
  }
}

/** Whether a process is the server of this place, rather than a later program of the same number. */
export function isOurs(pid: number, { name }: Place): boolean {
  // Windows does not list them here: there a living one of that number is believed.
  return process.platform === 'win32' ? signal(pid, 0) : processes(`cluster_name=${name}`).includes(pid)
}

function signal(pid: number, what: 'SIGQUIT' | 0): boolean {
  try {
    return process.kill(pid, what)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' // else gone by itself
  }
}

/** Processes with this text in their command line. Not by `ps` on Linux, which a bare Debian lacks. */
function processes(text: string): number[] {
  if (process.platform === 'win32') return []
  if (process.platform === 'linux') {
    return readdirSync('/proc')
      .filter((pid) => /^\d+$/.test(pid) && commandLine(pid).includes(text))
      .map(Number)
  }
  const { stdout } = spawnSync('ps', ['-axww', '-o', 'pid=,command='], { encoding: 'utf8' })
  return stdout
    .split('\n')
    .filter((line) => line.includes(text))
    .map(Number.parseFloat)
}

function commandLine(pid: string): string {
  try {
    // Empty for a zombie, which is as good as gone.
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
  } catch {
    return '' // has ended meanwhile
  }
}

async function answers({ place, password }: Server, port: number): Promise<boolean> {
  const sql = postgres(serverUrl(password, port, 'postgres'), {
    max: 1,
    fetch_types: false,
    connect_timeout: 10,
    onnotice: () => {},
  })
  try {
    const [row] = await sql<{ dir: string; known: boolean }[]>`
      select current_setting('data_directory') as dir,
             exists (select from pg_catalog.pg_database where datname = ${DATABASE}) as known`
    if (process.platform !== 'win32' && row?.dir !== place.cluster) return false
    if (!row?.known) await sql`create database ${sql(DATABASE)}`
    return true
  } catch (error) {
    const { code = '', message } = error as { code?: string; message: string }
    if (code === '28P01') throw new EmbeddedError('no_password', { path: place.password, reason: message })
    if (code === '53100') throw new EmbeddedError('disk_full', { path: place.dir, reason: message })
    if (code === '53300') return true // full of clients, so certainly up
    // Starting, stopping or not listening yet: asked again.
    return false
  } finally {
    await sql.end({ timeout: 1 })
  }
}
