import { spawn } from 'node:child_process'
import { once } from 'node:events'
import * as fs from 'node:fs'
import { totalmem } from 'node:os'
import { join } from 'node:path'
import postgres from 'postgres'
import { childEnvironment } from '../settings/settings.ts'
import { type Binaries, program, runnableBinaries } from './binaries.ts'
import { EmbeddedError, named } from './error.ts'
import { openFor, type Place, textOf, writeNew } from './place.ts'
import { endLeftovers, isOurs, PATIENCE_S, until } from './process.ts'
import { assertReachable, runAs, type ServerUser } from './user.ts'

const DATABASE = 'conferente'
const LOG_KEPT_BYTES = 5_000_000

/** The server of a data directory, and what it takes to reach and to start it. */
export interface Server {
  readonly place: Place
  readonly password: string
  readonly binaries: Binaries
  readonly user: ServerUser
  readonly settings: Readonly<Record<string, string>>
}

interface Running {
  readonly pid: number
  readonly port: number
}

export const serverUrl = (password: string, port: number, database = DATABASE): string =>
  `postgres://postgres:${password}@127.0.0.1:${port}/${database}`

/**
 * Waits until the server is either up or down, by its own pid file's word and, if that says ready, by asking it.
 * @returns nothing when it is down
 */
export async function running(server: Server): Promise<Running | undefined> {
  const { place } = server
  let [pid, port, lives] = [0, 0, false]
  const isSettled = async () => {
    const [first, , , fourth, , , , status = ''] = textOf(join(place.cluster, 'postmaster.pid')).split('\n')
    ;[pid, port] = [Number(first), Number(fourth)]
    lives = pid > 0 && isOurs(pid, place)
    return !lives || (status.startsWith('ready') && (await answers(server, port)))
  }
  await until(isSettled, () => new EmbeddedError('start_timeout', { path: place.dir, pid, log: place.log }))
  return lives ? { pid, port } : undefined
}

/** Starts the server on the port of the last time, or on another that is free; makes its cluster where there is none. */
export async function start(wanted: Server, isNew: boolean): Promise<Running> {
  const { place, user } = wanted
  await endLeftovers(place)
  clearHalfMade(place)
  assertReachable(isNew ? place.dir : place.cluster, user)
  const server = { ...wanted, binaries: runnableBinaries(wanted.binaries, user, place.dir) }
  if (isNew) initialise(server)
  // Of nobody by now. Its number may belong to another program, for whose end PostgreSQL would wait.
  fs.rmSync(join(place.cluster, 'postmaster.pid'), { force: true })
  if (fs.existsSync(place.log) && fs.statSync(place.log).size > LOG_KEPT_BYTES)
    fs.renameSync(place.log, `${place.log}.1`)
  writeNew(place.config, configuration(server.settings), 0o644)
  let failure: EmbeddedError | undefined
  for (const port of portsToTry(place)) {
    failure = await launch(server, port)
    const found = await running(server)
    if (found) return found
    if (failure.code !== 'port_taken') break
  }
  throw failure
}

/** Stops the server cleanly; a server that is not running is no error. */
export async function stop(server: Server): Promise<void> {
  const { place, binaries } = server
  const { pid } = (await running(server)) ?? {}
  if (pid === undefined) return
  // A fast shutdown: clients are cut off, everything is written.
  if (process.platform !== 'win32') process.kill(pid, 'SIGINT')
  else runAs({ name: '' }, program(binaries, 'pg_ctl'), ['kill', 'INT', String(pid)])
  await until(
    () => !isOurs(pid, place),
    () => new EmbeddedError('stop_failed', { path: place.dir, pid }),
  )
}

/** Removes what an initialisation left behind, its password file among it. */
function clearHalfMade({ dir }: Place): void {
  for (const entry of fs.readdirSync(dir).filter((name) => name.startsWith('init-')))
    fs.rmSync(join(dir, entry), { recursive: true, force: true })
}

