// How people sign in by a one-time link and stay signed in: the cookie, the pages that may use it, and everything somebody may try
// with it.
import { Writable } from 'node:stream'
import pino from 'pino'
import { test } from 'tap'
import { placeAfter } from '../../src/http/signin/place.ts'
import { type Api, api, forge } from '../helper/api.ts'
import { testDatabase } from '../helper/database.ts'
import { scenario } from '../helper/scenario.ts'
import { until } from '../helper/work.ts'

const ME = { query: '{ quemSou { nome papeis } }' }
const OWN = { 'sec-fetch-site': 'same-origin' }
const use = ({ request }: Api, invitation: unknown, headers: Record<string, string> = OWN) =>
  request('/entrar/convite', { body: { convite: invitation }, headers })
const who = ({ request }: Api, cookie: string, headers: Record<string, string> = OWN) =>
  request('/graphql', { body: ME, headers: { cookie, ...headers } })

test('a one-time link gives a cookie that no script sees and no other site sends; it works like a token', async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1 })
  await c.runSession()
  const server = await api(t, c)
  const answer = await use(server, await server.invitation('revisor', 'Ana'))
  t.match(answer, { status: 200, json: { nome: 'ana', papel: 'revisor' } })
  t.match(answer.headers.get('cache-control'), 'no-store')
  const [set = '', ...others] = answer.headers.getSetCookie()
  t.same(others, [])
  t.match(set, /^conferente=eyJ/)
  for (const attribute of ['HttpOnly', 'SameSite=Strict', 'Path=/'])
    t.match(set, new RegExp(`; ${attribute}`))
  t.notMatch(set, /Secure|Domain/)
  const hours = (Date.parse(/Expires=([^;]+)/.exec(set)?.[1] ?? '') - Date.now()) / 3_600_000
  t.ok(hours > 9.9 && hours < 10.1, `${hours} hours`)
  const cookie = set.split(';')[0] ?? ''
  t.match((await who(server, cookie)).json.data.quemSou, { nome: 'ana', papeis: ['leitor', 'revisor'] })
  const { id } = await c.finding(1)
  const approval = await server.request('/api/v1/divergencias/aprovar', {
    body: { ids: [id], visto: await c.shown(id), motivo: 'confere' },
    headers: { cookie, ...OWN },
  })
  t.equal(approval.status, 200)
  t.match((await c.finding(1)) as object, { status: 'corrigida', decidida_por: 'ana' })
  t.equal((await server.request('/api/docs/json', { headers: { cookie } })).status, 200)
  t.same(server.failures, [])
})

test('with TLS, here or at a proxy, only this host can set the cookie', async (t) => {
  const server = await api(t, await testDatabase(t))
  const answer = await use(server, await server.invitation('leitor'), {
    origin: 'https://conferente.empresa.com.br',
    ...OWN,
  })
  t.match(
    answer.headers.getSetCookie()[0],
    /^__Host-conferente=eyJ.*; Path=\/; .*HttpOnly; Secure; SameSite=Strict/,
  )
  const own = answer.headers.getSetCookie()[0]?.split(';')[0] ?? ''
  const planted = await server.signIn('administrador', 'mallory')
  t.match(
    (await who(server, `${planted}; ${own}`)).json.data.quemSou,
    { nome: 'leitor' },
    'a cookie that another page planted is ignored',
  )
})

test('a link works once, even if used twice at the same moment, and never without its secret', async (t) => {
  const base = await testDatabase(t)
  const server = await api(t, base)
  const secret = await server.invitation('revisor', 'ana')
  for (const wrong of [undefined, '', 7, null, [secret], 'x'.repeat(1000)])
    t.equal((await use(server, wrong)).status, 400, JSON.stringify(wrong)?.slice(0, 20))
  t.match(await use(server, `${secret}x`), { status: 403, json: { codigo: 'NC025' } })
  for (const method of ['GET', 'HEAD'])
    t.equal((await server.request('/entrar/convite', { method })).status, 401, `${method} uses nothing up`)
  t.equal((await server.request(`/revisao?divergencia=7#convite=${secret}`)).status, 200)
  const both = await Promise.all([use(server, secret), use(server, secret)])
  t.same(both.map(({ status }) => status).sort(), [200, 403])
  const replay = await use(server, secret)
  t.match(replay, { status: 403, json: { codigo: 'NC025', detail: 'este link já foi usado' } })
  t.same(replay.headers.getSetCookie(), [])
  t.equal((await base.sql`select from audit.tokens`).length, 1)
  t.same(server.failures, [])
})

