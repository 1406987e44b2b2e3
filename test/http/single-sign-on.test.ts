// Single sign-on with a real provider: who gets in, with which name and role and to which page, and every way in which somebody
// should not.
import { type Test, test } from 'tap'
import type { ServerSettings } from '../../src/http/server.ts'
import type { OidcSettings } from '../../src/settings/settings.ts'
import { api } from '../helper/api.ts'
import { testDatabase } from '../helper/database.ts'
import { startProvider, visitor } from '../helper/provider.ts'

const BACK = /\/entrar\/retorno/
const PEOPLE = {
  'guid-1': {
    preferred_username: 'Ana',
    groups: ['todos', 'financeiro'],
    email: 'ana@empresa.com.br',
    email_verified: true,
  },
  'guid-2': {
    preferred_username: 'mallory',
    groups: ['todos'],
    email: 'ana@empresa.com.br',
    email_verified: false,
  },
  'guid-3': { preferred_username: 'olivia', groups: ['financeiro', 'operacao'] },
  'guid-4': {},
}

async function house(t: Test, changes: Partial<OidcSettings> = {}, more: Partial<ServerSettings> = {}) {
  const base = await testDatabase(t)
  const provider = await startProvider(t, PEOPLE)
  const server = await api(t, base, { port: provider.port, oidc: { ...provider.oidc, ...changes }, ...more })
  const me = async ({ jar }: ReturnType<typeof visitor>) => {
    const cookie = `conferente=${jar.get('conferente')}`
    const { json, status } = await server.request('/graphql', {
      body: { query: '{ quemSou { nome papeis } }' },
      headers: { cookie, 'sec-fetch-site': 'same-origin' },
    })
    return json?.data?.quemSou ?? status
  }
  return { base, provider, server, me }
}

test("a registered person signs in, reaches the link's target, and decides under the registered name", async (t) => {
  const { base, provider, server, me } = await house(t)
  await base.connectAs('adelia')`select audit.registrar_pessoa('ana', 'revisor', 'contas a pagar')`
  provider.seat.who = 'guid-1'
  const ana = visitor()
  const to = '/revisao?divergencia=7&tela=fila'
  const { trail, end } = await ana.go(`${server.url}/entrar?para=${encodeURIComponent(to)}`)
  t.match(end, { url: `${server.url}${to}`, status: 200 })
  const asked = new URL(trail[1] ?? '').searchParams
  t.match(Object.fromEntries(asked), {
    response_type: 'code',
    code_challenge_method: 'S256',
    redirect_uri: provider.oidc.returnUrl,
  })
  for (const name of ['state', 'nonce', 'code_challenge']) t.ok((asked.get(name) ?? '').length >= 43, name)
  t.same(await me(ana), { nome: 'ana', papeis: ['leitor', 'revisor'] })
  t.same(
    [...ana.jar.keys()].filter((name) => name.startsWith('conferente')),
    ['conferente'],
  )
  const [act] = await base.sql`select ator, detalhes from audit.operacoes order by id desc limit 1`
  t.match(act, { ator: 'ana', detalhes: { ato: 'token emitido', por: 'login único', nome: 'ana' } })
  await base.connectAs('adelia')`select audit.revogar_acesso('saiu', nome => 'ana')`
  t.equal(await me(ana), 401, 'revocation as for tokens')
  t.equal(
    (await ana.go(`${server.url}/entrar?para=https://mallory.example/`)).end.url,
    `${server.url}/revisao`,
  )
  t.match(await me(ana), { nome: 'ana' })
  t.same(server.failures, [])
})

test('somebody without a role is told so, and cannot sign in', async (t) => {
  const { base, provider, server, me } = await house(t)
  provider.seat.who = 'guid-2'
  const mallory = visitor()
  const { end } = await mallory.go(`${server.url}/entrar`)
  t.match(end, { status: 403, text: /mallory ainda não tem um papel aqui/ })
  t.match(end.text, /conferente pessoas --nome &quot;mallory&quot;/)
  t.equal(await me(mallory), 401)
  t.equal((await base.sql`select from audit.tokens`).length, 0)
  provider.seat.who = 'guid-4'
  t.match((await visitor().go(`${server.url}/entrar`)).end, { status: 403, text: /não informou o seu nome/ })
  provider.seat.who = null
  t.match((await visitor().go(`${server.url}/entrar`)).end, { status: 403, text: /não deixou você entrar/ })
  t.same(server.failures, [])
})

