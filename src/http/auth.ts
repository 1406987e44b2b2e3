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
    /** Answered however busy the server is: a supervisor must not take a full house for a dead one. */
    vital?: boolean
  }
  interface FastifyRequest {
    /** Who calls; there in every route that is not public. */
    caller: Caller | null
    /** Aborted when the client leaves before its answer. */
    gone: AbortSignal | null
    /**
     * Runs in one transaction under the caller's name and role, with a limit of time. Once the client has gone it is cancelled.
     * @param regardless also when the client has gone
     */
    asCaller<T>(work: (sql: Transaction) => Promise<T>, timeoutMs?: number, regardless?: boolean): Promise<T>
  }
}

/** Identifies the caller before anything else of the request is read; without a token the answer does not even say what exists. */
export function installAuthentication(
  app: FastifyInstance,
  settings: ServerSettings,
  text: Catalogue,
  access: Access,
): void {
  const verify = createVerifier(settings)
  app.decorateRequest('caller', null)
  app.decorateRequest('gone', null)
  app.decorateRequest('asCaller', function (this: FastifyRequest, work, timeoutMs, regardless = false) {
    if (this.caller === null) throw new Problem(401, text.http.noToken)
    return access.asCaller(this.caller, work, timeoutMs, (regardless ? null : this.gone) ?? undefined)
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
      const caller = await verify(token)
      // Also where nothing else asks the database: a revoked token sees no page and no schema.
      await access.admit(caller)
      request.caller = caller
    } catch (error) {
      if (!(error instanceof TokenError)) throw error
      throw new Problem(401, text.http.token[error.reason], {
        headers: { 'www-authenticate': 'Bearer realm="conferente", error="invalid_token"' },
      })
    }
  })
}
