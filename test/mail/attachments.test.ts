// The files of the digest: what the session found, complete or not at all.
import { readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { test } from 'tap'
import { attachFindings } from '../../src/mail/attachments.ts'
import { deliverDue } from '../../src/mail/deliver.ts'
import { anexos, contents, makeSender, postOffice, receive } from '../helper/postman.ts'
import { scenario } from '../helper/scenario.ts'

const KINDS = ['resumo', 'divergencias']

test('CSV and XLSX of the session are attached to the digest; if too large, a link is sent instead', async (t) => {
  const c = await scenario(t)
  const office = await postOffice(t)
  const mailer = makeSender(t, `smtp://127.0.0.1:${office.port}`)
  const attach = attachFindings(c.url, 'conferente_dono')
  await receive(c.sql, 'correio.destinatarios', ['gestora@empresa.com.br'])
  await c.book({ id: 1, confianca: 0.5, valor: 1234.56 }, { id: 2, confianca: 0.5, descricao: 'aponta' })
  await c.runSession()
  await deliverDue(c.sql, mailer, { kinds: KINDS, attach })
  const digest = office.arrived.find(({ subject }) => /esperam decisão/.test(subject ?? ''))
  const files = anexos(digest)
  t.same(
    files.map(({ filename, mimeType }) => [filename, mimeType]),
    [
      ['divergencias-sessao-1.csv', 'text/csv'],
      ['divergencias-sessao-1.xlsx', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'],
    ],
  )
  const [csv = '', xlsx] = files.map((file) => contents(file).toString('utf8'))
  t.equal(csv.trimEnd().split('\r\n').length, 3, 'a heading and two findings')
  t.match(csv, /1234,56/)
  t.match(xlsx, /^PK/)
  t.match(digest?.text, /Anexos: divergencias-sessao-1\.csv, divergencias-sessao-1\.xlsx\./)
  t.match(digest?.html, /Anexos: divergencias-sessao-1\.csv/)
  const alert = office.arrived.find((letter) => letter !== digest)
  t.same(anexos(alert), [], 'the alert has none')

  await c.sql`select audit.alterar_configuracao('correio.limite_anexo', '1', 'teste')`
  await c.runSession()
  await deliverDue(c.sql, mailer, { kinds: ['resumo'], attach })
  const large = office.arrived.at(-1)
  t.same(anexos(large), [])
  const said =
    /somam [\d,]+ kB em anexos, acima do limite de 1 kB; veja-as em: http:\/\/localhost:8000\/revisao\?sessao=2/
  t.match(large?.text, said)
  t.match(large?.html, /acima do limite/)

  await c.sql`select audit.alterar_configuracao('correio.limite_anexo', '0', 'teste')`
  await c.runSession()
  await deliverDue(c.sql, mailer, { kinds: ['resumo'], attach })
  t.match(office.arrived.at(-1)?.text, /Anexos estão desligados/)
})

test('if files cannot be made, the digest goes out anyway and says so', async (t) => {
  const c = await scenario(t)
  const office = await postOffice(t)
  await receive(c.sql, 'correio.destinatarios', ['gestora@empresa.com.br'])
  await c.book({ id: 1 })
  await c.runSession()
  await c.sql`drop function audit.exportar_divergencias`
  await deliverDue(c.sql, makeSender(t, `smtp://127.0.0.1:${office.port}`), {
    kinds: ['resumo'],
    attach: attachFindings(c.url),
  })
  t.match(office.arrived[0]?.text, /Os anexos não puderam ser gerados: .*exportar_divergencias/)
  t.same(
    readdirSync(tmpdir()).filter((name) => name.startsWith(`conferente-correio-${process.pid}-`)),
    [],
    'nothing is left behind',
  )
})
