import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import * as fs from 'node:fs'
import { join } from 'node:path'
import { childEnvironment } from '../settings/settings.ts'
import { EmbeddedError, named } from './error.ts'
import { openFor, type Place, textOf } from './place.ts'
import { endLeftovers, isOurs, PATIENCE_S, until } from './process.ts'
import { embeddedBinaries, type Programs, program, run, runnable } from './programs.ts'

export type ServerSettings = Readonly<Record<string, string>>

const DATABASE = 'conferente'
const LOG_KEPT_BYTES = 5_000_000

/** What a new cluster is made with. Whoever wants something else says `alter system`. */
const OUR_SETTINGS: ServerSettings = {
  shared_preload_libraries: 'pg_stat_statements,auto_explain',
  'auto_explain.log_min_duration': '-1',
  max_connections: '50',
  shared_buffers: '256MB',
  maintenance_work_mem: '128MB',
  work_mem: '16MB',
  max_wal_size: '2GB',
  random_page_cost: '1.1',
  jit: 'off',
  log_line_prefix: '%m [%p] %q%u@%d ',
}

export const serverUrl = (place: Place, port: number): string =>
  `postgres://postgres:${passwordOf(place)}@127.0.0.1:${port}/${DATABASE}`

function passwordOf({ password }: Place): string {
  const kept = textOf(password).trim()
  if (kept === '') throw new EmbeddedError('no_password', { path: password })
  return kept
}

/**
 * Waits until the server is either up or down, which its own pid file says.
 * @returns nothing when it is down
 */
export async function running(place: Place): Promise<{ pid: number; port: number } | undefined> {
  let found: { pid: number; port: number } | undefined
  const isSettled = () => {
    const [pid, , , port, , , , status = ''] = textOf(join(place.cluster, 'postmaster.pid')).split('\n')
    found = isOurs(Number(pid), place) ? { pid: Number(pid), port: Number(port) } : undefined
    return !found || status.startsWith('ready')
  }
  await until(isSettled, 'start_timeout', { path: place.dir, log: place.log })
  return found
}

/**
 * Starts the server on the port of the last time, or on another that is free; makes its cluster if there is none.
 * @returns the port
 */
export async function start(place: Place, settings: ServerSettings): Promise<number> {
  await endLeftovers(place)
  fs.rmSync(place.half, { recursive: true, force: true })
  const programs = runnable(place)
  if (!fs.existsSync(place.cluster)) initialise(place, programs, settings)
  passwordOf(place) // or nobody could get in
  // Nobody's by now. Its number may belong to another program, and PostgreSQL would wait for that to end.
  fs.rmSync(join(place.cluster, 'postmaster.pid'), { force: true })
  if (fs.existsSync(place.log) && fs.statSync(place.log).size > LOG_KEPT_BYTES)
    fs.renameSync(place.log, `${place.log}.1`)
  let failure: EmbeddedError | undefined
  for (const port of portsToTry(place)) {
    failure = await launch(place, programs, port)
    if (!failure) return port
    if (failure.code !== 'port_taken') break
  }
  throw failure
}

/** Stops the server cleanly; a server that is not running is no error. */
export async function stop(place: Place): Promise<void> {
  const { pid } = (await running(place)) ?? {}
  if (pid === undefined) return
  // A fast shutdown: clients are cut off, everything is written.
  if (process.platform !== 'win32') process.kill(pid, 'SIGINT')
  else run(embeddedBinaries(), 'pg_ctl', ['kill', 'INT', String(pid)])
  await until(() => !isOurs(pid, place), 'stop_failed', { path: place.dir, pid })
}

/** Makes the cluster with its password and our database beside their places, so that no half one is ever found there. */
function initialise(place: Place, programs: Programs, extra: ServerSettings): void {
  const made = { password: join(place.half, 'password'), cluster: join(place.half, 'cluster') }
  const { who, ids } = programs
  const step = (name: 'initdb' | 'postgres', args: string[], input?: string) => {
    const { status, error, stderr } = run(programs, name, args, input)
    if (status !== 0) throw named(error ?? stderr, { path: place.dir, ...who, step: name })
  }
  try {
    fs.mkdirSync(place.half, { mode: 0o700 })
    fs.writeFileSync(made.password, randomBytes(24).toString('base64url'), { mode: 0o600, flush: true })
    if (ids) for (const path of [made.password, place.half]) fs.lchownSync(path, ids.uid, ids.gid)
    step('initdb', [
      `--pgdata=${made.cluster}`,
      '--username=postgres',
      `--pwfile=${made.password}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--locale=C',
      ...Object.entries({ ...OUR_SETTINGS, ...extra }).map(([name, value]) => `--set=${name}=${value}`),
      ...(extra['fsync'] === 'off' ? ['--no-sync'] : []),
    ])
    const alone = ['--single', `--cluster_name=${place.name}`, '--exit_on_error=on', '-D', made.cluster]
    step('postgres', [...alone, 'postgres'], `create database ${DATABASE}\n`)
    fs.renameSync(made.password, place.password)
    fs.renameSync(made.cluster, place.cluster)
  } finally {
    fs.rmSync(place.half, { recursive: true, force: true })
  }
}

/**
 * Has pg_ctl start the server and waits for it. Both have a session of their own, where neither our end nor a Ctrl-C on our
 * terminal reaches them.
 * @returns what went wrong, as the server's log says it
 */
async function launch(place: Place, programs: Programs, port: number): Promise<EmbeddedError | undefined> {
  // On the command line, where no setting that an administrator saved in the cluster can undo them.
  const ours = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c cluster_name=${place.name}`
  const log = openFor(place.log)
  const { size } = fs.fstatSync(log)
  const args = ['start', '--silent', `--timeout=${PATIENCE_S}`, `--options=${ours}`]
  // Not as an argument, which pg_ctl would give to a shell.
  const env = { ...childEnvironment(), PGDATA: place.cluster }
  const how = { cwd: '/', env, detached: true, windowsHide: true, ...programs.ids }
  const pgCtl = spawn(program(programs, 'pg_ctl'), args, { ...how, stdio: ['ignore', log, log] })
  const [status] = await once(pgCtl, 'exit').finally(() => fs.closeSync(log))
  if (status === 0) return undefined
  const said = fs.readFileSync(place.log).subarray(size).toString('utf8')
  return named(said, { path: place.dir, ...programs.who, port, log: place.log })
}

/** The port of the last time, as PostgreSQL keeps the arguments of its start; then others, which it will say are taken or not. */
function portsToTry({ cluster, name }: Place): number[] {
  const [, last] = /"-p" "(\d+)"/.exec(textOf(join(cluster, 'postmaster.opts'))) ?? []
  // Below the ports that systems hand out for outgoing connections, so that the choice is likely to last.
  const first = 15432 + (Number.parseInt(name.slice(-4), 16) % 4000)
  return [Number(last ?? first), ...Array.from({ length: 9 }, (_, i) => first + (i + 1) * 7)]
}
