import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  appendFileSync,
  chownSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { totalmem } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { childEnvironment } from '../settings/settings.ts'
import { program, runnableBinaries } from './binaries.ts'
import { EmbeddedError, fromOutput } from './error.ts'
import { openFor, type Place, writeWhole } from './place.ts'
import { disarmPidFile, endLeftovers, isOurs, running, type Server } from './process.ts'
import { assertReachable, runAs, type ServerUser } from './user.ts'

const LOG_KEPT_BYTES = 5_000_000

/** Starts the server on the port of the last time, or on another that is free; makes its cluster where there is none. */
export async function start(wanted: Server, isNew: boolean): Promise<{ pid: number; port: number }> {
  const { place, user } = wanted
  const server = { ...wanted, binaries: runnableBinaries(wanted.binaries, user, place.dir) }
  clearHalfMade(place)
  if (isNew) await initialise(server).finally(() => clearHalfMade(place))
  assertReachable(place.cluster, user)
  adopt(place, user)
  if (existsSync(place.log) && statSync(place.log).size > LOG_KEPT_BYTES)
    renameSync(place.log, `${place.log}.1`)
  writeWhole(place.config, configuration(server.settings), 0o644)
  let failure: EmbeddedError | undefined
  for (const port of portsToTry(place)) {
    for (let again = 0; again < 2; again++) {
      disarmPidFile(place)
      failure = await launch(server, port)
      // Also after a failure: a start by a client that was killed may have overtaken ours.
      const found = await running(server)
      if (found) return found
      if (failure.code !== 'in_use') break
      await endLeftovers(place)
    }
    if (failure?.code !== 'port_taken') break
  }
  throw failure
}

/** Stops the server cleanly; a server that is not running is no error. */
export async function stop(server: Server): Promise<void> {
  const { place, binaries, timeoutMs } = server
  const { pid } = (await running(server)) ?? {}
  if (pid === undefined) return
  // A fast shutdown: clients are cut off, everything is written.
  if (process.platform !== 'win32') process.kill(pid, 'SIGINT')
  else runAs({ name: '' }, program(binaries, 'pg_ctl'), ['kill', 'INT', String(pid)])
  const deadline = Date.now() + timeoutMs
  while (isOurs(pid, place)) {
    if (Date.now() > deadline) throw new EmbeddedError('stop_failed', { path: place.dir, pid })
    await sleep(25)
  }
}

/** Removes what an initialisation left behind, its password file among it. */
function clearHalfMade(place: Place): void {
  for (const entry of readdirSync(place.dir).filter((name) => name.startsWith('init-'))) {
    rmSync(join(place.dir, entry), { recursive: true, force: true })
  }
}

/** Makes the cluster beside its place and moves it there when it is whole, so that no half one is ever found. */
async function initialise({ place, user, binaries, password, settings }: Server): Promise<void> {
  await endLeftovers(place)
  assertReachable(place.dir, user)
  const work = mkdtempSync(join(place.dir, 'init-'))
  const passwordFile = join(work, 'password')
  writeFileSync(passwordFile, password, { mode: 0o600 })
  if (user.ids) for (const path of [work, passwordFile]) chownSync(path, user.ids.uid, user.ids.gid)
  const made = join(work, 'cluster')
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
  if (run.status !== 0) {
    throw fromOutput(`${run.error?.message ?? ''}\n${run.stderr}`, { path: place.dir, step: 'initdb' })
  }
  appendFileSync(join(made, 'postgresql.conf'), "\ninclude_if_exists = '../server.conf'\n")
  renameSync(made, place.cluster)
  if (process.platform === 'win32') return
  const directory = openSync(place.dir, 'r')
  fsyncSync(directory)
  closeSync(directory)
}

/**
 * pg_ctl starts the server and waits for it. Both in a session of their own, where neither our end nor a Ctrl-C on our terminal
 * reaches them.
 * @returns what the server's log says, should it not run now
 */
async function launch({ place, binaries, user, timeoutMs }: Server, port: number): Promise<EmbeddedError> {
  // On the command line, where no setting that an administrator saved in the cluster can undo them.
  const ours = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c cluster_name=${place.name}`
  const log = openFor(place.log, 'a')
  const { size } = statSync(place.log)
  const starter = spawn(
    program(binaries, 'pg_ctl'),
    ['start', '--silent', `--timeout=${Math.ceil(timeoutMs / 1000)}`, `--options=${ours}`],
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
  await once(starter, 'exit').finally(() => closeSync(log))
  const said = readFileSync(place.log).subarray(size).toString('utf8')
  return fromOutput(said, { path: place.dir, port, log: place.log })
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
    logging_collector: 'off',
    log_destination: 'stderr',
    log_line_prefix: '%m [%p] %q%u@%d ',
    ...extra,
  }
  const lines = Object.entries(settings).map(([name, value]) => `${name} = '${value.replaceAll("'", "''")}'`)
  return `# Written at every start; change settings with "alter system".\n${lines.join('\n')}\n`
}

/** The port of the last time, as PostgreSQL keeps the arguments of its start; then others, which it will say are taken or not. */
function portsToTry({ cluster, name }: Place): number[] {
  const file = join(cluster, 'postmaster.opts')
  const [, last] = (existsSync(file) && /"-p" "(\d+)"/.exec(readFileSync(file, 'utf8'))) || []
  // Below the ports that systems hand out for outgoing connections, so that the choice is likely to last.
  const first = 15432 + (Number.parseInt(name.slice(-4), 16) % 4000)
  const others = Array.from({ length: 9 }, (_, i) => first + i * 7)
  return last === undefined ? others : [Number(last), ...others]
}

/** Takes over a cluster whose system user has another number here, as after moving a volume between machines. */
function adopt(place: Place, { ids }: ServerUser): void {
  if (!ids || statSync(place.cluster).uid === ids.uid) return
  const run = runAs({ name: 'root' }, 'chown', ['-R', `${ids.uid}:${ids.gid}`, place.cluster])
  if (run.status !== 0) throw fromOutput(run.stderr, { path: place.cluster, step: 'chown' })
}
