// Shared by the tests of the API: a server over a test's own database, tokens for its people, and requests to it.
import { randomUUID, type webcrypto } from 'node:crypto'
import { SignJWT } from 'jose'
import type { Test } from 'tap'
import type { Sql } from '../../src/db/connection.ts'
import { type ServerReport, type ServerSettings, startServer } from '../../src/http/server.ts'
import { drawSecret } from '../../src/http/signin/secret.ts'
import { signToken } from '../../src/http/token.ts'
import { readSettings } from '../../src/settings/settings.ts'
import { PASSWORD } from './server.ts'

export const SECRET = 'um segredo de teste com mais de trinta e dois'

export interface Api {
  readonly url: string
  readonly settings: ServerSettings
  readonly routes: readonly string[]
  /** Failures inside, which no caller learns about. */
  readonly failures: Error[]
  /** A registered token, as `conferente token` makes it. */
  token(role: string, name?: string): Promise<string>
  /** The secret of a one-time link, as `conferente convite` makes it. */
  invitation(role: string, name?: string): Promise<string>
  /** Somebody who signs in by a one-time link: the cookie that their browser sends from then on. */
  signIn(role: string, name?: string): Promise<string>
  /** A request; the body is sent as JSON unless it is a string. */
  request(path: string, options?: Ask): Promise<Answer>
}

export interface Ask {
  readonly token?: string | undefined
  readonly method?: string
  readonly body?: unknown
  readonly headers?: Record<string, string>
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into whatever document it gets
  readonly json: any
}

/** The API as the login `api` serves it, unless told otherwise. */
export async function api(
  t: Pick<Test, 'teardown'>,
  { sql, url }: { sql: Sql; url: string },
  changes: Partial<ServerSettings> = {},
  report: ServerReport = {},
): Promise<Api> {
  const login = new URL(url)
  login.username = 'api'
  login.password = PASSWORD
  const settings: ServerSettings = {
    ...readSettings({ CONFERENTE_JWT_SEGREDO: SECRET }),
    databaseUrl: login.href,
    port: 0,
    rateLimit: 1_000_000,
    ...changes,
  }
  const failures: Error[] = []
  const server = await startServer(settings, { failed: (error) => failures.push(error), ...report })
  t.teardown(() => server.close())
  async function invitation(role: string, name = role) {
    const { secret, digest } = drawSecret()
    await sql`select audit.criar_convite(${name}, ${role}, ${digest})`
    return secret
  }
  return {
    invitation,
    async signIn(role, name) {
      const response = await fetch(`${server.url}/entrar/convite`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' },
        body: JSON.stringify({ convite: await invitation(role, name) }),
      })
      const [cookie = ''] = response.headers.getSetCookie()
      return cookie.split(';')[0] ?? ''
    },
    url: server.url,
    settings,
    routes: server.routes,
    failures,
    async token(role, name = role) {
      const [record] = await sql`
        select * from audit.registrar_token(${name}, ${role}, now() + interval '1 hour')`
      return signToken(settings, record as never)
    },
    async request(path, { token, method, body, headers = {} } = {}) {
      const response = await fetch(`${server.url}${path}`, {
        method: method ?? (body === undefined ? 'GET' : 'POST'),
        headers: {
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      })
      const text = await response.text()
      const isJson = /json/.test(response.headers.get('content-type') ?? '')
      return {
        status: response.status,
        headers: response.headers,
        text,
        json: isJson && text !== '' ? JSON.parse(text) : undefined,
      }
    },
  }
}

/** A token that nobody registered: right in everything except what is changed. */
export function forge(
  { jwtIssuer, jwtAudience }: ServerSettings,
  claims: Record<string, unknown> = {},
  { secret = SECRET, alg = 'HS256' }: { secret?: string | webcrypto.CryptoKey; alg?: string } = {},
): Promise<string> {
  const now = Math.floor(Date.now() / 1000)
  const all = {
    iss: jwtIssuer,
    aud: jwtAudience,
    iat: now,
    exp: now + 600,
    jti: randomUUID(),
    sub: 'mallory',
    papel: 'administrador',
    ...claims,
  }
  const key = typeof secret === 'string' ? new TextEncoder().encode(secret) : secret
  return new SignJWT(all).setProtectedHeader({ alg, kid: 'teste' }).sign(key)
}
