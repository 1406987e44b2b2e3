import cors from '@fastify/cors'
import helmet from '@fastify/helmet'
import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance } from 'fastify'
import type { ServerSettings } from './settings.ts'

/** Limits of the server as a whole; those of GraphQL are its own. */
export const LIMITS = {
  bodyBytes: 1_000_000,
  /** A client that has not sent its headers, or the whole request, by then is cut off. */
  headersMs: 10_000,
  requestMs: 30_000,
  keepAliveMs: 65_000,
  connections: 2_000,
} as const

/** Security headers, the rate of one address, and whose pages may call. Before authentication: guessing costs too. */
export async function installLimits(app: FastifyInstance, settings: ServerSettings): Promise<void> {
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
  await app.register(rateLimit, { max: settings.rateLimit, timeWindow: '1 minute', cache: 10_000 })
}
