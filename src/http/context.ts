import type { FastifyInstance } from 'fastify'
import type { Catalogue } from '../i18n/index.ts'
import type { Access } from './database.ts'
import type { Sessions } from './session.ts'
import type { ServerSettings } from './settings.ts'

/** A one-time link for signing in, from whom it comes and where it goes. */
export interface Link {
  readonly from: string
  readonly address: string
  readonly name: string
  readonly url: string
  readonly until: Date
}

/** What every part of the server is given. */
export interface HttpContext {
  readonly settings: ServerSettings
  readonly text: Catalogue
  readonly access: Access
  readonly sessions: Sessions
  /** Mails a one-time link; undefined where no mail is sent. */
  readonly sendLink: ((link: Link) => Promise<void>) | undefined
  /** For failures that are not the caller's business: the caller gets only the number. */
  failed(error: Error, requestId: string): void
}

/** One concern: adds its routes below the base path. */
export type HttpPart = (app: FastifyInstance, context: HttpContext) => Promise<void> | void
