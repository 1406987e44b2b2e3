// What somebody with a token may try: each attempt is refused or served, the server stays up, and its memory stays bounded.
import { connect } from 'node:net'
import { type Test, test } from 'tap'
import { neighbourhood } from '../../src/http/connections.ts'
import { GRAPHQL_LIMITS } from '../../src/http/graphql/limits.ts'
import { type Api, api } from '../helper/api.ts'
import { testDatabase } from '../helper/database.ts'
import { scenario } from '../helper/scenario.ts'
import { until } from '../helper/work.ts'

const ALIVE = { query: '{ regras { totalCount } }' }

// biome-ignore lint/suspicious/noExplicitAny: a test looks into whatever error it gets
async function refused(t: Test, { request }: Api, token: string, what: string, body: unknown): Promise<any> {
  const { status, json, text } = await request('/graphql', { token, body })
  t.equal(status, 400, `${what}: ${text.slice(0, 200)}`)
  t.ok(json.errors?.[0]?.message, what)
  t.notMatch(text, /at \w+ \(|node_modules|stack/i, `${what}: reveals nothing internal`)
  return json.errors[0]
}

test('queries that are too deep, too wide, too long or too many are refused before they run', async (t) => {
  const server = await api(t, await testDatabase(t))
  const token = await server.token('administrador')
  const query = (text: string, variables?: object) => ({ query: text, variables })
  const nested = (depth: number, open: string, close: string) => open.repeat(depth) + close.repeat(depth)
  const attacks: Record<string, unknown> = {
    '10,000 levels': query(nested(10_000, '{ sessao ', '}')),
    '10,000 levels of brackets': query(
      `{ divergencias(filter: ${nested(10_000, '{ and: [', '] }')}) { totalCount } }`,
    ),
    '20 levels of relations': query(
      `{ divergencias { nodes { ${'sessao { divergencias { nodes { '.repeat(6)} id ${'} } }'.repeat(6)} } } }`,
    ),
    '1,000 aliases': query(
      `{ ${Array.from({ length: 1000 }, (_, i) => `a${i}: regras { totalCount }`).join(' ')} }`,
    ),
    'aliases at the root': query(
      `{ ${Array.from({ length: 30 }, (_, i) => `a${i}: regras { totalCount }`).join(' ')} }`,
    ),
    'a fragment that doubles itself twenty times': query(
      `{ regras { nodes { ...f20 } } } fragment f0 on Regra { nome } ${Array.from(
        { length: 20 },
        (_, i) =>
          `fragment f${i + 1} on Regra { a${i}: nome ...f${i} execucoes { nodes { regraRegistrada { ...f${i} } } } }`,
      ).join(' ')}`,
    ),
    'a fragment within itself': query('{ regras { nodes { ...a } } } fragment a on Regra { nome ...a }'),
    'a page of a million': query('{ divergencias(first: 1000000) { nodes { id } } }'),
    'a page of a million by variable': query('query ($n: Int) { divergencias(first: $n) { nodes { id } } }', {
      n: 1_000_000,
    }),
    'a page of a million by default': query(
      'query ($n: Int = 1000000) { divergencias(last: $n) { nodes { id } } }',
    ),
    'pages within pages': query(
      '{ divergencias(first: 1000) { nodes { sessao { operacoes(first: 1000) { nodes { id tipo } } } } } }',
    ),
    'a page of less than nothing, to make up for others': query(
      `{ a: divergencias(first: -1000000000) @skip(if: true) { nodes { id } }
        divergencias(first: 1000) { nodes { sessao { operacoes(first: 1000) { nodes { id tipo } } } } } }`,
    ),
    'the same by variable': query(
      `query ($n: Int) { a: divergencias(last: $n) @skip(if: true) { nodes { id } }
        divergencias(first: 1000) { nodes { sessao { operacoes(first: 1000) { nodes { id tipo } } } } } }`,
      { n: -1_000_000_000 },
    ),
    'aliases at the root within a fragment': query(
      `{ ...a ...b } fragment a on Query { ...b } fragment b on Query {
        ${Array.from({ length: 15 }, (_, i) => `a${i}: regras { totalCount }`).join(' ')} }`,
    ),
    'many mutations at once': query(
      `mutation { ${Array.from({ length: 10 }, (_, i) => `m${i}: cancelarSessao(input: { id: "1", motivo: "x" }) { clientMutationId }`).join(' ')} }`,
    ),
    'a batch': [ALIVE, ALIVE],
    'a long query': query(`{ regras { totalCount } } #${' '.repeat(GRAPHQL_LIMITS.characters)}`),
    'many tokens': query(`{ regras(filter: { nome: { in: [${'"a" '.repeat(5000)}] } }) { totalCount } }`),
    'deep variables': `{"query": "query ($f: RegraFilter) { regras(filter: $f) { totalCount } }",
      "variables": { "f": ${'{"not":'.repeat(5000)}{}${'}'.repeat(5000)} } }`,
    'many variables': query('query ($n: [String!]) { regras(filter: { nome: { in: $n } }) { totalCount } }', {
      n: Array.from({ length: 30_000 }, String),
    }),
    'no query': {},
    'a query that is no text': query([] as never),
    'variables that are no object': query('{ regras { totalCount } }', [1]),
    'half a query': query('{ regras { '),
    'a subscription': query('subscription { regras { totalCount } }'),
  }
  const before = process.memoryUsage().rss
  // GraphQL itself refuses an invalid query; our limits refuse everything else, before it is planned.
  const byGraphql = ['a fragment within itself', 'half a query']
  for (const [what, body] of Object.entries(attacks)) {
    const error = await refused(t, server, token, what, body)
    t.equal(error.extensions?.codigo, byGraphql.includes(what) ? undefined : 'LIMITE', what)
  }
  t.ok(process.memoryUsage().rss - before < 300e6, 'memory stays bounded')
  t.equal((await server.request('/graphql', { token, body: ALIVE })).status, 200, 'alive')
  const columns =
    'id regra tabela registroId confianca evidencia justificativa valorEmRisco status detectadaEm'
  const other =
    'ultimaDeteccao vezesDetectada propostaPor decididaPor decididaEm motivo idadeDias linkRevisao'
  const wide = query(
    `{ ...page } fragment page on Query { divergencias(first: 1) { totalCount nodes { ${columns} ${other} } } }`,
  )
  t.equal(
    (await server.request('/graphql', { token, body: wide })).status,
    200,
    'one root, however many fields',
  )
  t.same(server.failures, [])
})

test('developers may read the schema, readers only if configured', async (t) => {
  const base = await testDatabase(t)
  const server = await api(t, base)
  const open = await api(t, base, { introspection: ['leitor'] })
  const { getIntrospectionQuery } = await import('postgraphile/graphql')
  const body = { query: getIntrospectionQuery() }
  const asked = async ({ request }: Api, role: string) =>
    (await request('/graphql', { token: await server.token(role), body })).status
  t.equal(await asked(server, 'leitor'), 400)
  t.equal(await asked(server, 'revisor'), 200, 'the whole standard introspection query is within the limits')
  t.equal(await asked(open, 'leitor'), 200)
  t.equal(await asked(open, 'revisor'), 400)
  const hidden = { query: '{ ...a } fragment a on Query { __type(name: "Regra") { name } }' }
  t.equal(
    (await server.request('/graphql', { token: await server.token('leitor'), body: hidden })).status,
    400,
  )
})

test('SQL in every argument stays a text', async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1 })
  await c.runSession()
  const server = await api(t, c)
  const administrator = await server.token('administrador')
  const reviewer = await server.token('revisor')
  for (const attack of [
    `' or '1'='1`,
    `'; drop table audit.regras; --`,
    `"; select pg_sleep(9); --`,
    '$1',
    '\\',
    '%',
    '\u0000',
  ]) {
    const variables = { v: attack, j: { categoria: attack } }
    const asked = async (token: string, query: string) => {
      const { status, text } = await server.request('/graphql', { token, body: { query, variables } })
      t.ok(status === 200 || status === 400, `${status} ${text}`)
      t.notMatch(text, /syntax error|unterminated|pg_sleep\(9\) as/i, text)
      return text
    }
    t.match(
      await asked(
        administrator,
        'query ($v: String!) { divergencias(filter: { regra: { equalTo: $v } }) { totalCount } }',
      ),
      /"totalCount":0|errors/,
    )
    await asked(administrator, 'query ($v: String!) { regra(nome: $v) { nome } token(id: $v) { id } }')
    await asked(
      administrator,
      'query ($v: String!) { historicoRegistro(tabela: $v, id: $v) { nodes { evento } } }',
    )
    await asked(administrator, 'query ($v: String!) { diagnosticarContrato(tabela: $v) { nodes { item } } }')
    await asked(
      administrator,
      'query ($v: String!) { previsaoPadrao(campo: "descricao", tipo: "contem", padrao: $v) { nodes { __typename } } }',
    )
    await asked(administrator, 'query ($v: Cursor!) { divergencias(after: $v) { nodes { id } } }')
    await asked(
      administrator,
      'mutation ($v: String!) { salvarPadrao(input: { campo: $v, tipo: $v, padrao: $v, acao: $v, motivo: $v }) { clientMutationId } }',
    )
    await asked(
      administrator,
      'mutation ($v: String!) { alterarConfiguracao(input: { chave: $v, valor: $v, motivo: $v }) { clientMutationId } }',
    )
    await asked(
      reviewer,
      'mutation ($v: String!, $j: JSON!) { corrigirManualmente(input: { id: "1", valores: $j, motivo: $v }) { clientMutationId } }',
    )
    await asked(
      reviewer,
      'mutation ($v: String!) { declararExcecao(input: { regra: $v, tabela: $v, registroId: $v, motivo: $v, expiraEm: "2099-01-01" }) { clientMutationId } }',
    )
  }
  const { sql } = c
  const [{ regras } = { regras: 0 }] = await sql`select count(*)::int as regras from audit.regras`
  t.ok(regras >= 4, 'nothing was dropped')
  t.same(server.failures.map(String), [], 'each value was accepted, or refused as a value')
})

