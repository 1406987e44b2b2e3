import cookie from '@fastify/cookie'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type ServerSettings, sessionSecret } from './settings.ts'
import { type Caller, createVerifier, signToken, type TokenRecord } from './token.ts'

/**
 * How people stay signed in: a cookie that no script sees and no other site sends. It carries a registered token, like any other.
 */
export interface Sessions {
  /** Whether people can sign in here at all. */
  readonly offered: boolean
  /**
   * The owner of the cookie that comes with a request; the database has yet to be asked.
   * @throws {TokenError} when the cookie is not valid (any more)
   */
  caller(request: FastifyRequest): Promise<Caller | undefined>
  give(reply: FastifyReply, record: TokenRecord, secure: boolean): Promise<void>
  forget(reply: FastifyReply): void
}

const NAME = 'conferente'
/** No other host and no page without TLS can set a cookie of this name. */
export const SECURE_NAME = `__Host-${NAME}`
const ATTRIBUTES = { path: '/', httpOnly: true, sameSite: 'strict' } as const

export async function installSessions(app: FastifyInstance, settings: ServerSettings): Promise<Sessions> {
  await app.register(cookie)
  const secret = sessionSecret(settings)
  const own: ServerSettings = {
    ...settings,
    jwksUrl: undefined,
    jwtSecret: secret,
    jwtIssuer: 'conferente',
    jwtAudience: 'conferente sessao',
    jwtNameClaim: 'sub',
    jwtRoleClaim: 'papel',
  }
  const verify = createVerifier(own)
  return {
    offered: secret !== undefined,
    async caller({ cookies }) {
      const value = cookies[SECURE_NAME] ?? cookies[NAME]
      return secret === undefined || value === undefined ? undefined : verify(value)
    },
    async give(reply, record, secure) {
      const value = await signToken(own, record)
      reply.setCookie(secure ? SECURE_NAME : NAME, value, {
        ...ATTRIBUTES,
        secure,
        expires: record.expira_em,
      })
    },
    forget(reply) {
      reply.clearCookie(SECURE_NAME, { ...ATTRIBUTES, secure: true }).clearCookie(NAME, ATTRIBUTES)
    },
  }
}

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Whether one of our pages sent the request. Browsers say so themselves to servers with TLS and on this machine; to others they
 * name the origin of requests that change something.
 */
export function fromOwnPage({ method, headers, host }: FastifyRequest): boolean {
  const { 'sec-fetch-site': site, origin } = headers
  if (site !== undefined) return site === 'same-origin' || (site === 'none' && SAFE.has(method))
  if (SAFE.has(method)) return true
  return origin !== undefined && URL.canParse(origin) && new URL(origin).host === host
}
