import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import * as fs from 'node:fs'
import { totalmem } from 'node:os'
import { join } from 'node:path'
import postgres from 'postgres'
import { childEnvironment } from '../settings/settings.ts'
import { type Binaries, program, runnableRoot } from './binaries.ts'
import { EmbeddedError, named } from './error.ts'
import { openFor, type Place, textOf } from './place.ts'
import { endLeftovers, isOurs, PATIENCE_S, until } from './process.ts'
import { assertReachable, runAs, type ServerUser, serverUser } from './user.ts'

const DATABASE = 'conferente'
const LOG_KEPT_BYTES = 5_000_000

/** The server of a data directory, and what it takes to start it. */
export interface Server {
  readonly place: Place
  readonly binaries: Binaries
  readonly settings: Readonly<Record<string, string>>
}

interface Running {
  readonly pid: number
  readonly port: number
}

export function serverUrl(place: Place, port: number, database = DATABASE): string {
  return `postgres://postgres:${passwordOf(place)}@127.0.0.1:${port}/${database}`
}

function passwordOf({ password }: Place): string {
  const kept = textOf(password).trim()
  if (kept === '') throw new EmbeddedError('no_password', { path: password })
  return kept
}

/**
 * Waits until the server is either up or down. Its own pid file says which; when it says ready, the server is asked.
 * @returns nothing when it is down
 */
export async function running(place: Place): Promise<Running | undefined> {
  let found: Running | undefined
  const isSettled = async () => {
    const [pid, , , port, , , , status = ''] = textOf(join(place.cluster, 'postmaster.pid')).split('\n')
    found = isOurs(Number(pid), place) ? { pid: Number(pid), port: Number(port) } : undefined
    return !found || (status.startsWith('ready') && (await answers(place, found.port)))
  }
  await until(isSettled, 'start_timeout', { path: place.dir, log: place.log })
  return found
}

/** Starts the server on the port of the last time, or on another that is free; makes its cluster if there is none. */
export async function start({ place, binaries, settings }: Server): Promise<Running> {
  const isNew = !fs.existsSync(place.cluster)
  const user = serverUser(place.dir)
  await endLeftovers(place)
  clearHalfMade(place)
  assertReachable(isNew ? place.dir : place.cluster, user)
  const root = runnableRoot(binaries, user, place.dir)
  if (isNew) initialise(place, root, user, settings)
  passwordOf(place) // or nobody could get in
  // Nobody's by now. Its number may belong to another program, and PostgreSQL would wait for that to end.
  fs.rmSync(join(place.cluster, 'postmaster.pid'), { force: true })
  if (fs.existsSync(place.log) && fs.statSync(place.log).size > LOG_KEPT_BYTES)
    fs.renameSync(place.log, `${place.log}.1`)
  let failure: EmbeddedError | undefined
  for (const port of portsToTry(place)) {
    failure = await launch(place, root, user, port)
    const found = await running(place)
    if (found) return found
    if (failure.code !== 'port_taken') break
  }
  throw failure
}

/** Stops the server cleanly; a server that is not running is no error. */
export async function stop({ place, binaries }: Server): Promise<void> {
  const { pid } = (await running(place)) ?? {}
  if (pid === undefined) return
  // A fast shutdown: clients are cut off, everything is written.
  if (process.platform !== 'win32') process.kill(pid, 'SIGINT')
  else runAs({ name: '' }, program(binaries.root, 'pg_ctl'), ['kill', 'INT', String(pid)])
  await until(() => !isOurs(pid, place), 'stop_failed', { path: place.dir, pid })
}

/** Removes what an initialisation left behind, a password among it. */
function clearHalfMade({ dir }: Place): void {
  for (const entry of fs.readdirSync(dir).filter((name) => name.startsWith('init-')))
    fs.rmSync(join(dir, entry), { recursive: true, force: true })
}

