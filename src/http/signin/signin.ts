import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { HttpContext } from '../context.ts'
import type { Access } from '../database.ts'
import { Problem } from '../problem.ts'
import { fromOwnPage } from '../session.ts'
import { type Caller, TokenError, type TokenRecord } from '../token.ts'
import { createProvider } from './provider.ts'
import { digestOf, drawSecret, linkOf } from './secret.ts'
import { singleSignOn } from './single-sign-on.ts'

const MOST = 500

/** The result of asking for a link by a registered address. */
interface Asked {
  readonly nome: string
  readonly endereco_registrado: string
  readonly expira_em: Date
  readonly pagina: string
  readonly remetente: string
}

/**
 * How people sign in and out: by single sign-on, or by a one-time link whose secret the page sends once its button is pressed. It
 * all works for our own pages only: no page of others can sign anybody in as somebody else.
 */
export async function signin(app: FastifyInstance, context: HttpContext): Promise<void> {
  const { settings, text, access, sessions, failed, sendLink } = context
  const { basePath } = settings
  const open = { config: { public: true }, schema: { hide: true }, bodyLimit: 2_000 }
  const ours = async (request: FastifyRequest, reply: FastifyReply) => {
    reply.header('cache-control', 'no-store')
    if (!fromOwnPage(request)) throw new Problem(403, text.http.otherSite)
  }

  app.get('/', { ...open, exposeHeadRoute: true }, (_request, reply) => reply.redirect(`${basePath}/revisao`))
  const provider = settings.oidc && createProvider(settings.oidc)
  singleSignOn(app, context, provider)

  app.post('/entrar/convite', { ...open, onRequest: ours }, async (request, reply) => {
    const secret = member(request, 'convite')
    if (secret === undefined || !sessions.offered) throw new Problem(400, text.http.malformed)
    const digest = digestOf(secret)
    const [record] = await access.asService(
      (sql) => sql<[TokenRecord]>`select * from audit_interno.entrar_por_convite(${digest})`,
    )
    // The origin says whether a proxy in front speaks TLS.
    const secure = request.protocol === 'https' || request.headers.origin?.startsWith('https:') === true
    await sessions.give(reply, record, secure)
    return { nome: record.nome, papel: record.papel.replace(/^conferente_/, '') }
  })

  app.post('/entrar/pedido', { ...open, onRequest: ours }, async (request, reply) => {
    const address = member(request, 'endereco')
    if (address === undefined || sendLink === undefined || !sessions.offered) {
      throw new Problem(400, text.http.malformed)
    }
    // Nothing reveals whether anybody has this address, not even the time that the answer takes.
    void mailLink(context, address).catch((error) => failed(error, request.id))
    return reply.code(202).send({})
  })

  app.post('/sair', { ...open, onRequest: ours }, async (request, reply) => {
    sessions.forget(reply)
    const caller = await sessions.caller(request).catch((error) => {
      if (!(error instanceof TokenError)) throw error
    })
    // A person who used the company's login is still signed in there, and could come back with one click.
    if (caller && (await signOut(access, caller))) {
      const end = await provider?.end().catch((error) => failed(error, request.id))
      if (end) return { fim: end.href }
    }
    return reply.code(204).send()
  })
}

async function mailLink({ access, sendLink }: HttpContext, address: string): Promise<void> {
  const { secret, digest } = drawSecret()
  const [made] = await access.asService(
    (sql) => sql<Asked[]>`
      select * from audit_interno.pedir_convite(${address}, ${digest})`,
  )
  if (!made?.endereco_registrado) return
  await sendLink?.({
    from: made.remetente,
    address: made.endereco_registrado,
    name: made.nome,
    until: made.expira_em,
    url: linkOf(made.pagina, secret),
  })
}

/** Ends what the caller came in by, and says whether that was single sign-on. */
async function signOut(access: Access, { name, role, tokenId }: Caller): Promise<boolean> {
  const rows = await access
    .asService(
      (sql) =>
        sql<{ sso: boolean }[]>`select audit_interno.sair(${name}, ${role}, ${tokenId ?? null}) as sso`,
    )
    .catch((error) => {
      if (error.code !== 'NC020') throw error // out already
    })
  return rows?.[0]?.sso === true
}

/** One text of a small document. */
function member({ body }: FastifyRequest, name: string): string | undefined {
  const value = (body as Record<string, unknown> | null | undefined)?.[name]
  return typeof value === 'string' && value.length > 0 && value.length <= MOST ? value : undefined
}
