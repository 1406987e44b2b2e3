import type { FastifyInstance } from 'fastify'
import type { Catalogue } from '../i18n/index.ts'
import type { Access } from './database.ts'
import type { ServerSettings } from './settings.ts'

/** What every part of the server is given. */
export interface HttpContext {
  readonly settings: ServerSettings
  readonly text: Catalogue
  readonly access: Access
  /** For failures that are not the caller's business: the caller gets only the number. */
  failed(error: Error, requestId: string): void
}

/** One concern: adds its routes below the base path. */
export type HttpPart = (app: FastifyInstance, context: HttpContext) => Promise<void> | void