test("other sites' pages cannot act with the cookie, nor sign anybody in or out; tokens may come from anywhere", async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1 })
  await c.runSession()
  const server = await api(t, c)
  const cookie = await server.signIn('revisor', 'ana')
  const { id } = await c.finding(1)
  const reject = {
    query: `mutation { rejeitarDivergencias(input: { ids: ["${id}"], motivo: "não" }) { clientMutationId } }`,
  }
  const host = new URL(server.url).host
  const elsewhere: Record<string, Record<string, string>> = {
    'another site': { 'sec-fetch-site': 'cross-site', origin: 'https://mallory.example' },
    'a neighbour under the same domain': { 'sec-fetch-site': 'same-site' },
    'an old browser, another origin': { origin: 'https://mallory.example' },
    'an old browser, a sandbox': { origin: 'null' },
    'nothing said': {},
    'a typed address': { 'sec-fetch-site': 'none' },
    'our name in theirs': { origin: `http://${host}.mallory.example` },
  }
  for (const [what, headers] of Object.entries(elsewhere)) {
    const graphql = await server.request('/graphql', { body: reject, headers: { cookie, ...headers } })
    t.equal(graphql.status, 403, `GraphQL, ${what}`)
    t.notMatch(graphql.text, /data/)
    const rest = await server.request(`/api/v1/divergencias/${id}/rejeitar?motivo=x`, {
      method: 'DELETE',
      headers: { cookie, ...headers },
    })
    t.equal(rest.status, 403, `REST, ${what}`)
    t.equal((await use(server, await server.invitation('leitor'), headers)).status, 403, `sign in, ${what}`)
    t.equal(
      (await server.request('/sair', { body: {}, headers: { cookie, ...headers } })).status,
      403,
      `sign out, ${what}`,
    )
  }
  for (const site of ['cross-site', 'same-site'])
    t.equal(
      (
        await server.request('/api/v1/relatorios/divergencias/export?formato=csv', {
          headers: { cookie, 'sec-fetch-site': site },
        })
      ).status,
      403,
      `an image on another page, ${site}, starts no export`,
    )
  const form = await server.request('/graphql', {
    method: 'POST',
    body: `query=${encodeURIComponent(reject.query)}`,
    headers: { cookie, 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'cross-site' },
  })
  t.equal(form.status, 403, 'a form on another page')
  t.equal(await c.status(1), 'aberta')
  t.equal((await who(server, cookie)).status, 200, 'still signed in')
  t.equal((await who(server, cookie, { origin: `http://${host}` })).status, 200, 'an old browser, our page')
  const token = await server.token('revisor', 'ana')
  t.equal(
    (await server.request('/graphql', { token, body: ME, headers: { 'sec-fetch-site': 'cross-site' } }))
      .status,
    200,
  )
  t.equal(
    (
      await server.request('/graphql', {
        token,
        body: ME,
        headers: { cookie: 'conferente=eyJ', ...elsewhere['another site'] },
      })
    ).status,
    200,
    'with a token the cookie is ignored',
  )
})

