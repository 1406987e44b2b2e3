// `conferente agendar` as scripts use it: what it shows, what it changes, what it writes and leaves alone.
import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { XmlDocument, type XmlElement } from 'libxml2-wasm'
import { type Test, test } from 'tap'
import { crontabLines, systemdUnit, windowsTask } from '../../src/cli/service-files.ts'
import { testDatabase } from '../helper/database.ts'
import { ROOT } from '../helper/files.ts'
import { PASSWORD } from '../helper/server.ts'

const exec = promisify(execFile)

const run = (url: string, ...args: string[]) =>
  exec(process.execPath, ['src/cli/main.ts', 'agendar', ...args], {
    cwd: ROOT,
    env: { ...process.env, DATABASE_URL: url, CONFERENTE_IDIOMA: 'pt-BR' },
  }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }) => ({ code, stdout, stderr }),
  )

const address = (url: string, person: string) => {
  const personal = new URL(url)
  personal.username = person
  personal.password = PASSWORD
  return personal.href
}

const folder = () => mkdtempSync(join(tmpdir(), 'conferente-agendar-'))

test('shows the schedule in its local time, and changes it in one audited step', async (t) => {
  const { url, sql } = await testDatabase(t)
  const [leo, adelia] = [address(url, 'leo'), address(url, 'adelia')]
  const shown = await run(leo, '--mostrar')
  t.equal(shown.code, 0, shown.stderr)
  t.match(shown.stdout, 'agenda: 0 7 * * *, horário de America/Sao_Paulo, modo auto')
  t.equal(shown.stdout.match(/, 07:00 BRT|07:00 GMT-3/g)?.length, 5, shown.stdout)

  const changed = await run(
    adelia,
    ...[
      '--cron',
      '30 6 * * 1-5',
      '--fuso',
      'America/New_York',
      '--modo',
      'manual',
      '--motivo',
      'teste',
      '--json',
    ],
  )
  t.equal(changed.code, 0, changed.stderr)
  const document = JSON.parse(changed.stdout)
  t.match(document, { cron: '30 6 * * 1-5', fuso: 'America/New_York', modo: 'manual' })
  t.equal(document.proximas.length, 5)
  const operations = await sql`select motivo, detalhes from audit.operacoes where tipo = 'configuracao'`
  t.equal(operations.length, 3)
  t.equal((await run(adelia)).code, 0, 'without a terminal it asks nothing and prints the schedule')
})

test('refuses an impossible schedule, and then changes nothing', async (t) => {
  const { url, sql } = await testDatabase(t)
  const adelia = address(url, 'adelia')
  const refused = async (code: number, ...args: string[]) => {
    const result = await run(adelia, ...args)
    t.equal(result.code, code, `${args.join(' ')}: ${result.stderr}`)
    t.notMatch(result.stderr, /\n\s+at /, 'no stack trace')
  }
  await refused(2, '--cron', '0 9 * * *')
  await refused(2, '--cron', '0 25 * * *', '--motivo', 'teste')
  await refused(2, '--cron', '0 7 31 2 *', '--motivo', 'teste')
  await refused(2, '--modo', 'talvez', '--motivo', 'teste')
  await refused(2, '--cron', '0 9 * * *', '--fuso', 'America/Atlantida', '--motivo', 'teste')
  await refused(2, '--cron', '0 9 * * *', '--motivo', 'teste', '--mostrar')
  const leo = await run(address(url, 'leo'), '--cron', '0 9 * * *', '--motivo', 'teste')
  t.equal(leo.code, 1)
  t.match(leo.stderr, 'conferente_administrador')
  const untouched =
    await sql`select from audit.configuracoes_sistema where chave in ('agenda.cron', 'agenda.fuso', 'agenda.modo') and valor = padrao`
  t.equal(untouched.length, 3)
})

test('writes the systemd unit, which systemd accepts, and overwrites nothing', async (t) => {
  const dir = folder()
  t.teardown(() => rmSync(dir, { recursive: true }))
  const file = join(dir, 'conferente.service')
  const nowhere = 'postgresql://nobody@127.0.0.1:1/nothing'
  const written = await run(nowhere, '--systemd', file)
  t.equal(written.code, 0, `needs no database: ${written.stderr}`)
  t.match(written.stderr, 'Nada foi instalado')
  const printed = await run(nowhere, '--systemd', '-')
  t.equal(printed.stdout, readFileSync(file, 'utf8'))
  t.match(printed.stdout, `ExecStart="${process.execPath}" "${join(ROOT, 'src/cli/main.ts')}" iniciar`)
  writeFileSync(file, 'de outro')
  t.equal((await run(nowhere, '--systemd', file)).code, 1)
  t.equal(readFileSync(file, 'utf8'), 'de outro')

  const odd = join(dir, 'odd.service')
  const place = { command: [process.execPath, '/opt/100% "certo"/$a.ts'] as const, environmentFile: '/etc/x' }
  writeFileSync(odd, systemdUnit(place, 'Teste'))
  writeFileSync(file, printed.stdout)
  if (!existsSync('/usr/bin/systemd-analyze')) return t.comment('no systemd-analyze here')
  for (const unit of [file, odd]) {
    const { stderr } = await exec('systemd-analyze', ['verify', unit], {
      env: { ...process.env, LC_ALL: 'C' },
    })
    t.equal(
      stderr
        .split('\n')
        .filter((line) => line.includes('.service'))
        .join(),
      '',
      unit,
    )
  }
})

const TASK = 'http://schemas.microsoft.com/windows/2004/02/mit/task'

