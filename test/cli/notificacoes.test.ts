import { test } from 'tap'
import { connect } from '../../src/db/connection.ts'
import { factsSchema } from '../../src/mail/facts.ts'
import { postOffice, receive } from '../helper/postman.ts'
import { scenario } from '../helper/scenario.ts'
import { conferente } from './helper.ts'

const MANAGER = 'gestora@empresa.com.br'

test('--enviar sends a digest with findings just as a worker does; unsent messages are named with the reason', async (t) => {
  const c = await scenario(t)
  const office = await postOffice(t)
  await receive(c.sql, 'correio.destinatarios', [MANAGER])
  await c.book({ id: 1, confianca: 0.9, valor: 1234567890123.4 })
  await c.runSession()
  const sendAll = (port: number) =>
    conferente(['notificacoes', '--enviar'], { url: c.url, env: { SMTP_URL: `smtp://127.0.0.1:${port}` } })
  const down = await sendAll(1)
  t.equal(down.code, 1)
  const [{ id } = {}] = await c.sql`select id from audit.notificacoes order by id limit 1`
  t.match(down.stderr, new RegExp(`mensagem ${id}: .*ECONNREFUSED`), 'which one, and why')
  t.match(await c.sql`select status from audit.notificacoes`, [
    { status: 'composta' },
    { status: 'composta' },
  ])
  const ran = await sendAll(office.port)
  t.equal(ran.code, 0, ran.stderr)
  t.match(ran.stderr, /enviadas: 2; não enviadas: 0/)
  t.equal(office.arrived.length, 2)
  t.match(office.arrived[0]?.text, /90\s?%/)
})

test('a message has the same facts, however the connection reads JSON', async (t) => {
  const c = await scenario(t)
  await receive(c.sql, 'correio.destinatarios', [MANAGER])
  await c.book({ id: 1, confianca: 0.9 }, { id: 2, confianca: 1, valor: 0.1 })
  await c.runSession()
  const read = async (exactJson: boolean) => {
    const sql = connect(c.url, { max: 1, exactJson })
    const rows =
      await sql`select n.id, audit_interno.conteudo_mensagem(n.id) - 'gerado_em' as conteudo from audit.notificacoes n order by n.id`
    await sql.end()
    return rows.map(({ conteudo }) => factsSchema.parse({ ...conteudo, gerado_em: '' }))
  }
  const facts = await read(false)
  t.equal(facts.length, 2)
  t.same(await read(true), facts)
})
