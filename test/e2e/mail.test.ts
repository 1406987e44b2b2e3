// The morning run end to end: a session asked for, a worker started as people start it, and the letter in a mail program.
import { test } from 'tap'
import { correio, receber } from '../helper/postman.ts'
import { oficina, processo, saida, until } from '../helper/work.ts'

test('conferente trabalhar runs the session, and its digest arrives with files and picture', async (t) => {
  const { sql, workerUrl, solicitar } = await oficina(t)
  const office = await correio(t)
  await receber(sql, 'correio.destinatarios', ['gestora@empresa.com.br'])
  await solicitar()
  process.env['SMTP_URL'] = `smtp://127.0.0.1:${office.port}`
  const worker = await processo(t, workerUrl)
  await until(async () => {
    const rows = await sql`select from audit.notificacoes where status = 'enviada'`
    return rows.length === 1 && office.arrived.length === 1
  }, 60_000)
  worker.kill('SIGTERM')
  t.equal(await saida(worker), 0, worker.said())
  const [letter] = office.arrived
  t.match(letter?.subject, /^\[Conferente\] Tudo feito em .*: 40 novas, 40 corrigidas$/)
  t.match(letter?.html, /40 divergências \(R\$ 40,00 em risco\), 40 corrigidas/)
  const names = letter?.attachments?.map(({ filename }) => filename).sort()
  t.same(names, ['divergencias-sessao-1.csv', 'divergencias-sessao-1.xlsx', 'outra.png', 'uma.png'])
})
