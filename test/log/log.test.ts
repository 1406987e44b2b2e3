// Logs: one line of JSON for each event, in files if there is a directory, and never a secret in them.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Test, test } from 'tap'
import { openLog } from '../../src/log/log.ts'
import { createRedactor, credentials } from '../../src/log/redact.ts'
import { FILE_MB, FILES_KEPT } from '../../src/log/rolling.ts'
import { conferente, personal } from '../cli/helper.ts'
import { SECRET } from '../helper/api.ts'
import { testDatabase } from '../helper/database.ts'
import { PASSWORD } from '../helper/server.ts'
import { exited, startProcess, until, workshop } from '../helper/work.ts'

const SMTP_PASSWORD = 'senha do correio 99'
const LOGS = /^(app\.log|(app|daily_processor_sessoes)\.\d{4}-\d\d-\d\d\.\d+\.log)$/

// biome-ignore lint/suspicious/noExplicitAny: a test looks into whatever events it gets
type Events = any[]

function directory(t: Test): string {
  return t.testdir()
}

/** What the files of a kind hold; every line must be JSON. */
function events(dir: string, kind: 'app' | 'daily_processor_sessoes'): Events {
  return readdirSync(dir)
    .filter((file) => new RegExp(`^${kind}\\.\\d{4}`).test(file))
    .flatMap((file) => parsed(readFileSync(join(dir, file), 'utf8')))
}

const parsed = (text: string): Events =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))

test('a worker logs what its sessions do, each event with its session, on stderr and in files', async (t) => {
  const { workerUrl, requestSession, session, sql } = await workshop(t)
  const dir = directory(t)
  const password = 'segredo/do@trabalhador'
  await sql.unsafe(
    `create role trabalhador_logs login password '${password}'; grant conferente_dono to trabalhador_logs`,
  )
  t.teardown(() => sql.unsafe('drop role if exists trabalhador_logs'))
  const url = personal(workerUrl, 'trabalhador_logs', encodeURIComponent(password))
  const secret = personal('smtp://127.0.0.1:1', 'conta', encodeURIComponent(SMTP_PASSWORD))
  await sql.unsafe(`select audit.alterar_configuracao('limites.linhas', '25', 'teste'),
    audit.alterar_configuracao('correio.destinatarios', '["gestora@empresa.com.br"]', 'teste')`)
  const child = await startProcess(t, url, { CONFERENTE_LOGS: dir, SMTP_URL: secret })
  const id = await requestSession()
  await until(async () => (await session(id))['na_fila'] === 0)
  // Nobody listens there; the attempt is an event, too.
  await until(() => /"mail.attempted"/.test(child.said()))
  child.kill('SIGTERM')
  t.equal(await exited(child), 0, child.said())

  t.ok(
    readdirSync(dir).every((file) => LOGS.test(file)),
    readdirSync(dir).join(),
  )
  const told = parsed(child.said())
  const all = events(dir, 'app')
  t.same(told, all, 'stderr says what the file says')
  t.same(parsed(readFileSync(join(dir, 'app.log'), 'utf8')).at(-1), all.at(-1), 'app.log is the newest file')
  t.match(all[0], { event: 'command.began', comando: 'trabalhar', level: 'info' })
  t.match(all.at(-1), { event: 'command.ended', codigo: 0 }, 'also what is logged last before the end')

  const sessions = events(dir, 'daily_processor_sessoes')
  t.ok(sessions.length > 0 && sessions.every(({ sessao_id }) => sessao_id === String(id)))
  t.same(
    sessions,
    all.filter(({ sessao_id }) => sessao_id !== undefined && sessao_id !== null),
  )
  const of = (event: string) => sessions.filter((line) => line.event === event)
  t.match(of('session.opened'), [{ modo: 'auto' }])
  t.match(
    of('step.ended').find(({ etapa, regra }) => etapa === 'parte' && regra === 'uma'),
    {
      encontradas: '20',
      linhas_examinadas: String,
      ms: Number,
    },
  )
  t.equal(of('step.began').length, of('step.ended').length)
  t.match(of('session.limit'), [{ level: 'warn', limite: String }])
  t.match(of('session.finished'), [{ status: 'concluida_com_falhas', limite_atingido: String, novas: '40' }])

  t.match(of('mail.attempted')[0], { level: 'warn', status: 'composta', ultimo_erro: /ECONNREFUSED/ })

  const written =
    readdirSync(dir)
      .map((file) => readFileSync(join(dir, file), 'utf8'))
      .join('') + child.said()
  for (const word of [
    password,
    encodeURIComponent(password),
    SMTP_PASSWORD,
    encodeURIComponent(SMTP_PASSWORD),
  ]) {
    t.notOk(written.includes(word), 'no password')
  }
  t.notOk(written.includes('errada'), 'no contents of rows')
})

