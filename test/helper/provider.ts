// A real OpenID Connect provider on this machine, people with accounts there, and a browser's way through it without a browser.
import { createServer } from 'node:http'
import { decodeJwt, exportJWK, generateKeyPair, SignJWT } from 'jose'
import Provider from 'oidc-provider'
import type { Test } from 'tap'
import type { OidcSettings } from '../../src/settings/settings.ts'
import { freePort } from './port.ts'

const SECRET = 'o segredo do cliente no provedor, bem comprido'

interface Seat {
  /** Null: the person at the keyboard gives up. */
  who: string | null
  /** Tokens expired this many seconds ago, as from a clock that is slow. */
  expired: number | undefined
  broken: boolean
}

/**
 * @param people claims of each account
 * @returns the settings of a server on `port`, and who sits at the provider's login
 */
export async function startProvider(
  t: Pick<Test, 'teardown'>,
  people: Record<string, Record<string, unknown>>,
) {
  const [port, own] = [await freePort(), await freePort()]
  const returnUrl = `http://127.0.0.1:${port}/entrar/retorno`
  const { privateKey } = await generateKeyPair('RS256', { extractable: true })
  const issuer = `http://localhost:${own}` // to a browser another site than ours
  const seat: Seat = { who: null, expired: undefined, broken: false }
  const provider = new Provider(issuer, {
    clients: [{ client_id: 'conferente', client_secret: SECRET, redirect_uris: [returnUrl] }],
    jwks: { keys: [{ ...(await exportJWK(privateKey)), kid: 'teste', alg: 'RS256', use: 'sig' }] },
    cookies: { keys: ['teste'] },
    features: { devInteractions: { enabled: false } },
    claims: {
      openid: ['sub'],
      profile: ['preferred_username', 'groups'],
      email: ['email', 'email_verified'],
    },
    interactions: { url: (_, { uid }) => `/interaction/${uid}` },
    findAccount: (_, accountId) => ({
      accountId,
      claims: async () => ({ sub: accountId, ...people[accountId] }),
    }),
    async loadExistingGrant({ oidc }) {
      const clientId = oidc.client?.clientId as string
      const known = oidc.session?.grantIdFor(clientId)
      if (known !== undefined) return oidc.provider.Grant.find(known)
      const grant = new oidc.provider.Grant({ clientId, accountId: oidc.session?.accountId as string })
      grant.addOIDCScope('openid profile email')
      await grant.save()
      return grant
    },
  })
  provider.on('server_error', (_, error) => {
    throw error
  })
  provider.use(async (context, next) => {
    if (context.path === '/token' && seat.broken) {
      context.status = 500
      return
    }
    await next()
    const { id_token } = (context.body ?? {}) as { id_token?: string }
    if (id_token === undefined || seat.expired === undefined) return
    const claims = { ...decodeJwt(id_token), exp: Math.floor(Date.now() / 1000) - seat.expired }
    const late = new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'teste' })
    context.body = { ...(context.body as object), id_token: await late.sign(privateKey) }
  })
  const answer = provider.callback()
  const web = createServer((request, response) => {
    if (!request.url?.startsWith('/interaction/')) return void answer(request, response)
    const result = seat.who === null ? { error: 'access_denied' } : { login: { accountId: seat.who } }
    void provider.interactionFinished(request, response, result)
  }).listen(own, '127.0.0.1')
  const stop = () =>
    new Promise<void>((resolve) => {
      web.close(() => resolve())
      web.closeAllConnections()
    })
  t.teardown(stop)
  const oidc: OidcSettings = {
    issuer,
    client: 'conferente',
    secret: SECRET,
    returnUrl,
    scopes: 'openid profile email',
    nameClaim: 'preferred_username',
    roleClaim: undefined,
    roles: undefined,
  }
  return { port, oidc, seat, stop }
}

export interface Stop {
  readonly url: string
  readonly status: number
  readonly text: string
}

/** Goes where a browser would, with its cookies; all of 127.0.0.1 is one host to them. */
export function visitor() {
  const jar = new Map<string, string>()
  const step = async (url: string) => {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await fetch(url, { redirect: 'manual', headers: { cookie } })
    for (const set of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? []
      if (value === '' || /expires=Thu, 01 Jan 1970/i.test(set)) jar.delete(name)
      else jar.set(name, value)
    }
    return response
  }
  return {
    jar,
    step,
    /** Every address on the way, with the final page; stops before an address that `before` names. */
    async go(url: string, before?: RegExp): Promise<{ trail: string[]; end: Stop }> {
      const trail = [url]
      for (let next = url; ; ) {
        if (before?.test(next) && trail.length > 1) return { trail, end: { url: next, status: 0, text: '' } }
        const response = await step(next)
        const text = await response.text()
        const to = response.headers.get('location')
        if (response.status < 300 || response.status > 399 || to === null)
          return { trail, end: { url: next, status: response.status, text } }
        next = new URL(to, next).href
        trail.push(next)
      }
    },
  }
}