test('an expression that takes exponential time is refused and not saved', async (t) => {
  const c = await scenario(t)
  const server = await api(t, c)
  const token = await server.token('administrador')
  for (const action of ['incluir', 'excluir']) {
    const { json } = await server.request('/graphql', {
      token,
      body: {
        query: `mutation ($p: String!) { salvarPadrao(input: { campo: "descricao", tipo: "regex", padrao: $p, acao: "${action}", motivo: "x" }) { resultado { id } } }`,
        variables: { p: '^(x+)(x+)(x+)\\3\\2\\1z$' },
      },
    })
    t.match(json.errors, [{ message: /demora demais/, extensions: { codigo: 'NC014' } }])
  }
  t.same(await c.sql`select from audit.padroes_trade_marketing`, [])
})

test('how much a caller can have sealed is limited, and nobody can call the steps of a session', async (t) => {
  const c = await scenario(t)
  const server = await api(t, c)
  const [reader, operator] = [await server.token('leitor'), await server.token('operador')]
  const large = 'x'.repeat(10_001)
  const asked = async (token: string, query: string, variables = {}) =>
    (await server.request('/graphql', { token, body: { query, variables } })).json
  const register = (details: object) =>
    asked(
      operator,
      'mutation ($d: JSON) { registrarOperacao(input: { tipo: "externa", motivo: "x", detalhes: $d }) { resultado } }',
      { d: details },
    )
  t.match((await register({ nota: large })).errors, [{ extensions: { codigo: 'NC001' } }])
  const { data } = await register({ nota: 'curta' })
  const ended = await asked(
    operator,
    'mutation ($id: BigInt!, $d: JSON) { finalizarOperacao(input: { id: $id, detalhes: $d }) { clientMutationId } }',
    { id: data.registrarOperacao.resultado, d: { nota: large } },
  )
  t.match(ended.errors, [{ extensions: { codigo: 'NC001' } }])
  const file = await server.request(
    `/api/v1/relatorios/divergencias/export?formato=csv&motivo=${'x'.repeat(3000)}`,
    { token: reader },
  )
  t.equal(file.status, 400)
  t.same(
    await c.sql`select from audit.operacoes where pg_column_size(detalhes) > 10000 or tipo = 'exportacao'`,
    [],
  )
  for (const field of [
    'registrarFalhaEtapa',
    'executarEtapa',
    'iniciarSessao',
    'criarSessao',
    'conduzirSessao',
  ]) {
    const { errors } = await asked(operator, `mutation { ${field}(input: {}) { clientMutationId } }`)
    t.match(errors, [{ message: /Cannot query field/ }], field)
  }
})

