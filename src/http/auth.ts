import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Transaction } from '../db/connection.ts'
import type { Catalogue } from '../i18n/index.ts'
import type { Access } from './database.ts'
import { departure } from './departure.ts'
import { Problem } from './problem.ts'
import type { ServerSettings } from './settings.ts'
import { type Caller, createVerifier, TokenError } from './token.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Served without a token. Only for answers that reveal nothing. */
    public?: boolean
    /** Its answer comes from a transaction as the caller, in which the token is checked: it need not be asked about before. */
    asks?: boolean
    /** Answered however busy the server is: a supervisor must not take a full house for a dead one. */
    vital?: boolean
  }
  interface FastifyRequest {
    /** Who calls; there in every route that is not public. */
    caller: Caller | null
    /** Whether the database has been asked about the caller's token, and its word is what goes out. */
    asked: boolean
    /**
     * Asks it, unless that was done.
     * @throws NC020 when the token is unknown or revoked
     */
    admit(): Promise<void>
    /** Aborted when the client leaves before its answer. */
    gone: AbortSignal | null
    /**
     * Runs in one transaction under the caller's name and role, with a limit of time. Once the client has gone it is cancelled.
     * @param regardless also when the client has gone
     */
    asCaller<T>(work: (sql: Transaction) => Promise<T>, timeoutMs?: number, regardless?: boolean): Promise<T>
  }
}

/**
 * Identifies the caller before anything else of the request is read; without a token the answer does not even say what exists.
 * Nothing goes out to a caller whom the database has not admitted: not the answer, and no word of what is wrong with the request.
 */
export function installAuthentication(
  app: FastifyInstance,
  settings: ServerSettings,
  text: Catalogue,
  access: Access,
): void {
  const verify = createVerifier(settings)
  app.decorateRequest('caller', null)
  app.decorateRequest('asked', false)
  app.decorateRequest('admit', async function (this: FastifyRequest) {
    if (this.caller === null || this.asked) return
    this.asked = true // the refusal goes out, too
    await access.admit(this.caller)
  })
  app.decorateRequest('gone', null)
  app.decorateRequest('asCaller', function (this: FastifyRequest, work, timeoutMs, regardless = false) {
    if (this.caller === null) throw new Problem(401, text.http.noToken)
    this.asked = true
    // what goes on for who has gone writes to somewhere else, too
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
    const [, token] = /^Bearer +([\w.~+/-]+=*)$/i.exec(request.headers.authorization ?? '') ?? []
    if (token === undefined) {
      throw new Problem(401, text.http.noToken, {
        headers: { 'www-authenticate': 'Bearer realm="conferente"' },
      })
    }
    try {
      request.caller = await verify(token)
    } catch (error) {
      if (!(error instanceof TokenError)) throw error
      throw new Problem(401, text.http.token[error.reason], {
        headers: { 'www-authenticate': 'Bearer realm="conferente", error="invalid_token"' },
      })
    }
    if (request.routeOptions.config?.asks !== true) await request.admit()
  })
  app.addHook('onSend', (request) => request.admit())
}