/** Makes the cluster beside its place and moves it there when it is whole, so that no half one is ever found. */
function initialise({ place, user, binaries, password, settings }: Server): void {
  const work = fs.mkdtempSync(join(place.dir, 'init-'))
  const passwordFile = join(work, 'password')
  const made = join(work, 'cluster')
  try {
    fs.writeFileSync(passwordFile, password, { mode: 0o600 })
    if (user.ids) for (const path of [work, passwordFile]) fs.chownSync(path, user.ids.uid, user.ids.gid)
    const run = runAs(user, program(binaries, 'initdb'), [
      `--pgdata=${made}`,
      '--username=postgres',
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--locale=C',
      '--data-checksums',
      ...(settings['fsync'] === 'off' ? ['--no-sync'] : []),
    ])
    if (run.status !== 0) throw named(run.error ?? run.stderr, { path: place.dir, step: 'initdb' })
    fs.appendFileSync(join(made, 'postgresql.conf'), "\ninclude_if_exists = '../server.conf'\n")
    fs.renameSync(made, place.cluster)
  } finally {
    clearHalfMade(place)
  }
  if (process.platform === 'win32') return
  const directory = fs.openSync(place.dir, 'r')
  fs.fsyncSync(directory)
  fs.closeSync(directory)
}

/**
 * pg_ctl starts the server and waits for it. Both in a session of their own, where neither our end nor a Ctrl-C on our terminal
 * reaches them.
 * @returns what the server's log says, should it not run now
 */
async function launch({ place, binaries, user }: Server, port: number): Promise<EmbeddedError> {
  // On the command line, where no setting that an administrator saved in the cluster can undo them.
  const ours = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c cluster_name=${place.name}`
  const log = openFor(place.log, 'a')
  const { size } = fs.fstatSync(log)
  const starter = spawn(
    program(binaries, 'pg_ctl'),
    ['start', '--silent', `--timeout=${PATIENCE_S}`, `--options=${ours}`],
    {
      cwd: '/',
      // Not as an argument, which pg_ctl would give to a shell.
      env: { ...childEnvironment(), PGDATA: place.cluster },
      stdio: ['ignore', log, log],
      detached: true,
      windowsHide: true,
      ...user.ids,
    },
  )
  await once(starter, 'exit').finally(() => fs.closeSync(log))
  const said = fs.readFileSync(place.log).subarray(size).toString('utf8')
  return named(said, { path: place.dir, port, log: place.log })
}

function configuration(extra: Readonly<Record<string, string>>): string {
  const limit = process.constrainedMemory()
  const memory = limit > 0 ? Math.min(limit, totalmem()) : totalmem()
  const megabytes = (share: number, most: number) =>
    `${Math.max(16, Math.min(most, Math.floor((memory * share) / 2 ** 20)))}MB`
  const settings: Record<string, string> = {
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
    ...extra,
  }
  const lines = Object.entries(settings).map(([name, value]) => `${name} = '${value.replaceAll("'", "''")}'`)
  return `# Written at every start; change settings with "alter system".\n${lines.join('\n')}\n`
}

/** The port of the last time, as PostgreSQL keeps the arguments of its start; then others, which it will say are taken or not. */
function portsToTry({ cluster, name }: Place): number[] {
  const [, last] = /"-p" "(\d+)"/.exec(textOf(join(cluster, 'postmaster.opts'))) ?? []
  // Below the ports that systems hand out for outgoing connections, so that the choice is likely to last.
  const first = 15432 + (Number.parseInt(name.slice(-4), 16) % 4000)
  const others = Array.from({ length: 9 }, (_, i) => first + i * 7)
  return last === undefined ? others : [Number(last), ...others]
}

async function answers({ place, password }: Server, port: number): Promise<boolean> {
  const settings = { max: 1, fetch_types: false, connect_timeout: 10, onnotice: () => {} }
  const sql = postgres(serverUrl(password, port, 'postgres'), settings)
  try {
    const known = await sql`select from pg_catalog.pg_database where datname = ${DATABASE}`
    if (known.count === 0) await sql`create database ${sql(DATABASE)}`
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
