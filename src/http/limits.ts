import cors from '@fastify/cors'
import helmet from '@fastify/helmet'
import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance } from 'fastify'
import type { Catalogue } from '../i18n/pt-BR.ts'
import { Problem } from './problem.ts'
import type { ServerSettings } from './settings.ts'

/** Limits of the server as a whole; those of GraphQL are its own. */
export const LIMITS = {
  bodyBytes: 1_000_000,
  headersMs: 10_000,
  requestMs: 30_000,
  keepAliveMs: 65_000,
  connections: 2_000,
  /** Requests at work or waiting for the database; what comes on top is told to come again. */
  atOnce: 500,
} as const

/** Security headers, the rate of one address, and whose pages may call. Before authentication: guessing costs too. */
export async function installLimits(
  app: FastifyInstance,
  settings: ServerSettings,
  text: Catalogue,
): Promise<void> {
  let atOnce = 0
  app.addHook('onRequest', async (_request, reply) => {
    atOnce += 1
    // Also when the client has gone before its answer.
    reply.raw.once('close', () => {
      atOnce -= 1
    })
    if (atOnce > LIMITS.atOnce) throw new Problem(503, text.http.busy, { headers: { 'retry-after': '5' } })
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
    allowedHeaders: ['authorization', 'content-type'],
    maxAge: 600,
    strictPreflight: true,
  })
  await app.register(rateLimit, { global: false, cache: 10_000 })
  // As a hook of the server: by itself it would come with the route, after authentication, and guessing would be free.
  app.addHook('onRequest', app.rateLimit({ max: settings.rateLimit, timeWindow: '1 minute' }))
}
