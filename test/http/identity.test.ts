// Callers: valid tokens, and every way in which one is not.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, exportSPKI, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose'
import { type Test, test } from 'tap'
import { type Api, api, forge, SECRET } from '../helper/api.ts'
import { testDatabase, untilLocked } from '../helper/database.ts'
import { scenario } from '../helper/scenario.ts'

const ME = { query: '{ regras(first: 1) { totalCount } }' }
const status = async ({ request }: Api, token: string) =>
  (await request('/graphql', { token, body: ME })).status

const now = () => Math.floor(Date.now() / 1000)

test('a token on record is accepted; one that was forged, changed or has expired is not', async (t) => {
  const base = await testDatabase(t)
  const server = await api(t, base)
  const good = await server.token('leitor', 'painel')
  t.equal(await status(server, good), 200)
  const [head = '', body = '', signature = ''] = good.split('.')
  const claims = JSON.parse(Buffer.from(body, 'base64url').toString())
  const changed = (change: object) =>
    Buffer.from(JSON.stringify({ ...claims, ...change })).toString('base64url')
  const sign = (change: object, key = SECRET) =>
    forge(server.settings, { ...claims, ...change }, { secret: key })
  const bad: Record<string, string> = {
    'another role under the old signature': `${head}.${changed({ papel: 'administrador' })}.${signature}`,
    'no signature': `${head}.${body}.`,
    'alg none': new UnsecuredJWT(claims).encode(),
    'another secret': await sign({}, 'outro segredo com mais de trinta e dois bytes'),
    'an empty secret': await sign({}, ' '),
    expired: await sign({ exp: now() - 60 }),
    'not yet valid': await sign({ nbf: now() + 600 }),
    'no expiry': await sign({ exp: undefined }),
    'another issuer': await sign({ iss: 'outro' }),
    'another audience': await sign({ aud: 'outra' }),
    'no audience': await sign({ aud: undefined }),
    'no identifier': await sign({ jti: undefined }),
    'an identifier on no record': await sign({ jti: '00000000-0000-4000-8000-000000000000' }),
    HS512: await forge(server.settings, claims, { alg: 'HS512' }),
    'the right secret, another role than on record': await sign({ papel: 'administrador' }),
    'the right secret, another name than on record': await sign({ sub: 'ana' }),
    'not a token': 'abc',
    'a SQL injection': "' or true --",
  }
  for (const [what, token] of Object.entries(bad)) t.equal(await status(server, token), 401, what)
  for (const role of [
    'dono',
    'conferente_dono',
    'conferente_servico',
    'postgres',
    '',
    null,
    {},
    ['revisor', 'operador'],
  ]) {
    t.equal(await status(server, await sign({ papel: role })), 401, `role ${JSON.stringify(role)}`)
  }
  t.same(server.failures, [], 'each was meant to be read')
  const answer = await server.request('/graphql', { token: bad['expired'], body: ME })
  t.notMatch(answer.text, /jose|stack|JWT|\.ts/)
})

test('a revoked token is refused at the next request, even if it reads no table', async (t) => {
  const base = await testDatabase(t)
  const server = await api(t, base)
  const token = await server.token('revisor', 'Ana')
  const typename = () => server.request('/graphql', { token, body: { query: '{ __typename }' } })
  t.equal((await typename()).status, 200)
  await base.connectAs('adelia')`select audit.revogar_acesso('saiu', nome => 'ana')`
  t.match(await typename(), { status: 401, json: { codigo: 'NC020' } })
  t.equal(await status(server, token), 401)
  t.equal((await server.request('/nada', { token })).status, 401)
  // nor does it learn what is wrong with its request
  for (const [path, body] of Object.entries({
    '/api/v1/divergencias?satus=aberta': undefined,
    '/api/v1/divergencias?': undefined,
    '/api/v1/divergencias/aprovar': { ids: 'todas' },
    '/api/docs/json': undefined,
    '/metrics': undefined,
    '/graphql?': { query: '{ nada' },
    '/graphql??': { query: '{ nada }' },
    '/graphql???': [],
    '/graphql????': { query: '{ divergencias { totalCount } }' },
  })) {
    const answer = await server.request(path, { token, body })
    t.match(answer, { status: 401, json: { codigo: 'NC020' } }, path)
    t.notMatch(answer.text, /errors|status,|ids|openapi|conferente_/, path)
  }
  t.same(server.failures, [])
})