test('the role comes from a claim if one is set, through the configured names', async (t) => {
  const roles = { financeiro: 'revisor', operacao: 'operador' }
  const { base, provider, server, me } = await house(t, { roleClaim: 'groups', roles })
  await base.connectAs('adelia')`select audit.registrar_pessoa('mallory', 'administrador', 'engano')`
  provider.seat.who = 'guid-1'
  const ana = visitor()
  await ana.go(`${server.url}/entrar`)
  t.match(await me(ana), { nome: 'ana', papeis: ['leitor', 'revisor'] })
  for (const [who, why = ''] of [
    ['guid-2', 'no group of ours, whatever is registered'],
    ['guid-3', 'two working roles'],
  ]) {
    provider.seat.who = who ?? null
    t.match(
      (await visitor().go(`${server.url}/entrar`)).end,
      { status: 403, text: /exatamente um papel/ },
      why,
    )
  }
  t.same(server.failures, [])
})

test('an unverified address identifies nobody', async (t) => {
  const { base, provider, server, me } = await house(t, { nameClaim: 'email' })
  await base.connectAs('adelia')`select audit.registrar_pessoa('ana@empresa.com.br', 'revisor', 'teste')`
  provider.seat.who = 'guid-2'
  const mallory = visitor()
  t.equal((await mallory.go(`${server.url}/entrar`)).end.status, 403)
  t.equal(await me(mallory), 401)
  provider.seat.who = 'guid-1'
  const ana = visitor()
  await ana.go(`${server.url}/entrar`)
  t.match(await me(ana), { nome: 'ana@empresa.com.br' })
})

test('a callback counts once, only in the browser that left, and only as requested', async (t) => {
  const { base, provider, server, me } = await house(t)
  await base.connectAs('adelia')`select audit.registrar_pessoa('ana', 'revisor', 'teste')`
  await base.connectAs('adelia')`select audit.registrar_pessoa('mallory', 'leitor', 'teste')`
  const left = async (who: string) => {
    provider.seat.who = who
    const browser = visitor()
    const { end } = await browser.go(`${server.url}/entrar`, BACK)
    return { browser, url: new URL(end.url) }
  }
  const kept = (browser: ReturnType<typeof visitor>) => {
    const name = [...browser.jar.keys()].find((key) => key.startsWith('conferente_ida_')) ?? ''
    return { name, value: JSON.parse(Buffer.from(browser.jar.get(name) ?? '', 'base64url').toString()) }
  }
  const change = (browser: ReturnType<typeof visitor>, by: object) => {
    const { name, value } = kept(browser)
    browser.jar.set(name, Buffer.from(JSON.stringify({ ...value, ...by })).toString('base64url'))
  }
  const refused = async (what: string, browser: ReturnType<typeof visitor>, url: URL) => {
    const { end } = await browser.go(url.href)
    t.match(end, { status: 400 }, what)
    t.notMatch(end.text, /openid|oauth|node_modules|\.ts/i, `${what}: reveals nothing internal`)
    t.equal(await me(browser), 401, what)
  }

  const good = await left('guid-1')
  const copied = new Map(good.browser.jar)
  await good.browser.go(good.url.href)
  t.match(await me(good.browser), { nome: 'ana' })
  await refused('the same address again', visitor(), good.url)
  const thief = visitor()
  for (const [name, value] of copied) thief.jar.set(name, value)
  await refused('the code again, with the cookie of then', thief, good.url)

  const other = await left('guid-1')
  await refused('in another browser', visitor(), other.url)
  const state = await left('guid-1')
  state.url.searchParams.set('state', `${state.url.searchParams.get('state')?.slice(0, -1)}x`)
  await refused('another state', state.browser, state.url)
  const none = await left('guid-1')
  none.url.searchParams.delete('state')
  await refused('no state', none.browser, none.url)
  const nonce = await left('guid-1')
  change(nonce.browser, { nonce: 'outro' })
  await refused('another nonce', nonce.browser, nonce.url)
  const verifier = await left('guid-1')
  change(verifier.browser, { verifier: 'x'.repeat(43) })
  await refused('another verifier', verifier.browser, verifier.url)
  const iss = await left('guid-1')
  iss.url.searchParams.set('iss', 'https://mallory.example')
  await refused('another issuer', iss.browser, iss.url)
  const [ana, mallory] = [await left('guid-1'), await left('guid-2')]
  ana.url.searchParams.set('code', mallory.url.searchParams.get('code') ?? '')
  await refused("somebody else's code", ana.browser, ana.url)
  const code = await left('guid-1')
  code.url.searchParams.set('code', 'x')
  await refused('an invented code', code.browser, code.url)
  const rubbish = await left('guid-1')
  rubbish.browser.jar.set(kept(rubbish.browser).name, 'null')
  await refused('a cookie that holds nothing', rubbish.browser, rubbish.url)
  const open = await left('guid-1')
  change(open.browser, { to: 'https://mallory.example/' })
  t.equal(
    (await open.browser.go(open.url.href)).end.url,
    `${server.url}/revisao`,
    'and the cookie does not lead elsewhere',
  )
})

