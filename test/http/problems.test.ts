// Every refusal is a problem document that says what is wrong, where, and what would be right, and never anything internal.
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import t, { test } from 'tap'
import { api } from '../helper/api.ts'
import { testDatabase } from '../helper/database.ts'
import { scenario } from '../helper/scenario.ts'

// One server for all: most of what a case costs is starting it.
const c = await scenario(t)
const server = await api(t, c)

test('each cause has its status, and says what would be right', async (t) => {
  const { request: ask, token } = server
  const [leo, ana] = [await token('leitor'), await token('revisor')]
  const refused = async (
    status: number,
    path: string,
    says: object = {},
    options: Parameters<typeof ask>[1] = {},
  ) => {
    const answer = await ask(path, { token: leo, ...options })
    t.equal(answer.status, status, `${status} ${path}`)
    t.match(answer.headers.get('content-type'), /^application\/problem\+json/, path)
    t.match(answer.json, { status, title: String, detail: String, instance: path.split('?')[0], ...says })
    return answer
  }
  const list = '/api/v1/divergencias'
  await refused(401, list, {}, { token: undefined })
  await refused(400, `${list}?staus=aberta`, { detail: /staus/, sugestao: /status/ })
  await refused(400, `${list}?status=abertas`, { detail: /status/, sugestao: /aguardando_segunda_aprovacao/ })
  await refused(400, `${list}?confianca_minima=2`, { detail: /confianca_minima/, sugestao: /1/ })
  await refused(400, `${list}?detectada_de=2026-02-30`, { detail: /detectada_de/, sugestao: /AAAA-MM-DD/ })
  await refused(400, `${list}?pagina=0`, { detail: /pagina/ })
  await refused(400, `${list}?por_pagina=501`, { sugestao: /500/ })
  await refused(422, `${list}?registro_id=%00`)
  await refused(422, `${list}?detectada_de=0000-01-01`)
  await refused(403, '/api/v1/divergencias/aprovar', {}, { body: { ids: [1], visto: ['v'], motivo: 'x' } })
  const approve = (says: object, body: unknown, status = 400) =>
    refused(status, '/api/v1/divergencias/aprovar', says, { token: ana, body })
  await approve({ detail: /motivo/ }, { ids: [1], visto: ['v'] })
  await approve(
    { detail: /visto/, sugestao: /campo visto de cada uma, como veio na lista/ },
    { ids: [1], motivo: 'x' },
  )
  await approve({ detail: /visto/, sugestao: /string/ }, { ids: [1], visto: [null], motivo: 'x' })
  await approve({ codigo: 'NC001', detail: /visto/ }, { ids: [1], visto: ['v', 'w'], motivo: 'x' }, 422)
  await approve({ detail: /ids/ }, { ids: [], visto: ['v'], motivo: 'x' })
  await approve({ detail: /ids\/0/ }, { ids: ['1'], visto: ['v'], motivo: 'x' })
  await approve({}, '{"ids": [1')
  await approve({ codigo: 'NC006' }, { ids: [1], visto: ['v'], motivo: ' ' }, 422)
  await approve({ codigo: 'NC004' }, { ids: [1], visto: ['v'], motivo: 'x' }, 404)
  await approve({}, `{"ids": [1], "motivo": "${'x'.repeat(1_000_001)}"}`, 413)
  await refused(
    415,
    '/api/v1/divergencias/aprovar',
    {},
    {
      token: ana,
      body: '<ids/>',
      headers: { 'content-type': 'application/xml' },
    },
  )
  await refused(404, '/api/v1/divergencia')
  const { headers } = await refused(405, list, {}, { method: 'PUT', body: {} })
  t.match(headers.get('allow'), /GET/)
  await refused(405, '/api/v1/divergencias/aprovar')
  await refused(414, `/api/v1/divergencias/${'1'.repeat(200)}/rejeitar`, {}, { method: 'DELETE' })
  await refused(400, '/api/v1/%')
})

test('a right that Conferente itself lacks is not said to be the caller’s', async (t) => {
  await c.book({ id: 1, confianca: 0.5 })
  await c.runSession()
  const { id } = await c.finding(1)
  await c.sql`revoke update on dw.lancamentos from conferente_escrita`
  const token = await server.token('revisor')
  const shown = await c.shown(id)
  const says = /conferente_escrita/
  const grant = /grant select, update on lancamentos to conferente_escrita;/
  const rest = await server.request('/api/v1/divergencias/aprovar', {
    token,
    body: { ids: [id], visto: shown, motivo: 'x' },
  })
  t.match(rest, { status: 503, json: { codigo: '42501', detail: says, sugestao: grant } })
  const query =
    'mutation ($ids: [BigInt!]!, $visto: [String!]!) { aprovarDivergencias(input: { ids: $ids, visto: $visto, motivo: "x" }) { resultado { status } } }'
  const graphql = await server.request('/graphql', {
    token,
    body: { query, variables: { ids: [String(id)], visto: shown } },
  })
  t.match(graphql.json.errors, [{ message: says }], graphql.text)
})

test('a request that is none is refused in the same way', async (t) => {
  const { hostname, port } = new URL(server.url)
  for (const [status, request] of [
    [400, 'nonsense\r\n\r\n'],
    [431, `GET / HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`],
  ] as const) {
    const socket = connect(Number(port), hostname)
    socket.end(request)
    const answer = await text(socket)
    t.match(answer, new RegExp(`^HTTP/1\\.1 ${status} `))
    t.match(answer, /content-type: application\/problem\+json/)
    t.match(JSON.parse(answer.split('\r\n\r\n')[1] ?? ''), { status, detail: String, title: String })
  }
})

test('a client that asks too often is told to wait', async (t) => {
  const { request: ask } = await api(t, await testDatabase(t), { rateLimit: 2 })
  await ask('/healthz')
  await ask('/healthz')
  const { status, json } = await ask('/healthz')
  t.equal(status, 429)
  t.match(json, { status: 429 })
})

test('a failure inside is reported by its number alone', async (t) => {
  const token = await server.token('leitor')
  const before = server.failures.length
  await c.sql.unsafe('alter table audit.configuracoes_sistema rename to segredo')
  const { status, json, text } = await server.request('/api/v1/divergencias', { token })
  t.equal(status, 500)
  t.match(json, { type: 'about:blank', status: 500, detail: String })
  t.notMatch(text, /configuracoes_sistema|42P01|at .*\.ts/)
  t.equal(server.failures.length, before + 1, 'and the operator finds the rest in the log')
})