test('a token revoked while its request waits does nothing more after that', async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1, confianca: 0.5 }, { id: 2, confianca: 0.5 })
  await c.runSession()
  const [one, two] = [(await c.finding(1)).id, (await c.finding(2)).id]
  const server = await api(t, c)
  const token = await server.token('revisor', 'Ana')
  const reject = (id: number) =>
    `rejeitarDivergencias(input: { ids: ["${id}"], motivo: "está certo" }) { resultado { status } }`
  const query = `mutation { a: ${reject(one)} b: ${reject(two)} }`
  let answer: ReturnType<typeof server.request> | undefined
  await c.sql.begin(async (tx) => {
    await tx`select from audit.divergencias_processadas where id = ${one} for update`
    answer = server.request('/graphql', { token, body: { query } })
    await untilLocked(c.sql)
    await c.connectAs('adelia')`select audit.revogar_acesso('saiu', nome => 'ana')`
  })
  t.match(await answer, {
    status: 200,
    json: {
      data: { a: { resultado: [{ status: 'rejeitada' }] }, b: null },
      errors: [{ extensions: { codigo: 'NC020' } }],
    },
  })
  t.equal(await c.status(1), 'rejeitada')
  t.equal(await c.status(2), 'aberta')
})

test('one person cannot propose in psql and approve by token, not even under another spelling', async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1, valor: 900_000, confianca: 0.5 })
  await c.runSession()
  const { id } = await c.finding(1)
  await c.approve('ana', id)
  t.equal(await c.status(1), 'aguardando_segunda_aprovacao')
  const server = await api(t, c)
  const approve = async (name: string) =>
    server.request('/graphql', {
      token: await server.token('revisor', name),
      body: {
        query: `mutation ($ids: [BigInt!]!, $visto: [String!]!) {
          aprovarDivergencias(input: { ids: $ids, visto: $visto, motivo: "confere" }) { resultado { status decididaPor } } }`,
        variables: { ids: [String(id)], visto: await c.shown(id) },
      },
    })
  for (const name of ['ana', 'Ana', ' ANA ', '\uff21na']) {
    t.match((await approve(name)).json.errors[0].extensions, { codigo: 'NC007' }, name)
  }
  t.equal(await c.status(1), 'aguardando_segunda_aprovacao')
  t.match((await approve('Bruno')).json.data.aprovarDivergencias.resultado[0], {
    status: 'corrigida',
    decididaPor: 'bruno',
  })
})

async function singleSignOn(t: Test) {
  const [rsa, ec, stranger] = await Promise.all([
    generateKeyPair('RS256', { extractable: true }),
    generateKeyPair('ES256', { extractable: true }),
    generateKeyPair('RS256', { extractable: true }),
  ])
  const keys = [
    { ...(await exportJWK(rsa.publicKey)), kid: 'rsa', alg: 'RS256', use: 'sig' },
    { ...(await exportJWK(ec.publicKey)), kid: 'ec', alg: 'ES256', use: 'sig' },
  ]
  const web = createServer((_, response) => {
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ keys }))
  })
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve))
  t.teardown(() => web.close())
  const { port } = web.address() as AddressInfo
  return { rsa, ec, stranger, url: `http://127.0.0.1:${port}/jwks` }
}