test("a failed rule and a session's corrections are reported", async (t) => {
  const { sql, workerUrl } = await workshop(t)
  await sql.unsafe(`
    create or replace function regra_outra.regra_outra(janela audit.janela) returns setof audit.achado language plpgsql stable
    set search_path = pg_catalog, pg_temp as $$ begin perform 'conteudo da linha'::integer; end $$`)
  const dir = directory(t)
  const ran = await conferente(['processar', '--modo', 'auto', '--json'], {
    url: workerUrl,
    env: { CONFERENTE_LOGS: dir },
  })
  t.equal(ran.code, 1)
  const { id } = ran.json()
  const sessions = events(dir, 'daily_processor_sessoes')
  t.ok(sessions.every(({ sessao_id }) => sessao_id === id))
  const failed = sessions.find(({ event }) => event === 'step.failed')
  t.match(failed, { level: 'error', regra: 'outra', err: { code: '22P02' } })
  t.notMatch(JSON.stringify(sessions), /conteudo da linha/, 'not the value that could not be read')
  t.match(
    sessions.find(({ event, etapa }) => event === 'step.ended' && etapa === 'corrigir'),
    { regra: 'uma', corrigidas: '20' },
  )
  t.match(ran.stderr, /procurando divergências: uma/, 'people read what they always did')
  t.match(events(dir, 'app').at(-1), { event: 'command.ended', codigo: 1, level: 'error' })
})