test('details about the database are not revealed', async (t) => {
  const c = await scenario(t)
  const server = await api(t, c)
  const token = await server.token('revisor')
  await c.sql`alter table audit.regras rename column descricao to segredo`
  const body = { query: '{ regras { nodes { descricao } } }' }
  const { json, text } = await server.request('/graphql', { token, body })
  t.match(json.errors[0].extensions.numero, /^[0-9a-f-]{36}$/)
  t.notMatch(text, /segredo|does not exist|42703/)
  t.equal(server.failures.length, 1, 'the operator is informed')
})

test('a body of 100 MB is cut off, announced or in pieces', async (t) => {
  const server = await api(t, await testDatabase(t))
  const token = await server.token('leitor')
  const { port } = new URL(server.url)
  const before = process.memoryUsage().rss
  for (const length of ['Content-Length: 104857600', 'Transfer-Encoding: chunked']) {
    const socket = connect(Number(port), '127.0.0.1')
    socket.on('error', () => {}) // cut off while we are still sending
    let said = ''
    socket.on('data', (data) => {
      said += data
    })
    const closed = new Promise((resolve) => socket.on('close', resolve))
    socket.write(
      `POST /graphql HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\n${length}\r\n\r\n`,
    )
    const piece = Buffer.from(`10000\r\n${' '.repeat(65_536)}\r\n`)
    let sent = 0
    while (sent < 100e6 && socket.writable && said === '') {
      await new Promise((resolve) => socket.write(piece, resolve))
      sent += piece.length
    }
    t.ok(sent < 50e6, `${sent} bytes were accepted`)
    socket.destroy()
    await closed
    t.match(said, /^(HTTP\/1.1 413|$)/)
  }
  t.ok(process.memoryUsage().rss - before < 150e6, 'the connection was not kept')
  t.equal((await server.request('/graphql', { token, body: ALIVE })).status, 200, 'alive')
})