/** Makes the cluster and its password beside their places and moves them there when they are whole, so that no half one is found. */
function initialise(place: Place, root: string, user: ServerUser, extra: Server['settings']): void {
  const work = fs.mkdtempSync(join(place.dir, 'init-'))
  const made = { password: join(work, 'password'), cluster: join(work, 'cluster') }
  try {
    fs.writeFileSync(made.password, randomBytes(24).toString('base64url'), { mode: 0o600, flush: true })
    if (user.ids) for (const path of [made.password, work]) fs.lchownSync(path, user.ids.uid, user.ids.gid)
    const settings = Object.entries({ ...ourSettings(), ...extra })
    const run = runAs(user, program(root, 'initdb'), [
      `--pgdata=${made.cluster}`,
      '--username=postgres',
      `--pwfile=${made.password}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--locale=C',
      '--data-checksums',
      ...settings.map(([name, value]) => `--set=${name}=${value}`),
      ...(extra['fsync'] === 'off' ? ['--no-sync'] : []),
    ])
    if (run.status !== 0) throw named(run.error ?? run.stderr, { path: place.dir, step: 'initdb' })
    fs.renameSync(made.password, place.password)
    fs.renameSync(made.cluster, place.cluster)
  } finally {
    clearHalfMade(place)
  }
}

/** Settings of a new cluster, by the memory of the machine. Whoever wants others says `alter system`. */
function ourSettings(): Record<string, string> {
  const memory = Math.min(process.constrainedMemory() || Infinity, totalmem())
  const megabytes = (share: number, most: number) =>
    `${Math.max(16, Math.min(most, Math.floor((memory * share) / 2 ** 20)))}MB`
  return {
    shared_preload_libraries: 'pg_stat_statements,auto_explain',
    'auto_explain.log_min_duration': '-1',
    max_connections: '50',
    shared_buffers: megabytes(1 / 8, 256),
    effective_cache_size: megabytes(1 / 2, 4096),
    maintenance_work_mem: megabytes(1 / 32, 128),
    work_mem: megabytes(1 / 256, 16),
    max_wal_size: '2GB',
    random_page_cost: '1.1',
    jit: 'off',
    log_line_prefix: '%m [%p] %q%u@%d ',
  }
}

/**
 * Has pg_ctl start the server and waits for it. Both have a session of their own, where neither our end nor a Ctrl-C on our
 * terminal reaches them.
 * @returns what the server's log says, in case it does not run now
 */
async function launch(place: Place, root: string, { ids }: ServerUser, port: number): Promise<EmbeddedError> {
  // On the command line, where no setting that an administrator saved in the cluster can undo them.
  const ours = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c cluster_name=${place.name}`
  const log = openFor(place.log)
  const { size } = fs.fstatSync(log)
  const args = ['start', '--silent', `--timeout=${PATIENCE_S}`, `--options=${ours}`]
  // Not as an argument, which pg_ctl would give to a shell.
  const env = { ...childEnvironment(), PGDATA: place.cluster }
  const stdio: ['ignore', number, number] = ['ignore', log, log]
  const how = { cwd: '/', env, stdio, detached: true, windowsHide: true, ...ids }
  await once(spawn(program(root, 'pg_ctl'), args, how), 'exit').finally(() => fs.closeSync(log))
  const said = fs.readFileSync(place.log).subarray(size).toString('utf8')
  return named(said, { path: place.dir, port, log: place.log })
}

/** The port of the last time, as PostgreSQL keeps the arguments of its start; then others, which it will say are taken or not. */
function portsToTry({ cluster, name }: Place): number[] {
  const [, last] = /"-p" "(\d+)"/.exec(textOf(join(cluster, 'postmaster.opts'))) ?? []
  // Below the ports that systems hand out for outgoing connections, so that the choice is likely to last.
  const first = 15432 + (Number.parseInt(name.slice(-4), 16) % 4000)
  const others = Array.from({ length: 9 }, (_, i) => first + i * 7)
  return last === undefined ? others : [Number(last), ...others]
}

/** Whether the server lets us in; makes the database on its first day. */
async function answers(place: Place, port: number): Promise<boolean> {
  const settings = { max: 1, fetch_types: false, connect_timeout: 10, onnotice: () => {} }
  const sql = postgres(serverUrl(place, port, 'postgres'), settings)
  try {
    const known = await sql`select from pg_catalog.pg_database where datname = ${DATABASE}`
    if (known.count === 0) await sql`create database ${sql(DATABASE)}`
    return true
  } catch (error) {
    const { code = '' } = error as { code?: string }
    // a wrong password, a full disk
    if (/^(28P01|53100)$/.test(code)) throw error
    // Full of clients, so certainly up. Else it is starting, stopping or not listening yet, and asked again.
    return code === '53300'
  } finally {
    await sql.end({ timeout: 1 })
  }
}
