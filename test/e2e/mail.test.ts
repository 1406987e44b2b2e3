// The morning run end to end: a session asked for, a worker started as people start it, and the letter in a mail program.
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { test } from 'tap'
import { receber } from '../helper/postman.ts'
import { oficina, processo, saida, until } from '../helper/work.ts'

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

test('conferente trabalhar runs the session, and its digest lies in maildev with files and picture', async (t) => {
  const { MailDev } = await import('maildev')
  const { sql, workerUrl, solicitar } = await oficina(t)
  const port = await freePort()
  const office = new MailDev({
    smtp: port,
    ip: '127.0.0.1',
    disableWeb: true,
    silent: true,
    mailDirectory: t.testdir(),
  })
  const { smtp } = await office.start()
  t.teardown(() => office.stop())
  const letters: { subject?: string; html?: string; attachments?: { filename?: string }[] | undefined }[] = []
  smtp?.on('new', (letter: (typeof letters)[number]) => letters.push(letter))
  await receber(sql, 'correio.destinatarios', ['gestora@empresa.com.br'])
  await solicitar()
  process.env['SMTP_URL'] = `smtp://127.0.0.1:${port}`
  const worker = await processo(t, workerUrl)
  await until(async () => {
    const rows = await sql`select from audit.notificacoes where status = 'enviada'`
    return rows.length === 1 && letters.length === 1
  }, 60_000)
  worker.kill('SIGTERM')
  t.equal(await saida(worker), 0, worker.said())
  const [letter] = letters
  t.match(letter?.subject, /^\[Conferente\] Tudo feito em .*: 40 novas, 40 corrigidas$/)
  t.match(letter?.html, /40 divergências \(R\$ 40,00 em risco\), 40 corrigidas/)
  const names = letter?.attachments?.map(({ filename }) => filename).sort()
  t.same(names, ['divergencias-sessao-1.csv', 'divergencias-sessao-1.xlsx', 'outra.png', 'uma.png'])
})