test('clients that send nothing, or a byte now and then, are disconnected and keep nobody waiting', async (t) => {
  const server = await api(t, await testDatabase(t), { headersMs: 300, requestMs: 600 })
  const token = await server.token('leitor')
  const { port } = new URL(server.url)
  const half = [
    'POST /graphql HTTP/1.1\r\nHost: x\r\n',
    `POST /graphql HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{`,
  ]
  const slow = Array.from({ length: 40 }, (_, i) => {
    const socket = connect(Number(port), '127.0.0.1')
    socket.on('error', () => {})
    socket.resume()
    socket.write(half[i % 2] ?? '')
    return new Promise((resolve) => socket.on('close', resolve))
  })
  t.equal(
    (await server.request('/graphql', { token, body: ALIVE })).status,
    200,
    'others are served meanwhile',
  )
  await Promise.all(slow)
  t.pass('all of them were dropped')
})

test("bodies that never arrive take nobody's turn, and a full server is not reported as dead", async (t) => {
  const base = await testDatabase(t)
  const server = await api(t, base, { atOnce: 5, requestMs: 240_000 })
  const token = await server.token('leitor')
  const { port } = new URL(server.url)
  const half = `POST /graphql HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\nContent-Length: 1000\r\nExpect: 100-continue\r\n\r\n`
  const alive = async () => (await server.request('/graphql', { token, body: ALIVE })).status
  for (let i = 0; i < 20; i++) {
    const socket = connect(Number(port), '127.0.0.1')
    socket.on('error', () => {})
    t.teardown(() => socket.destroy())
    // The server asks for the body once it has begun with the request.
    const begun = new Promise((resolve) => socket.once('data', resolve))
    socket.write(half)
    await begun
    t.equal((await server.request('/healthz')).status, 200, 'the process is alive')
  }
  let status = await alive()
  for (const deadline = Date.now() + 60_000; status === 503 && Date.now() < deadline; ) status = await alive()
  t.equal(status, 200, 'served while twenty bodies are still arriving')
  const full = await api(t, base, { atOnce: 0 })
  t.equal((await full.request('/graphql', { token, body: ALIVE })).status, 503)
  t.equal((await full.request('/healthz')).status, 200)
})

test('1,000 requests at once are served or told to retry', async (t) => {
  // The clients share our one thread with the server: what looks like a slow client to it may be a busy test.
  const server = await api(t, await testDatabase(t), {
    headersMs: 120_000,
    requestMs: 240_000,
    connectionsOfOne: 1000,
  })
  const token = await server.token('leitor')
  const before = process.memoryUsage().rss
  const answers = await Promise.all(
    Array.from({ length: 1000 }, (_, i) =>
      server
        .request('/graphql', { token, body: i % 5 === 0 ? ALIVE : { query: '{ __typename }' } })
        .then(({ status }) => status)
        .catch(() => 0),
    ),
  )
  const count = (status: number) => answers.filter((answer) => answer === status).length
  t.equal(count(200) + count(503) + count(0), 1000, 'no other status')
  t.ok(count(200) > 0, `${count(200)} served, ${count(503)} asked to come again, ${count(0)} cut off`)
  t.ok(process.memoryUsage().rss - before < 500e6, 'memory stays bounded')
  t.equal((await server.request('/graphql', { token, body: ALIVE })).status, 200, 'alive')
  t.same(server.failures, [])
})

