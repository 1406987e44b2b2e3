// The backup and the restore of docs/operations.md, typed as written: from one server to another, with a life in the database, a
// worker in the middle of its work, and a mail in somebody's mailbox.
import { execFile, execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type Test, test } from 'tap'
import { connect, type Sql } from '../../src/db/connection.ts'
import { deliverDue } from '../../src/mail/deliver.ts'
import { ROOT, read } from '../helper/files.ts'
import { freePort } from '../helper/port.ts'
import { makeSender, postOffice, receive } from '../helper/postman.ts'
import { PASSWORD } from '../helper/server.ts'
import { exited, launchWorker, startProcess, underWay, until, workshop } from '../helper/work.ts'

const [, backup = ''] = read('docs/operations.md').split('\n## Backup\n')
const blocks = [...(backup.split('\n## ')[0] ?? '').matchAll(/```sh\n(.*?)```/gs)].map(
  ([, text = '']) => text,
)

test('a backup is restored on another server, proven by a mailed seal, and work continues', async (t) => {
  const { sql, url, workerUrl, slowDown, requestSession, connectAs } = await workshop(t)
  const [{ versao = '' } = {}] =
    await sql`select split_part(current_setting('server_version'), '.', 1) as versao`
  const bin = `/usr/lib/postgresql/${versao}/bin`
  if (!existsSync(`${bin}/pg_dump`) || process.getuid?.() !== 0)
    return t.pass('typed as written', { skip: `no pg_dump of PostgreSQL ${versao} here, or not root` })
  t.equal(blocks.length, 2, 'commands for this machine, and for the other')

  t.comment('a past: corrected, rolled back, mailed')
  const office = await postOffice(t)
  const mailer = makeSender(t, `smtp://127.0.0.1:${office.port}`)
  const send = (from: Sql) => deliverDue(from, mailer, { kinds: ['resumo', 'divergencias'] })
  await receive(sql, 'correio.destinatarios', ['gestora@empresa.com.br'])
  await connectAs('olivia')`select audit.processar_divergencias('auto', regras => '{uma}')`
  await connectAs('ana')`
    select audit.reverter_divergencias(array[(select min(id) from audit.divergencias_processadas)], 'quero ver de novo')`
  await sql`select audit_interno.selar()`
  await send(sql)
  const sent = office.arrived.length
  t.ok(sent > 0)
  const mailed = () =>
    /elo (\d+), selo ([0-9a-f]{64})/.exec(office.arrived.at(-1)?.text ?? '')?.slice(1) ?? []
  const [link = '', seal = ''] = mailed()

  const place = mkdtempSync(join(tmpdir(), 'conferente-restauro-'))
  t.teardown(() => rmSync(place, { recursive: true, force: true }))
  const npx = `#!/bin/sh\nshift\nexec '${process.execPath}' '${join(ROOT, 'src/cli/main.ts')}' "$@"\n`
  writeFileSync(join(place, 'npx'), npx, { mode: 0o755 })
  const typed = (text: string, DATABASE_URL: string) => {
    const lines = text
      .replace(/^export DATABASE_URL=.*$/m, '')
      .replace(/--elo \d+ --selo [0-9a-f]+/, `--elo ${link} --selo ${seal}`)
    const env = { PATH: `${place}:${bin}:${process.env['PATH']}`, HOME: place, DATABASE_URL }
    return promisify(execFile)('sh', ['-ec', lines], { cwd: place, env })
  }

  t.comment('the copy is made while a worker is in the middle of a session')
  await slowDown(8)
  const half = await requestSession('outra')
  const worker = await startProcess(t, workerUrl)
  await underWay(sql, half)
  await typed(blocks[0] ?? '', url)
  worker.kill('SIGKILL')
  await exited(worker)

  const restored = `${await anotherServer(t, bin)}/warehouse`
  const { stdout, stderr } = await typed(blocks[1] ?? '', restored)
  t.match(stdout, /Trilha provada/, stderr)
  t.match(stdout, `A testemunha do elo ${link} confere`)

  const opened = (name: string) => {
    const own = connect(as(restored, name))
    t.teardown(() => own.end())
    return own
  }
  const there = connect(restored)
  t.teardown(() => there.end())
  t.comment('mail that was sent is not sent again; the session that was cut off is finished')
  await send(there)
  t.equal(office.arrived.length, sent)
  await there`update dw.demora set segundos = 0`
  const next = await launchWorker(t, as(restored, 'trabalhador'))
  const state = async () =>
    (await there`select status, corrigidas from audit.sessoes_processamento where id = ${half}`)[0]
  await until(async () => !['agendada', 'em_andamento'].includes((await state())?.['status']), 60_000)
  t.match(await state(), { status: 'concluida', corrigidas: 20n })
  t.ok(next.said.includes('released'))
  await next.stop()
  await send(there)
  t.equal(office.arrived.length, sent + 1, 'and has its own digest')

  t.comment('rules keep what they earned, and what waited for a person still waits')
  await there`insert into dw.uma values (30, 'errada')`
  await opened('olivia')`select audit.processar_divergencias('auto', regras => '{uma}')`
  t.match(
    await there`select id::int, situacao from dw.uma where situacao = 'errada' or id = 30 order by id`,
    [
      { id: 1, situacao: 'errada' },
      { id: 30, situacao: 'certa' },
    ],
  )

  t.comment('a seal mailed after the copy shows what the restore lost')
  await connectAs('olivia')`select audit.processar_divergencias('auto', regras => '{uma}')`
  await connectAs('adelia')`select audit.alterar_configuracao('correio.itens', '7', 'teste')`
  await sql`select audit_interno.selar()`
  const [later] = await sql`select elo, encode(selo, 'hex') as selo from audit_interno.cadeia`
  const [found] = await opened('leo')`
    select situacao from audit.verificar_integridade(${later?.['elo']}, ${later?.['selo']}) order by situacao`
  t.equal(found?.['situacao'], 'testemunha_contradita')
})

/** The same database, for one of the people. */
function as(url: string, name: string): string {
  const own = new URL(url)
  own.username = name
  own.password = PASSWORD
  return own.href
}

/** Debian's PostgreSQL on a free port, for this test alone. */
async function anotherServer(t: Test, bin: string): Promise<string> {
  const dir = mkdtempSync(join(tmpdir(), 'conferente-outro-'))
  chmodSync(dir, 0o755)
  execFileSync('chown', ['postgres', dir])
  const run = (program: string, ...args: string[]) =>
    execFileSync(
      'setpriv',
      ['--reuid=postgres', '--regid=postgres', '--clear-groups', join(bin, program), ...args],
      {
        cwd: dir,
        env: { PATH: process.env['PATH'], LC_ALL: 'C' },
        stdio: 'ignore',
      },
    )
  const port = await freePort()
  const data = join(dir, 'data')
  run('initdb', '-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C')
  run(
    'pg_ctl',
    '-D',
    data,
    '-l',
    join(dir, 'log'),
    '-w',
    '-o',
    `-p ${port} -k ${dir} -c listen_addresses=127.0.0.1 -c fsync=off`,
    'start',
  )
  t.teardown(() => {
    run('pg_ctl', '-D', data, '-m', 'immediate', 'stop')
    rmSync(dir, { recursive: true })
  })
  return `postgres://postgres@127.0.0.1:${port}`
}