test('a cookie that was forged, changed, expired, revoked, or is a token, is refused', async (t) => {
  const base = await testDatabase(t)
  const server = await api(t, base)
  const good = await server.signIn('revisor', 'ana')
  const [name, value = ''] = good.split('=')
  const [head, body = '', signature] = value.split('.')
  const claims = JSON.parse(Buffer.from(body, 'base64url').toString())
  const changed = Buffer.from(JSON.stringify({ ...claims, papel: 'administrador' })).toString('base64url')
  const bad: Record<string, string> = {
    'another role': `${head}.${changed}.${signature}`,
    'the secret of tokens': await forge(server.settings, claims),
    'a good token of a program': await server.token('revisor', 'ana'),
    'not one': 'ana',
    empty: '',
  }
  for (const [what, cookie] of Object.entries(bad))
    t.equal((await who(server, `${name}=${cookie}`)).status, 401, what)
  t.equal(
    (await server.request('/graphql', { token: value, body: ME })).status,
    401,
    'nor can a program use the cookie as its token',
  )
  t.equal((await who(server, good)).status, 200)
  await base.connectAs('adelia')`select audit.revogar_acesso('perdido', token_id => ${claims.jti})`
  t.match(await who(server, good), { status: 401, json: { codigo: 'NC020' } })
  const other = await server.signIn('revisor', 'ana')
  await base.sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`
    await tx`update audit.tokens set emitido_em = emitido_em - interval '11 hours', expira_em = expira_em - interval '11 hours'`
  })
  t.equal((await who(server, other)).status, 401, 'expired by the record, whatever the cookie says')
  t.same(server.failures, [])
})

test('signing out ends every tab, and every copy of the cookie', async (t) => {
  const base = await testDatabase(t)
  const server = await api(t, base)
  const [here, there] = [await server.signIn('revisor', 'ana'), await server.signIn('revisor', 'ana')]
  const out = await server.request('/sair', { body: {}, headers: { cookie: here, ...OWN } })
  t.equal(out.status, 204)
  for (const set of out.headers.getSetCookie()) t.match(set, /conferente=; .*Expires=Thu, 01 Jan 1970/)
  t.equal((await who(server, here)).status, 401)
  t.equal((await who(server, there)).status, 200, 'another browser stays signed in')
  for (const cookie of [here, 'conferente=x', ''])
    t.equal(
      (await server.request('/sair', { body: {}, headers: { cookie, ...OWN } })).status,
      204,
      'already signed out',
    )
  t.same(server.failures, [])
})

test('what one person began is not done in the name of another who signed in meanwhile', async (t) => {
  const server = await api(t, await testDatabase(t))
  const cookie = await server.signIn('revisor', 'José')
  const meant = (name: string) =>
    who(server, cookie, { ...OWN, 'x-conferente-pessoa': encodeURIComponent(name) })
  t.equal((await meant('josé')).status, 200)
  t.equal((await meant('ana')).status, 401)
})

test('/ leads to the page, and signing in redirects only to our own pages', async (t) => {
  const base = await testDatabase(t)
  const server = await api(t, base)
  const below = await api(t, base, { basePath: '/conferente' })
  for (const [url = '', to] of [
    [`${server.url}/`, '/revisao'],
    [`${below.url}/`, '/conferente/revisao'],
    [`${server.url}/entrar?para=/revisao?divergencia=7`, '/revisao'],
  ]) {
    const answer = await fetch(url, { redirect: 'manual' })
    t.match(answer, { status: 302 }, url)
    t.equal(answer.headers.get('location'), to)
  }
  for (const good of [
    '/revisao',
    '/revisao/',
    '/revisao?divergencia=7&tela=fila',
    '/api/docs',
    '/api/docs/static/index.html',
  ])
    t.equal(placeAfter('', good), good)
  t.equal(placeAfter('/conferente', '/conferente/revisao?sessao=3'), '/conferente/revisao?sessao=3')
  for (const bad of [
    'https://mallory.example/revisao?tela=geral',
    '//mallory.example/revisao',
    '/\\mallory.example/revisao',
    '\\\\mallory.example',
    '/\t/mallory.example/revisao',
    'javascript:alert(1)//revisao',
    '/revisao/../../mallory',
    '/revisao@mallory.example',
    '/.mallory.example',
    '/graphql',
    '/sair',
    '/entrar',
    `/revisao?${'x'.repeat(3000)}`,
    '',
    undefined,
    ['/revisao', '/revisao'],
  ])
    t.equal(placeAfter('', bad), '/revisao', JSON.stringify(bad)?.slice(0, 60))
  t.equal(placeAfter('/conferente', '/revisao'), '/conferente/revisao', 'below another base')
  t.equal(placeAfter('/conferente', '/conferentex/revisao'), '/conferente/revisao')
})

test('requesting a link by address reveals nothing; the owner of a registered address gets it', async (t) => {
  const base = await testDatabase(t)
  await base.connectAs(
    'adelia',
  )`select audit.registrar_pessoa('ana', 'revisor', 'teste', 'ana@empresa.com.br')`
  const sent: { address: string; url: string; name: string }[] = []
  const server = await api(
    t,
    base,
    {},
    {
      sendLink: async (link) => {
        sent.push(link)
      },
    },
  )
  const ask = (address: unknown, headers: Record<string, string> = OWN) =>
    server.request('/entrar/pedido', { body: { endereco: address }, headers })
  const [known, unknown] = [await ask('ana@empresa.com.br'), await ask('mallory@example.com')]
  t.match([known, unknown], [{ status: 202, text: unknown.text }, { status: 202 }])
  await until(async () => sent.length > 0)
  t.match(sent, [{ address: 'ana@empresa.com.br', name: 'ana' }])
  const [, secret] = sent[0]?.url.split('#convite=') ?? []
  t.match(sent[0]?.url, /^http:\/\/localhost:8000\/revisao#convite=[\w-]{43}$/)
  t.match(await use(server, secret), { status: 200, json: { nome: 'ana', papel: 'revisor' } })
  t.equal((await ask('ana@empresa.com.br', {})).status, 403)
  t.equal((await ask(7)).status, 400)
  const silent = await api(t, base)
  t.equal(
    (await silent.request('/entrar/pedido', { body: { endereco: 'ana@empresa.com.br' }, headers: OWN }))
      .status,
    400,
    'no mail server',
  )
})

test('neither the cookie nor the secret of a link is in any log, the database or an answer', async (t) => {
  const base = await testDatabase(t)
  const lines: string[] = []
  const log = pino(
    { level: 'trace' },
    new Writable({
      write(chunk, _, done) {
        lines.push(String(chunk))
        done()
      },
    }),
  )
  const server = await api(t, base, {}, { log })
  const secret = await server.invitation('revisor', 'ana')
  const answer = await use(server, secret)
  const cookie = answer.headers.getSetCookie()[0]?.split(';')[0] ?? ''
  await who(server, cookie)
  await who(server, `${cookie}x`)
  await server.request('/nada', { headers: { cookie } })
  await server.request('/sair', { body: {}, headers: { cookie, ...OWN } })
  await use(server, secret)
  await until(async () => lines.some((line) => line.includes('/sair')))
  const kept = await base.sql`
    select to_jsonb(c)::text || to_jsonb(k)::text || (select string_agg(to_jsonb(o)::text, '') from audit.operacoes o) as text
    from audit.convites c, audit.tokens k`
  const all = [...lines, ...kept.map(({ text }) => text), answer.text].join('\n')
  t.ok(lines.length > 4 && kept.length > 0)
  t.notOk(all.includes(secret), 'the secret')
  t.notOk(all.includes(cookie.split('=')[1]?.split('.')[2] ?? '?'), 'the cookie')
})

test('if tokens come from elsewhere and there is no single sign-on, no sign-in is offered', async (t) => {
  const base = await testDatabase(t)
  const server = await api(t, base, { jwtSecret: undefined, jwksUrl: 'http://127.0.0.1:9/jwks' })
  t.equal((await use(server, 'x')).status, 400)
  t.equal((await who(server, 'conferente=eyJhbGciOiJIUzI1NiJ9.e30.x')).status, 401)
  t.match(
    (await server.request('/revisao/words.mjs')).text,
    /WAYS = \{"sso":false,"mail":false,"any":false\}/,
  )
})