test('one address is limited to its rate, even when guessing tokens', async (t) => {
  const server = await api(t, await testDatabase(t), { rateLimit: 5 })
  const guess = () => server.request('/graphql', { token: 'a.b.c', body: ALIVE })
  const statuses: number[] = []
  for (let i = 0; i < 7; i++) statuses.push((await guess()).status)
  t.same(statuses, [401, 401, 401, 401, 401, 429, 429])
  const { headers, json } = await guess()
  t.match(headers.get('content-type'), /problem\+json/)
  t.ok(headers.get('retry-after'))
  t.equal(json.status, 429)
})

test("one caller's slow questions keep nobody else waiting", async (t) => {
  const scene = await scenario(t)
  const server = await api(t, scene)
  const [leo, ana] = [await server.token('leitor', 'leo'), await server.token('leitor', 'ana')]
  const slow = { query: '{ divergencias(first: 1) { totalCount } }' }
  const waiting = async () => {
    const rows = await scene.sql`
      select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
    return rows.length
  }
  let asked: Promise<{ status: number }>[] = []
  await scene.sql.begin(async (tx) => {
    await tx`lock table audit.divergencias_processadas`
    asked = Array.from({ length: 20 }, () => [
      server.request('/graphql', { token: leo, body: slow }),
      server.request('/api/v1/divergencias', { token: leo }),
    ]).flat()
    await until(async () => (await waiting()) === 10)
    t.match(await server.request('/graphql', { token: ana, body: ALIVE }), {
      status: 200,
      json: { data: {} },
    })
    t.equal((await server.request('/api/v1/auditoria/sessoes', { token: ana })).status, 200)
    t.equal(await waiting(), 10, 'half of each pool and no more')
  })
  const statuses = new Set((await Promise.all(asked)).map(({ status }) => status))
  t.same([...statuses], [200], 'and the caller is served too')
})

test('one address may open only its share of connections; a trusted proxy is not counted', async (t) => {
  const base = await testDatabase(t)
  const kept = async (changes: Parameters<typeof api>[2]) => {
    const server = await api(t, base, { connectionsOfOne: 5, ...changes })
    const sockets = Array.from({ length: 8 }, () => {
      const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
      socket.on('error', () => {})
      t.teardown(() => socket.destroy())
      return new Promise<boolean>((resolve) => {
        socket.on('data', () => resolve(true))
        socket.on('close', () => resolve(false))
        socket.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n')
      })
    })
    return (await Promise.all(sockets)).filter(Boolean).length
  }
  t.equal(await kept({}), 5)
  t.equal(await kept({ trustedProxies: ['loopback'] }), 8)
  t.equal(await kept({ trustedProxies: ['10.0.0.0/8', '127.0.0.1'] }), 8)
  t.equal(await kept({ trustedProxies: ['10.0.0.0/8', '::1'] }), 5)
  const network = '2001:db8:0:7'
  for (const address of ['2001:db8:0:7::1', '2001:db8::7:a:b:c:d', '2001:db8::7:0:0:0:1']) {
    t.equal(neighbourhood(address), network, address)
  }
  t.equal(neighbourhood('192.0.2.1'), '192.0.2.1')
  t.equal(neighbourhood('::1'), '0:0:0:0')
})

test('only pages from listed origins may call', async (t) => {
  const dashboard = 'https://bi.empresa.com.br'
  const base = await testDatabase(t)
  const server = await api(t, base, { corsOrigins: [dashboard] })
  const closed = await api(t, base)
  const ask = async ({ request }: Api, origin: string) =>
    (
      await request('/graphql', {
        method: 'OPTIONS',
        headers: {
          origin,
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'authorization',
        },
      })
    ).headers.get('access-control-allow-origin')
  t.equal(await ask(server, dashboard), dashboard)
  t.not(await ask(server, 'https://evil.example'), 'https://evil.example')
  t.equal(await ask(closed, dashboard), null)
})
