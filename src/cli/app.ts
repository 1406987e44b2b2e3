import type { Command } from 'commander'
import type { Sql } from '../db/connection.ts'
import { type Catalogue, catalogue } from '../i18n/index.ts'
import type { Log } from '../log/log.ts'
import type { Settings } from '../settings/settings.ts'
import { createFormat, type Format } from './format.ts'
import { tell } from './output.ts'

export type Role =
  | 'conferente_leitor'
  | 'conferente_revisor'
  | 'conferente_operador'
  | 'conferente_administrador'
  | 'conferente_dono'

export interface Database {
  readonly url: string
  readonly embedded: boolean
  /** One connection, so that a running query can be cancelled and a session's lock stays where it was taken. */
  readonly sql: Sql
  /** Whether there is a pooler in between, so that the connection may be shared. */
  readonly pooled: boolean
  close(): Promise<void>
}

export interface CommandLog extends Log {
  /** Whether stderr carries the log's lines and nothing else. */
  readonly onStderr: boolean
}

/** What every command receives. */
export interface App {
  readonly settings: Settings
  readonly text: Catalogue
  readonly format: Format
  readonly program: Command
  /** Aborted by the first Ctrl-C or SIGTERM; the second ends the process at once. */
  readonly signal: AbortSignal
  /** Role that the running command needs, for the message when the login lacks it. */
  role: Role | undefined
  /** Where events are logged, while a command runs that writes a log. */
  log: CommandLog | undefined
  /** Cancels the query that runs; set while a database is open. */
  cancel: (() => Promise<void>) | undefined
}

export function createApp(settings: Settings, program: Command): App {
  const controller = new AbortController()
  const text = catalogue(settings.language)
  const app: App = {
    settings,
    text,
    format: createFormat(settings.language),
    program,
    signal: controller.signal,
    role: undefined,
    cancel: undefined,
    log: undefined,
  }
  const interrupt = () => {
    if (controller.signal.aborted) process.exit(130)
    controller.abort()
    tell(`\n${text.notice.interrupting}`)
    app.cancel?.().catch(() => {})
  }
  process.on('SIGINT', interrupt)
  process.on('SIGTERM', interrupt)
  return app
}