test('the API logs who asked and how it was answered, but not what was asked', async (t) => {
  const { url } = await testDatabase(t)
  const dir = directory(t)
  let asked: Promise<number[]> | undefined
  let token = ''
  const ran = await conferente(['servir', '--porta', '0'], {
    url: personal(url, 'api', PASSWORD),
    env: { CONFERENTE_JWT_SEGREDO: SECRET, CONFERENTE_LOGS: dir },
    onStderr(text, kill) {
      const [address] = /http:[^\s"]+/.exec(text) ?? []
      if (address === undefined || asked !== undefined) return
      asked = ask(address).finally(() => kill('SIGTERM'))
    },
  })
  async function ask(address: string): Promise<number[]> {
    const env = { CONFERENTE_JWT_SEGREDO: SECRET }
    const made = await conferente(['token', '--papel', 'leitor', '--nome', 'leo', '--json'], {
      url: personal(url, 'adelia', PASSWORD),
      env,
    })
    token = made.json().token
    const headers = { authorization: `Bearer ${token}` }
    const answers = [
      await fetch(`${address}/api/v1/divergencias?regra=segredo_da_busca`, { headers }),
      await fetch(`${address}/segredo_no_caminho`, { headers }),
      await fetch(`${address}/healthz`),
    ]
    return answers.map(({ status }) => status)
  }
  const statuses = await asked
  t.equal(ran.code, 0, ran.stderr)
  const requests = events(dir, 'app').filter(({ event }) => event === 'http.request')
  t.match(requests, [
    {
      quem: 'leo',
      papel: 'conferente_leitor',
      metodo: 'GET',
      rota: '/api/v1/divergencias',
      pedido: String,
      ms: Number,
    },
    { quem: 'leo', status: 404 },
  ])
  t.equal(requests[0].status, statuses?.[0])
  t.ok(token.length > 50)
  const written = JSON.stringify(events(dir, 'app')) + ran.stderr
  t.notMatch(written, /segredo_d|segredo_n/)
  t.notOk(written.includes(token) || written.includes(SECRET))
  t.doesNotThrow(() => parsed(ran.stderr))
})

test('secrets are removed wherever they are, and the line stays JSON', async (t) => {
  const urls = ['postgres://ana:p%40lavra-passe@db/x', 'smtp://conta:c%22orreio%20longo@mail', undefined]
  const redact = createRedactor([...credentials(urls), SECRET])
  const jwt = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbmEifQ.c2ln'
  const auth = Buffer.from('\0conta\0c"orreio longo').toString('base64')
  const line = {
    msg: `connect postgres://ana:p@lavra-passe@db/x; ${urls.join(' ')}; Authorization: Bearer ${jwt}x; token=${jwt}`,
    nested: { text: `AUTH PLAIN ${auth}`, again: ['p@lavra-passe', 'c"orreio longo', SECRET] },
    innocent: 'https://conferente.empresa.com.br/sessoes/7 ana@empresa.com.br',
  }
  const shown = redact(JSON.stringify(line))
  t.equal(JSON.parse(shown).innocent, line.innocent)
  for (const secret of ['lavra-passe', 'orreio', 'eyJ', SECRET, auth]) t.notOk(shown.includes(secret), secret)
})

test('fields named like secrets are not shown', async (t) => {
  const dir = directory(t)
  const log = await openLog({ directory: dir, stderr: false, secrets: ['aberto e longo'] })
  log.note({ event: 'y', text: 'x aberto e longo' }, 'postgres://ana:aberto@db/x')
  log.note(
    { event: 'x', password: 'aberto', headers: { authorization: 'aberto' }, a: { b: { senha: 'aberto' } } },
    'm',
  )
  log.logger.info({ req: { url: '/?q=aberto' }, err: Object.assign(new Error('e'), { detail: 'aberto' }) })
  t.equal(events(dir, 'app').length, 3)
  t.notMatch(JSON.stringify(events(dir, 'app')), /aberto/)
})

test('the newest files of each kind are kept, and other files are not touched', async (t) => {
  const dir = directory(t)
  const days = Array.from({ length: FILES_KEPT + 10 }, (_, n) =>
    new Date(Date.UTC(2020, 0, n + 1)).toISOString().slice(0, 10),
  )
  for (const day of days) {
    writeFileSync(join(dir, `app.${day}.1.log`), '')
    writeFileSync(join(dir, `daily_processor_sessoes.${day}.1.log`), '')
  }
  writeFileSync(join(dir, `app.${days.at(-1)}.10.log`), '')
  writeFileSync(join(dir, 'outra.2019-01-01.1.log'), '')
  await openLog({ directory: dir, stderr: false, secrets: [] })
  const left = readdirSync(dir)
  for (const kind of ['app.2', 'daily_processor_sessoes.2']) {
    t.equal(left.filter((file) => file.startsWith(kind)).length, FILES_KEPT)
  }
  t.ok(left.includes(`app.${days.at(-1)}.10.log`))
  t.ok(left.includes('outra.2019-01-01.1.log'))
  t.notOk(left.includes(`app.${days[0]}.1.log`))
})

test('a file that has grown is followed by a new one, and app.log points to it', async (t) => {
  const dir = directory(t)
  const log = await openLog({ directory: dir, stderr: false, secrets: [] })
  const text = 'x'.repeat(500_000)
  for (let written = 0; written <= FILE_MB * 2.1; written++) {
    log.note({ event: 'big', text }, 'm')
    await new Promise((resolve) => setImmediate(resolve))
  }
  log.note({ event: 'after' }, 'm')
  const files = readdirSync(dir).filter((file) => /^app\.\d/.test(file))
  t.match(files, [/\.1\.log$/, /\.2\.log$/])
  t.match(parsed(readFileSync(join(dir, 'app.log'), 'utf8')).at(-1), { event: 'after' })
  t.match(events(dir, 'app').length, Math.floor(FILE_MB * 2.1) + 2, 'and nothing is lost between them')
})

test('an unusable directory is reported at the start, with what to do', async (t) => {
  const dir = directory(t)
  const run = (logs: string, command = ['listar']) =>
    conferente(command, { url: 'postgres://ninguem@127.0.0.1:1/nada', env: { CONFERENTE_LOGS: logs } })
  t.match(await run(join(dir, 'nada')), { code: 1, stderr: /não existe: .*nada\nSugestão: mkdir -p/ })
  writeFileSync(join(dir, 'arquivo'), '')
  t.match(await run(join(dir, 'arquivo'), ['trabalhar']), { code: 1, stderr: /não é um diretório/ })
  // Nobody can create files there, not even root.
  t.match(await run('/proc'), { code: 1, stderr: /não é possível gravar logs em \/proc.*\nSugestão/ })
  t.match(await run(join(dir, 'nada'), ['--help']), { code: 0, stderr: '' })
})

test('a file system that fills later stops no session', { skip: !existsSync('/dev/full') }, async (t) => {
  const { workerUrl } = await workshop(t)
  // Like a log on a full disk: it can be opened, and each write fails.
  const dir = mkdtempSync(join(tmpdir(), 'conferente-cheio-'))
  mkdirSync(dir, { recursive: true })
  for (const hours of [0, 24]) {
    const date = new Date(Date.now() + hours * 3_600_000)
    const day = `${date.getFullYear()}-${String(date.getMonth() + 1).padStart(2, '0')}-${String(date.getDate()).padStart(2, '0')}`
    for (const kind of ['app', 'daily_processor_sessoes'])
      symlinkSync('/dev/full', join(dir, `${kind}.${day}.1.log`))
  }
  const ran = await conferente(['processar', '--modo', 'auto', '--json'], {
    url: workerUrl,
    env: { CONFERENTE_LOGS: dir },
  })
  t.equal(ran.code, 0, ran.stderr)
  t.match(ran.json(), { status: 'concluida', corrigidas: '40' })
  t.match(ran.stderr, /os arquivos de log não podem ser gravados \(ENOSPC\)/)
  t.equal(ran.stderr.match(/ENOSPC/g)?.length, 2, 'once for each file')
})

test('events lost while the disk was full are counted, and writing resumes when there is room', async (t) => {
  const dir = directory(t)
  const said: unknown[] = []
  const log = await openLog({
    directory: dir,
    stderr: false,
    secrets: [],
    broken: (code) => said.push(code),
    mended: (lost) => said.push(lost),
  })
  const fs = t.capture(await import('node:fs').then((m) => m.default), 'writeSync', () => {
    throw Object.assign(new Error('full'), { code: 'ENOSPC' })
  })
  for (let n = 0; n < 300; n++) log.note({ event: 'big', text: 'x'.repeat(10_000) }, 'm')
  t.same(said, ['ENOSPC'])
  t.ok(fs().length > 250, 'it keeps trying')
  fs.restore()
  log.note({ event: 'after' }, 'm')
  log.note({ event: 'later' }, 'm')
  const written = events(dir, 'app')
  t.equal(said.length, 2)
  t.equal(written.filter(({ event }) => event === 'big').length + Number(said[1]), 300)
})
