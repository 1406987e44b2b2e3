import type { FastifyInstance } from 'fastify'
import type { Catalogue } from '../i18n/index.ts'
import type { Access } from './database.ts'
import type { Sessions } from './session.ts'
import type { ServerSettings } from './settings.ts'

/** A one-time link for signing in, with its sender and recipient. */
export interface Link {
  readonly from: string
  readonly address: string
  readonly name: string
  readonly url: string
  readonly until: Date
}

/** What every part of the server receives. */
export interface HttpContext {
  readonly settings: ServerSettings
  readonly text: Catalogue
  readonly access: Access
  readonly sessions: Sessions
  /** Mails a one-time link; undefined where no mail is sent. */
  readonly sendLink: ((link: Link) => Promise<void>) | undefined
  /** For failures that the caller must not learn about: the caller only gets the number. */
  failed(error: Error, requestId: string): void
}

/** One part of the server: adds its routes below the base path. */
export type HttpPart = (app: FastifyInstance, context: HttpContext) => Promise<void> | void
