// The morning run end to end: a requested session, a worker started as people start it, and the mail in a mail program.
import { test } from 'tap'
import { postOffice, receive } from '../helper/postman.ts'
import { exited, startProcess, until, workshop } from '../helper/work.ts'

test('conferente trabalhar runs the session, and its digest arrives with files and picture', async (t) => {
  const { sql, workerUrl, requestSession } = await workshop(t)
  const office = await postOffice(t)
  await receive(sql, 'correio.destinatarios', ['gestora@empresa.com.br'])
  await requestSession()
  process.env['SMTP_URL'] = `smtp://127.0.0.1:${office.port}`
  const worker = await startProcess(t, workerUrl)
  await until(async () => {
    const rows = await sql`select from audit.notificacoes where status = 'enviada'`
    return rows.length === 1 && office.arrived.length === 1
  }, 60_000)
  worker.kill('SIGTERM')
  t.equal(await exited(worker), 0, worker.said())
  const [letter] = office.arrived
  t.match(letter?.subject, /^\[Conferente\] Tudo feito em .*: 40 novas, 40 corrigidas$/)
  t.match(letter?.html, /40 divergências \(R\$ 40,00 em risco\), 40 corrigidas/)
  const names = letter?.attachments?.map(({ filename }) => filename).sort()
  t.same(names, ['divergencias-sessao-1.csv', 'divergencias-sessao-1.xlsx', 'outra.png', 'uma.png'])
})