test("single sign-on: only the provider's keys, and its claims for name and role", async (t) => {
  const base = await testDatabase(t)
  const { rsa, ec, stranger, url } = await singleSignOn(t)
  const server = await api(t, base, {
    jwtSecret: undefined,
    jwksUrl: url,
    jwtIssuer: 'https://sso.empresa.com.br',
    jwtAudience: 'conferente',
    jwtNameClaim: 'preferred_username',
    jwtRoleClaim: 'groups',
  })
  const claims = {
    iss: 'https://sso.empresa.com.br',
    aud: 'conferente',
    preferred_username: 'maria',
    groups: ['todos', 'leitor', 'conferente_revisor'],
    jti: 'a1',
    iat: now(),
    exp: now() + 300,
  }
  const sign = (key: CryptoKeyLike, alg: string, kid: string, change: object = {}) =>
    new SignJWT({ ...claims, ...change }).setProtectedHeader({ alg, kid }).sign(key as never)
  t.equal(await status(server, await sign(rsa.privateKey, 'RS256', 'rsa')), 200)
  t.equal(await status(server, await sign(ec.privateKey, 'ES256', 'ec')), 200)
  const pem = new TextEncoder().encode(await exportSPKI(rsa.publicKey))
  const bad: Record<string, string> = {
    'a key of somebody else': await sign(stranger.privateKey, 'RS256', 'rsa'),
    'an unknown key': await sign(stranger.privateKey, 'RS256', 'outra'),
    'HS256 with the public key as its secret': await new SignJWT(claims)
      .setProtectedHeader({ alg: 'HS256', kid: 'rsa' })
      .sign(pem),
    'HS256 with a secret of ours': await forge({ ...server.settings }, claims),
    'alg none': new UnsecuredJWT(claims).encode(),
    'another audience': await sign(rsa.privateKey, 'RS256', 'rsa', { aud: 'rh' }),
    'another issuer': await sign(rsa.privateKey, 'RS256', 'rsa', { iss: 'https://sso.outra.com' }),
    'two working roles': await sign(rsa.privateKey, 'RS256', 'rsa', { groups: ['revisor', 'administrador'] }),
    'the owner': await sign(rsa.privateKey, 'RS256', 'rsa', { groups: ['conferente_dono'] }),
    'no role': await sign(rsa.privateKey, 'RS256', 'rsa', { groups: ['todos'] }),
    'no name': await sign(rsa.privateKey, 'RS256', 'rsa', { preferred_username: undefined }),
    'a name that is not text': await sign(rsa.privateKey, 'RS256', 'rsa', { preferred_username: ['maria'] }),
    'a name with a hidden character': await sign(rsa.privateKey, 'RS256', 'rsa', {
      preferred_username: 'ma\u200bria',
    }),
  }
  for (const [what, token] of Object.entries(bad)) t.equal(await status(server, token), 401, what)
  await base.connectAs('adelia')`select audit.revogar_acesso('perdido', token_id => 'a1')`
  t.equal(await status(server, await sign(rsa.privateKey, 'RS256', 'rsa')), 401, 'revoked by its identifier')
  t.equal(await status(server, await sign(rsa.privateKey, 'RS256', 'rsa', { jti: 'a2' })), 200)
  await base.connectAs('adelia')`select audit.revogar_acesso('saiu', nome => 'Maria')`
  t.equal(
    await status(server, await sign(rsa.privateKey, 'RS256', 'rsa', { jti: 'a3' })),
    401,
    'revoked with its person',
  )
  t.same(server.failures, [])
})

type CryptoKeyLike = Awaited<ReturnType<typeof generateKeyPair>>['privateKey']

test("over a superuser's login the API has no more rights than the caller", async (t) => {
  const base = await testDatabase(t)
  const server = await api(t, base, { databaseUrl: base.url })
  const body = { query: 'mutation { cancelarSessao(input: { id: "1", motivo: "x" }) { resultado { id } } }' }
  t.match(await server.request('/graphql', { token: await server.token('leitor'), body }), {
    json: { errors: [{ extensions: { codigo: '42501' } }] },
  })
  t.match(await server.request('/graphql', { token: await server.token('operador', 'Olivia'), body }), {
    json: { errors: [{ extensions: { codigo: 'NC004' } }] },
  })
})

test('a login that may not act for others cannot serve', async (t) => {
  const base = await testDatabase(t)
  const login = new URL(base.url)
  login.username = 'adelia'
  login.password = 'teste'
  await t.rejects(api(t, base, { databaseUrl: login.href }), { message: /adelia/ })
})

test("over a superuser's login, such as the embedded server's, each act still belongs to its caller", async (t) => {
  const scene = await scenario(t)
  await scene.book({ id: 1, valor: 50 }, { id: 2, valor: 300 })
  await scene.runSession()
  const server = await api(t, scene, { databaseUrl: scene.url })
  const [ana, olivia, leo] = [
    await server.token('revisor', 'ana'),
    await server.token('operador', 'olivia'),
    await server.token('leitor', 'leo'),
  ]
  const { id } = await scene.finding(1)
  const approval = { ids: [id], visto: await scene.shown(id), motivo: 'nota conferida' }
  t.match((await server.request('/api/v1/divergencias/aprovar', { token: ana, body: approval })).json, {
    por_status: { corrigida: 1 },
  })
  t.match(
    (await server.request('/api/v1/divergencias/processar', { token: olivia, body: { modo: 'manual' } }))
      .json,
    { solicitada_por: 'olivia' },
  )
  const other = (await scene.finding(2)).id
  const mutation = `mutation { rejeitarDivergencias(input: { ids: ["${other}"], motivo: "está certo" }) { resultado { decididaPor } } }`
  t.match((await server.request('/graphql', { token: ana, body: { query: mutation } })).json, {
    data: { rejeitarDivergencias: { resultado: [{ decididaPor: 'ana' }] } },
  })
  await server.request('/api/v1/relatorios/divergencias/export?formato=csv', { token: leo })
  const acts = await scene.sql`
    select distinct tipo, ator from audit.operacoes where tipo in ('aprovacao', 'rejeicao', 'exportacao') order by tipo`
  t.same(
    [...acts],
    [
      { tipo: 'aprovacao', ator: 'ana' },
      { tipo: 'exportacao', ator: 'leo' },
      { tipo: 'rejeicao', ator: 'ana' },
    ],
  )
  t.equal(server.failures.length, 0)
})