test('signing out shows where to sign out of the provider too, but not after a one-time link', async (t) => {
  const { base, provider, server, me } = await house(t)
  await base.connectAs('adelia')`select audit.registrar_pessoa('ana', 'revisor', 'teste')`
  provider.seat.who = 'guid-1'
  const ana = visitor()
  await ana.go(`${server.url}/entrar`)
  const leave = (cookie: string) =>
    server.request('/sair', {
      method: 'POST',
      body: {},
      headers: { cookie, 'sec-fetch-site': 'same-origin' },
    })
  const cookie = `conferente=${ana.jar.get('conferente')}`
  const left = await leave(cookie)
  t.equal(left.status, 200)
  const end = new URL(left.json.fim)
  t.equal(end.origin, new URL(provider.oidc.issuer).origin)
  t.equal(end.searchParams.get('client_id'), provider.oidc.client)
  t.equal((await fetch(end)).status, 200, 'and there is one, from a real provider')
  t.equal(await me(ana), 401)
  t.equal((await leave(cookie)).status, 204, 'the second time there is nothing to sign out of')
  const linked = await server.signIn('revisor', 'bruno')
  t.equal((await leave(linked)).status, 204)
  t.same(server.failures, [])
})

test('two tabs may sign in at once', async (t) => {
  const { base, provider, server } = await house(t)
  await base.connectAs('adelia')`select audit.registrar_pessoa('ana', 'revisor', 'teste')`
  provider.seat.who = 'guid-1'
  const browser = visitor()
  const [one, two] = [
    await browser.go(`${server.url}/entrar?para=/revisao?tela=geral`, BACK),
    await browser.go(`${server.url}/entrar`, BACK),
  ]
  t.equal((await browser.go(one.end.url)).end.url, `${server.url}/revisao?tela=geral`)
  t.equal((await browser.go(two.end.url)).end.url, `${server.url}/revisao`)
})

test('a provider that is down is reported without internals, and used again once it is back', async (t) => {
  const { base, provider, server } = await house(t)
  await base.connectAs('adelia')`select audit.registrar_pessoa('ana', 'revisor', 'teste')`
  provider.seat.who = 'guid-1'
  const browser = visitor()
  provider.seat.broken = true
  t.equal((await visitor().go(`${server.url}/entrar`)).end.status, 503, 'it fails internally')
  provider.seat.broken = false
  const { end } = await browser.go(`${server.url}/entrar`, BACK)
  await provider.stop()
  const { status, text } = (await browser.go(end.url)).end
  t.equal(status, 503)
  t.match(text, /login único não responde agora/)
  t.notMatch(text, /ECONN|fetch|127\.0\.0\.1/)
  const cold = await api(t, base, { port: 0, oidc: provider.oidc })
  t.match((await visitor().go(`${cold.url}/entrar`)).end, { status: 503, text: /não responde agora/ })
  const causes = [...cold.failures, ...server.failures].map(({ message }) => message)
  t.match(
    causes,
    [/away: .*ECONNREFUSED/, /away: .*HTTP 500/, /away: /],
    'the operator finds the cause in the log',
  )
})

test("the provider's clock may be off by seconds, not by minutes", async (t) => {
  const { base, provider, server } = await house(t)
  await base.connectAs('adelia')`select audit.registrar_pessoa('ana', 'revisor', 'teste')`
  provider.seat.who = 'guid-1'
  for (const [seconds, status] of [
    [20, 200],
    [120, 400],
  ] as const) {
    provider.seat.expired = seconds
    t.equal((await visitor().go(`${server.url}/entrar`)).end.status, status, `${seconds} s`)
  }
})

test("people sign in while programs use the provider's tokens", async (t) => {
  const jwks = {
    jwtSecret: undefined,
    jwksUrl: 'http://127.0.0.1:9/jwks',
    jwtIssuer: 'https://sso.empresa.com.br',
  }
  const { base, provider, server, me } = await house(t, {}, jwks)
  await base.connectAs('adelia')`select audit.registrar_pessoa('ana', 'revisor', 'teste')`
  provider.seat.who = 'guid-1'
  const ana = visitor()
  await ana.go(`${server.url}/entrar`)
  t.match(await me(ana), { nome: 'ana', papeis: ['leitor', 'revisor'] })
})
