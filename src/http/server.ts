import type { AddressInfo } from 'node:net'
import fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify'
import { catalogue } from '../i18n/index.ts'
import { installAuthentication } from './auth.ts'
import { limitConnections } from './connections.ts'
import type { HttpPart, Link } from './context.ts'
import { openAccess } from './database.ts'
import { frameworkOptions } from './framework.ts'
import { graphql } from './graphql/graphql.ts'
import { health } from './health.ts'
import { installLimits, LIMITS } from './limits.ts'
import { installRequestLog, logOptions } from './log.ts'
import { installHttpMetrics, metrics } from './metrics.ts'
import { installProblems } from './problems.ts'
import { rest } from './rest/rest.ts'
import { review } from './review/review.ts'
import { installSessions } from './session.ts'
import type { ServerSettings } from './settings.ts'
import { signin } from './signin/signin.ts'

export type { Link } from './context.ts'
export { type ServerSettings, serverSettings } from './settings.ts'
export type { Caller } from './token.ts'

export interface Server {
  /** Base of every route, without a slash at the end. */
  readonly url: string
  /** Every route that is served, as `GET /graphql`. */
  readonly routes: readonly string[]
  /** Whether there is a pooler in between that gives each transaction another server process. */
  readonly shared: boolean
  /** Lets running requests finish, then closes; may be called more than once. */
  close(): Promise<void>
}

export interface ServerReport {
  /** Called when something fails of which the caller only gets the number. */
  failed?(error: Error, requestId: string): void
  /** Mails a one-time link; missing where no mail is sent. */
  readonly sendLink?: ((link: Link) => Promise<void>) | undefined
  /** Where requests are logged. */
  readonly log?: FastifyBaseLogger | undefined
}

// In the order in which they are added.
const PARTS: readonly HttpPart[] = [health, metrics, rest, graphql, review, signin]

/**
 * Starts the API and resolves once it listens.
 * @throws {ServiceRoleError} when the login of the database may not speak for others
 */
export async function startServer(settings: ServerSettings, report: ServerReport = {}): Promise<Server> {
  const text = catalogue(settings.language)
  const access = await openAccess(settings.databaseUrl)
  const failed = (error: Error, id: string) => report.failed?.(error, id)
  const app = fastify({
    bodyLimit: LIMITS.bodyBytes,
    connectionTimeout: 0,
    requestTimeout: settings.requestMs ?? LIMITS.requestMs,
    keepAliveTimeout: LIMITS.keepAliveMs,
    trustProxy: settings.trustedProxies.length > 0 ? [...settings.trustedProxies] : false,
    forceCloseConnections: 'idle',
    // Reading the schema takes as long as it takes on this machine; what it waits for has its own limits.
    pluginTimeout: 0,
    http: { headersTimeout: settings.headersMs ?? LIMITS.headersMs, connectionsCheckingInterval: 1_000 },
    genReqId: () => crypto.randomUUID(),
    ...frameworkOptions(text),
    ...logOptions(report.log),
  })
  const routes: string[] = []
  app.addHook('onRoute', ({ method, url }) => {
    routes.push(...[method].flat().map((verb) => `${verb} ${url}`))
  })
  app.server.maxConnections = LIMITS.connections
  limitConnections(app.server, settings.connectionsOfOne ?? LIMITS.connectionsOfOne, settings.trustedProxies)
  try {
    installProblems(app, text, failed)
    installHttpMetrics(app, text)
    installRequestLog(app, report.log)
    await installLimits(app, settings, text)
    const sessions = await installSessions(app, settings)
    installAuthentication(app, settings, text, access, sessions)
    const context = { settings, text, access, sessions, failed, sendLink: report.sendLink }
    for (const part of PARTS) {
      await app.register((scope) => Promise.resolve(part(scope, context)), {
        prefix: settings.basePath,
      })
    }
    await app.listen({ host: settings.host, port: settings.port })
  } catch (error) {
    await app.close().catch(() => {})
    await access.sql.end({ timeout: 0 })
    throw error
  }
  let closed: Promise<void> | undefined
  return {
    url: `${origin(app)}${settings.basePath}`,
    routes,
    shared: access.shared,
    close() {
      closed ??= app.close().finally(() => access.sql.end({ timeout: 5 }))
      return closed
    },
  }
}

function origin(app: FastifyInstance): string {
  const { address, family, port } = app.server.address() as AddressInfo
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`
}
