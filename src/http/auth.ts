import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Transaction } from '../db/connection.ts'
import type { Catalogue } from '../i18n/index.ts'
import type { Access } from './database.ts'
import { departure } from './departure.ts'
import { Problem } from './problem.ts'
import { fromOwnPage, type Sessions } from './session.ts'
import type { ServerSettings } from './settings.ts'
import { type Caller, createVerifier, TokenError } from './token.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Served without a token. Only for answers that reveal nothing. */
    public?: boolean
    /** Its answer comes from a transaction as the caller, which checks the token: no separate question is needed first. */
    asks?: boolean
    /** Answered however busy the server is: a supervisor must not take a busy server for a dead one. */
    vital?: boolean
  }
  interface FastifyRequest {
    /** The caller; set in every route that is not public. */
    caller: Caller | null
    /** Whether the database has already checked the caller's token, and its answer is what goes out. */
    asked: boolean
    /**
     * Has the database check it, unless that was done.
     * @throws NC020 when the token is unknown or revoked
     */
    admit(): Promise<void>
    /** Aborted when the client leaves before its answer. */
    gone: AbortSignal | null
    /**
     * Runs in one transaction under the caller's name and role, with a time limit. It is cancelled once the client has gone.
     * @param regardless also when the client has gone
     */
    asCaller<T>(work: (sql: Transaction) => Promise<T>, timeoutMs?: number, regardless?: boolean): Promise<T>
  }
}

/**
 * Identifies the caller before anything else of the request is read; without a token the answer does not even say what exists. A
 * caller whom the database has not admitted gets nothing: no answer, and no word about what is wrong with the request.
 */
export function installAuthentication(
  app: FastifyInstance,
  settings: ServerSettings,
  text: Catalogue,
  access: Access,
  sessions: Sessions,
): void {
  const verify = createVerifier(settings)
  app.decorateRequest('caller', null)
  app.decorateRequest('asked', false)
  app.decorateRequest('admit', async function (this: FastifyRequest) {
    if (this.caller === null || this.asked) return
    this.asked = true // the refusal is an answer of the database, too
    await access.admit(this.caller)
  })
  app.decorateRequest('gone', null)
  app.decorateRequest('asCaller', function (this: FastifyRequest, work, timeoutMs, regardless = false) {
    if (this.caller === null) throw new Problem(401, text.http.noToken)
    this.asked = true
    // regardless: such work also records something elsewhere, so it goes on without its client
    return access.asCaller(
      this.caller,
      work,
      timeoutMs,
      (regardless ? null : this.gone) ?? undefined,
      !regardless,
    )
  })
  app.addHook('onRequest', async (request, reply) => {
    request.gone = departure(reply)
    if (request.routeOptions.config?.public === true) return
    const { authorization } = request.headers
    request.caller =
      authorization === undefined
        ? await bySession(text, sessions, request)
        : await byToken(text, verify, authorization)
    if (request.routeOptions.config?.asks !== true) await request.admit()
  })
  app.addHook('onSend', (request) => request.admit())
}

const refusal = (message: string, error = '') =>
  new Problem(401, message, { headers: { 'www-authenticate': `Bearer realm="conferente"${error}` } })

async function byToken(
  text: Catalogue,
  verify: (token: string) => Promise<Caller>,
  authorization: string,
): Promise<Caller> {
  const [, token] = /^Bearer +([\w.~+/-]+=*)$/i.exec(authorization) ?? []
  if (token === undefined) throw refusal(text.http.noToken)
  try {
    return await verify(token)
  } catch (error) {
    if (!(error instanceof TokenError)) throw error
    throw refusal(text.http.token[error.reason], ', error="invalid_token"')
  }
}

/** A browser sends its cookie for any page that asks, so only our own pages may use it. */
async function bySession(text: Catalogue, sessions: Sessions, request: FastifyRequest): Promise<Caller> {
  const caller = await sessions.caller(request).catch((error) => {
    if (error instanceof TokenError) throw refusal(text.http.session[error.reason])
    throw error
  })
  if (caller === undefined) throw refusal(text.http.noToken)
  if (!fromOwnPage(request)) throw new Problem(403, text.http.otherSite)
  // All tabs share the cookie: what was begun in one person's name must not be done in another's.
  const meant = request.headers['x-conferente-pessoa']
  if (meant !== undefined && meant !== encodeURIComponent(caller.name)) throw refusal(text.http.otherPerson)
  return caller
}
