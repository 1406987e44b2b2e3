import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { HttpContext } from '../context.ts'
import { publicDatabaseError } from '../problem.ts'
import { TokenError, type TokenRecord } from '../token.ts'
import { noticePage } from './notice.ts'
import { placeAfter } from './place.ts'
import { type Departure, type Provider, ProviderError } from './provider.ts'

const MINUTES = 10

/** What the browser keeps while its person is with the provider. */
interface Kept extends Departure {
  readonly to: string
}

/** /entrar leads to the provider, which sends people back to /entrar/retorno. A page explains why somebody cannot sign in. */
export function singleSignOn(
  app: FastifyInstance,
  context: HttpContext,
  provider: Provider | undefined,
): void {
  const { settings, text, access, sessions, failed } = context
  const { basePath, oidc } = settings
  const said = text.http.signIn
  const open = { config: { public: true }, schema: { hide: true } }
  if (oidc === undefined || provider === undefined) {
    app.get('/entrar', open, (_request, reply) => reply.redirect(`${basePath}/revisao`))
    return
  }
  const secure = oidc.returnUrl.startsWith('https:')
  // Not strict, because the provider leads back from another site. A name for each departure, because two tabs may leave at once.
  const attributes = { path: '/', httpOnly: true, sameSite: 'lax', secure } as const
  const cookieOf = (state: string) => `${secure ? '__Host-' : ''}conferente_ida_${state.slice(0, 8)}`
  const notice = (reply: FastifyReply, status: number, message: string, hint?: string) =>
    noticePage(reply.code(status), settings, text, message, hint)

  function refuse(request: FastifyRequest, reply: FastifyReply, error: Error) {
    if (error instanceof ProviderError) {
      if (error.reason === 'refused') return notice(reply, 403, said.refused)
      failed(error, request.id)
      if (error.reason === 'away') return notice(reply, 503, said.away, said.awayHint)
      return notice(reply, 400, said.unknown)
    }
    if (error instanceof TokenError) return notice(reply, 403, said.noRole, said.noRoleHint)
    const problem = publicDatabaseError(text, error)
    if (problem === undefined) throw error
    return notice(reply, problem.status, problem.message, problem.details.hint)
  }

  app.get('/entrar', open, async (request, reply) => {
    reply.header('cache-control', 'no-store')
    try {
      const { url, departure } = await provider.leave()
      const to = placeAfter(basePath, (request.query as Record<string, unknown>)['para'])
      const kept: Kept = { ...departure, to }
      const value = Buffer.from(JSON.stringify(kept)).toString('base64url')
      reply.setCookie(cookieOf(departure.state), value, { ...attributes, maxAge: MINUTES * 60 })
      return reply.redirect(url.href)
    } catch (error) {
      return refuse(request, reply, error as Error)
    }
  })

  app.get('/entrar/retorno', open, async (request, reply) => {
    reply.header('cache-control', 'no-store')
    const { state } = request.query as Record<string, unknown>
    const name = typeof state === 'string' && /^[\w-]{8,200}$/.test(state) ? cookieOf(state) : ''
    const kept = keptIn(request.cookies[name])
    if (kept === undefined) return notice(reply, 400, said.late)
    reply.clearCookie(name, attributes) // it works once
    try {
      const { name: person, role = null } = await provider.comeBack(request.url.split('?')[1] ?? '', kept)
      const [record] = await access.asService(
        (sql) => sql<[TokenRecord]>`select * from audit_interno.entrar_por_provedor(${person}, ${role})`,
      )
      await sessions.give(reply, record, secure)
      return reply.redirect(placeAfter(basePath, kept.to))
    } catch (error) {
      return refuse(request, reply, error as Error)
    }
  })
}

/** The content of the cookie, which whoever holds the browser may have changed. */
function keptIn(value: string | undefined): Kept | undefined {
  if (value === undefined) return undefined
  try {
    const { state, nonce, verifier, to } = JSON.parse(Buffer.from(value, 'base64url').toString()) ?? {}
    const whole = [state, nonce, verifier, to].every((part) => typeof part === 'string')
    return whole ? { state, nonce, verifier, to } : undefined
  } catch {
    return undefined
  }
}