/** A Windows task as a parser reads its bytes, in the encoding that they declare. */
function readTask(t: Pick<Test, 'teardown'>, bytes: Buffer) {
  const document = XmlDocument.fromBuffer(bytes)
  t.teardown(() => document.dispose())
  const { root } = document
  const steps = (path: string) =>
    path
      .split('/')
      .map((step) => `t:${step}`)
      .join('/')
  return {
    version: document.get('/t:Task/@version', { t: TASK })?.content,
    sections: (root.find('./t:*', { t: TASK }) as XmlElement[]).map(({ name }) => name),
    at: (path: string) => root.get(`./${steps(path)}`, { t: TASK })?.content,
  }
}

test('writes the Windows task in UTF-16, escaped', async (t) => {
  const dir = folder()
  t.teardown(() => rmSync(dir, { recursive: true }))
  const file = join(dir, 'conferente.xml')
  const written = await run('postgresql://nobody@127.0.0.1:1/nothing', '--windows', file)
  t.equal(written.code, 0, written.stderr)
  t.match(written.stderr, `schtasks /create /tn Conferente /xml "${file}"`)
  const xml = readFileSync(file).toString('utf16le')
  t.ok(xml.startsWith('\ufeff<?xml version="1.0" encoding="UTF-16"?>\r\n'))
  const task = readTask(t, readFileSync(file))
  t.equal(task.version, '1.2')
  t.same(
    task.sections,
    ['RegistrationInfo', 'Triggers', 'Principals', 'Settings', 'Actions'],
    'in the order that the schema asks for',
  )
  for (const [path, value] of [
    ['Triggers/BootTrigger/Enabled', 'true'],
    ["Principals/Principal[@id='Author']/UserId", 'S-1-5-19'],
    ['Settings/MultipleInstancesPolicy', 'IgnoreNew'],
    ['Settings/ExecutionTimeLimit', 'PT0S'],
    ["Actions[@Context='Author']/Exec/Command", process.execPath],
    ["Actions[@Context='Author']/Exec/Arguments", `"${join(ROOT, 'src/cli/main.ts')}" iniciar`],
  ] as const)
    t.equal(task.at(path), value, path)
  const odd = windowsTask({ command: ['C:\\A & B\\node.exe', 'C:\\<x>.js'] }, 'a < b')
  t.equal(readTask(t, Buffer.from(odd, 'utf16le')).at('Actions/Exec/Command'), 'C:\\A & B\\node.exe')
  t.match(windowsTask({ command: ['C:\\A & B\\node.exe', 'C:\\<x>.js'] }, 'a < b'), 'C:\\A &amp; B\\node.exe')
})

test('writes crontab lines that a shell understands', async (t) => {
  const { url } = await testDatabase(t)
  const { code, stdout, stderr } = await run(address(url, 'leo'), '--crontab', '-')
  t.equal(code, 0, stderr)
  const [zone, line] = stdout.split('\n')
  t.equal(zone, 'CRON_TZ=America/Sao_Paulo')
  t.ok(line?.startsWith('0 7 * * * set -a; . /etc/conferente/ambiente; '), line)
  t.match(line, / processar --modo auto; .* notificacoes --enviar$/, 'a session, then its mail')

  const dir = folder()
  t.teardown(() => rmSync(dir, { recursive: true }))
  const environmentFile = join(dir, "o 'ambiente'")
  writeFileSync(environmentFile, 'DATABASE_URL=lido\n')
  const script = 'console.log(process.env.DATABASE_URL, process.argv.slice(2).join())'
  const echo = join(dir, '100% certo.cjs')
  writeFileSync(echo, script)
  const lines = crontabLines(
    { command: [process.execPath, echo], environmentFile },
    { cron: '0 7 * * *', fuso: 'UTC', modo: 'manual' },
  )
  // What cron itself does to the line: it takes the first five fields, and \% is %.
  const command = (lines.split('\n')[1] ?? '').split(' ').slice(5).join(' ').replaceAll('\\%', '%')
  const ran = async () => (await exec('/bin/sh', ['-c', command])).stdout
  t.equal(await ran(), 'lido processar,--modo,manual\n', 'no mail where no mail server is set')
  writeFileSync(environmentFile, 'DATABASE_URL=lido\nSMTP_URL=smtp://correio\n')
  t.equal(await ran(), 'lido processar,--modo,manual\nlido notificacoes,--enviar\n')
})

test('cron takes the crontab lines, for a user of its own', async (t) => {
  if (!existsSync('/usr/bin/crontab') || process.getuid?.() !== 0) return t.comment('no crontab, or not root')
  const user = `conferente${process.pid}`
  await exec('useradd', ['--no-create-home', '--shell', '/usr/sbin/nologin', user])
  t.teardown(() => exec('userdel', [user]))
  const dir = folder()
  t.teardown(() => rmSync(dir, { recursive: true }))
  const file = join(dir, 'crontab')
  const lines = crontabLines(
    { command: [process.execPath, '/opt/100% certo/cli.ts'], environmentFile: '/etc/conferente/ambiente' },
    { cron: '*/30 6-20 * * 1-5', fuso: 'America/Sao_Paulo', modo: 'auto' },
  )
  writeFileSync(file, lines)
  await exec('crontab', ['-u', user, file])
  t.teardown(() => exec('crontab', ['-u', user, '-r']))
  t.ok((await exec('crontab', ['-u', user, '-l'])).stdout.endsWith(lines))
  writeFileSync(file, lines.replace('*/30', '61'))
  await t.rejects(exec('crontab', ['-u', user, file]), 'it does check the directory')
})
