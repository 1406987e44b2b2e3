import cors from '@fastify/cors'
import helmet from '@fastify/helmet'
import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Catalogue } from '../i18n/index.ts'
import { Problem } from './problem.ts'
import type { ServerSettings } from './settings.ts'

/** Limits of the whole server; GraphQL has its own. */
export const LIMITS = {
  bodyBytes: 1_000_000,
  headersMs: 10_000,
  requestMs: 30_000,
  keepAliveMs: 65_000,
  connections: 2_000,
  /** The most of them from one address that is not a trusted proxy. */
  connectionsOfOne: 500,
  /** Requests being processed or waiting for the database; any more get 503. */
  atOnce: 500,
  /** Requests whose bodies are still arriving: they take memory, but nobody's turn. */
  bodiesAtOnce: 1_000,
} as const

/**
 * Security headers, the rate of one address, and whose pages may call. Before authentication, because guessing tokens has a cost
 * too.
 */
export async function installLimits(
  app: FastifyInstance,
  settings: ServerSettings,
  text: Catalogue,
): Promise<void> {
  const busy = () => new Problem(503, text.http.busy, { headers: { 'retry-after': '5' } })
  const working = places(settings.atOnce ?? LIMITS.atOnce, busy)
  const sending = places(LIMITS.bodiesAtOnce, busy)
  const vital = ({ routeOptions }: FastifyRequest) => routeOptions.config?.vital === true
  app.addHook('onRequest', async (request, reply) => {
    // Even if the client leaves before its answer.
    reply.raw.once('close', () => {
      working.leave(request)
      sending.leave(request)
    })
    if (!vital(request)) working.enter(request, reply)
  })
  app.addHook('preParsing', async (request, reply) => {
    const { 'transfer-encoding': chunked, 'content-length': length = '0' } = request.headers
    if (chunked === undefined && length === '0') return
    sending.enter(request, reply)
    working.leave(request)
  })
  app.addHook('preValidation', async (request, reply) => {
    sending.leave(request)
    if (!vital(request)) working.enter(request, reply)
  })
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
    },
    hsts: settings.basePath === '' ? { maxAge: 31_536_000, includeSubDomains: false } : false,
  })
  await app.register(cors, {
    origin: settings.corsOrigins.length > 0 ? [...settings.corsOrigins] : false,
    methods: ['GET', 'HEAD', 'POST', 'DELETE'],
    allowedHeaders: ['authorization', 'content-type', 'idempotency-key'],
    exposedHeaders: ['idempotency-replayed'],
    maxAge: 600,
    strictPreflight: true,
  })
  await app.register(rateLimit, { global: false, cache: 10_000 })
  // As a hook of the server: added with a route, it would come after authentication, and guessing would be free.
  app.addHook('onRequest', app.rateLimit({ max: settings.rateLimit, timeWindow: '1 minute' }))
}

/** Limits the requests in one stage; one more is refused. A client that has hung up takes no place. */
function places(most: number, refusal: () => Problem) {
  const taken = new Set<FastifyRequest>()
  return {
    enter(request: FastifyRequest, reply: FastifyReply): void {
      if (reply.raw.destroyed) return
      taken.add(request)
      if (taken.size > most) throw refusal()
    },
    leave(request: FastifyRequest): void {
      taken.delete(request)
    },
  }
}
