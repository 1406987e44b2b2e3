import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Catalogue } from '../../i18n/index.ts'
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
  const open = { config: { public: true }, schema: { hide: true } }
  if (oidc === undefined || provider === undefined) {
    app.get('/entrar', open, (_request, reply) => reply.redirect(`${basePath}/revisao`))
    return
  }
  const secure = oidc.returnUrl.startsWith('https:')
  // Not strict, because the provider leads back from another site. A name for each departure, because two tabs may leave at once.
  const attributes = { path: '/', httpOnly: true, sameSite: 'lax', secure } as const
  const cookieOf = (state: string) => `${secure ? '__Host-' : ''}conferente_ida_${state.slice(0, 8)}`
  const notice = (reply: FastifyReply, { status, message, hint }: Refusal) =>
    noticePage(reply.code(status), settings, text, message, hint)
  const refuse = (request: FastifyRequest, reply: FastifyReply, error: Error) => {
    if (error instanceof ProviderError && error.reason !== 'refused') failed(error, request.id)
    return notice(reply, refusalOf(text, error))
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
    if (kept === undefined) return notice(reply, { status: 400, message: text.http.signIn.late })
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

interface Refusal {
  readonly status: number
  readonly message: string
  readonly hint?: string | undefined
}

function refusalOf(text: Catalogue, error: Error): Refusal {
  const said = text.http.signIn
  if (error instanceof ProviderError) {
    if (error.reason === 'refused') return { status: 403, message: said.refused }
    if (error.reason === 'away') return { status: 503, message: said.away, hint: said.awayHint }
    return { status: 400, message: said.unknown }
  }
  if (error instanceof TokenError) return { status: 403, message: said.noRole, hint: said.noRoleHint }
  const problem = publicDatabaseError(text, error)
  if (problem === undefined) throw error
  return { status: problem.status, message: problem.message, hint: problem.details.hint }
}

/** The content of the cookie, which the owner of the browser may have changed. */
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
