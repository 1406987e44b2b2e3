// A request is sent again, because its answer was lost on the way: with its key it is carried out once.
import { randomUUID } from 'node:crypto'
import { type Test, test } from 'tap'
import { api } from '../helper/api.ts'
import { one, scenario, sqlstate } from '../helper/scenario.ts'

const RUN = '/api/v1/divergencias/processar'
const APPROVE = '/api/v1/divergencias/aprovar'
const SESSION =
  'mutation { solicitarProcessamento(input: { modo: "auto", regras: ["errada"] }) { resultado { id status } } }'

async function scene(t: Test) {
  const c = await scenario(t)
  await c.book({ id: 1, confianca: 0.5 }, { id: 2, confianca: 0.5 })
  await c.runSession()
  const server = await api(t, c)
  const olivia = await server.token('operador', 'olivia')
  const ana = await server.token('revisor', 'ana')
  const ask = (token: string, path: string, body: unknown, key?: string) =>
    server.request(path, { token, body, ...(key !== undefined && { headers: { 'idempotency-key': key } }) })
  const sessions = async () =>
    Number(
      one(await c.sql`select count(*) as n from audit.sessoes_processamento where status = 'agendada'`)['n'],
    )
  return { c, server, olivia, ana, ask, sessions }
}

test('a session requested twice with one key is queued once, and both requests get the same answer', async (t) => {
  const { c, olivia, ask, sessions } = await scene(t)
  const key = randomUUID()
  const body = { modo: 'auto', regras: ['errada'] }
  const first = await ask(olivia, RUN, body, key)
  t.equal(first.status, 202)
  t.equal(first.headers.get('idempotency-replayed'), null)
  const second = await ask(olivia, RUN, body, key)
  t.match(second, { status: 202, text: first.text })
  t.equal(second.headers.get('idempotency-replayed'), 'true')
  t.equal(second.headers.get('location'), first.headers.get('location'))
  t.equal(await sessions(), 1)
  t.equal((await ask(olivia, RUN, body)).status, 202, 'without a key each request counts by itself')
  t.equal((await ask(olivia, RUN, body, randomUUID())).status, 202)
  t.equal(await sessions(), 3)
  await c.sql`update audit_interno.pedidos set criado_em = now() - interval '25 hours'`
  t.equal(
    (await ask(olivia, RUN, body, key)).headers.get('idempotency-replayed'),
    null,
    'a day later it is forgotten',
  )
})

test('sent twice at once it is still carried out once', async (t) => {
  const { olivia, ask, sessions } = await scene(t)
  const key = randomUUID()
  const answers = await Promise.all(
    Array.from({ length: 4 }, () => ask(olivia, RUN, { modo: 'manual' }, key)),
  )
  t.equal(new Set(answers.map(({ text }) => text)).size, 1)
  t.same(
    answers.map(({ status }) => status),
    [202, 202, 202, 202],
  )
  t.equal(await sessions(), 1)
})

test('a decision sent again is not refused as already made: the first answer is repeated', async (t) => {
  const { c, ana, ask } = await scene(t)
  const { id } = await c.finding(1)
  const body = { ids: [Number(id)], visto: await c.shown(id), motivo: 'confere' }
  const first = await ask(ana, APPROVE, body, 'minha chave')
  t.match(first.json, { por_status: { corrigida: 1 } })
  const again = await ask(ana, APPROVE, body, 'minha chave')
  t.equal(again.text, first.text)
  t.equal(
    (await c.sql`select from audit.decisoes where divergencia_id = ${id} and tipo = 'aprovacao'`).length,
    1,
  )
  t.match(
    (await ask(ana, APPROVE, body)).json,
    { status: 409, codigo: 'NC005' },
    'without the key it is refused',
  )
})

test('a key belongs to one request of one person', async (t) => {
  const { c, server, olivia, ana, ask, sessions } = await scene(t)
  t.equal((await ask(olivia, RUN, { modo: 'manual' }, 'k')).status, 202)
  t.match((await ask(olivia, RUN, { modo: 'auto' }, 'k')).json, { status: 422, codigo: 'NC029' })
  const other = await server.token('operador', 'otavio')
  const his = await ask(other, RUN, { modo: 'manual' }, 'k')
  t.match(his, { status: 202 })
  t.match(his.json, { solicitada_por: 'otavio' })
  t.equal(await sessions(), 2)
  t.equal(
    (await ask(olivia, RUN, { modo: 'manual' }, 'x'.repeat(256))).status,
    400,
    'keys have a largest length',
  )
  t.equal((await ask(ana, RUN, { modo: 'manual' }, 'k')).status, 403, 'a key opens no door')
  for (const person of ['ana', 'olivia'] as const) {
    t.equal(
      await sqlstate(c.asPerson(person)`select audit.repetir_pedido('k', 'POST /')`),
      '42501',
      'in psql there is none',
    )
  }
})

test('refused or undone requests are not kept: sent again, they are tried again', async (t) => {
  const { c, ana, ask } = await scene(t)
  const { id } = await c.finding(2)
  const body = { ids: [Number(id)], visto: ['0'.repeat(64)], motivo: 'confere' }
  t.equal((await ask(ana, APPROVE, body, 'k')).json.codigo, 'NC021')
  t.equal((await ask(ana, APPROVE, body, 'k')).json.codigo, 'NC021')
  const right = { ...body, visto: await c.shown(id) }
  t.match(
    (await ask(ana, APPROVE, right, 'k')).json,
    { por_status: { corrigida: 1 } },
    'and the key is still free',
  )
})

test('GraphQL repeats answers too', async (t) => {
  const { olivia, ask, sessions } = await scene(t)
  const key = randomUUID()
  const [first, second] = await Promise.all([
    ask(olivia, '/graphql', { query: SESSION }, key),
    ask(olivia, '/graphql', { query: SESSION }, key),
  ])
  t.match(first?.json, { data: { solicitarProcessamento: { resultado: { status: 'agendada' } } } })
  t.same(second?.json, first?.json)
  t.equal(await sessions(), 1)
  t.match((await ask(olivia, '/graphql', { query: SESSION.replace('auto', 'manual') }, key)).json, {
    errors: [{ extensions: { codigo: 'NC029' } }],
  })
  const query = { query: '{ sessoes { nodes { id } } }' }
  const before = (await ask(olivia, '/graphql', query, 'leitura')).json.data.sessoes.nodes.length
  await ask(olivia, '/graphql', { query: SESSION })
  t.equal(
    (await ask(olivia, '/graphql', query, 'leitura')).json.data.sessoes.nodes.length,
    before + 1,
    'a read is answered again',
  )
})
