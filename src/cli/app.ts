import type { Command } from 'commander'
import { catalogue } from '../i18n/index.ts'
import type { Catalogue } from '../i18n/pt-BR.ts'
import type { Settings } from '../settings.ts'
import type { Database } from './database.ts'
import { createFormat, type Format } from './format.ts'
import type { CommandLog } from './log.ts'
import { tell } from './output.ts'

export type Role =
  | 'conferente_leitor'
  | 'conferente_revisor'
  | 'conferente_operador'
  | 'conferente_administrador'
  | 'conferente_dono'

/** What every command is given. */
export interface App {
  readonly settings: Settings
  readonly text: Catalogue
  readonly format: Format
  readonly program: Command
  /** Aborted by the first Ctrl-C or SIGTERM; the second ends the process at once. */
  readonly signal: AbortSignal
  /** Role that the running command needs, for the message when the login lacks it. */
  role: Role | undefined
  /** Where events are noted: there while a command runs that writes a log. */
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

export interface RunOptions {
  readonly role?: Role
  /** False for the command that brings the schema itself. */
  readonly migrated?: boolean
}

/** Opens the database, works with it, lets it go whatever happens, and sets the exit code that `work` gives. */
export async function withDatabase(
  app: App,
  { role, migrated = true }: RunOptions,
  work: (database: Database) => Promise<number>,
): Promise<void> {
  app.role = role
  // Loaded only now, here and in the commands: help and a mistyped flag need no driver, no server and no libraries.
  const { openDatabase, takeZone } = await import('./database.ts')
  const database = await openDatabase(app, { migrated })
  try {
    app.signal.throwIfAborted()
    // The API's own login, which names no role, may read nothing by itself.
    if (migrated && role !== undefined) await takeZone(app, database.sql)
    process.exitCode = await work(database)
  } finally {
    app.cancel = undefined
    await database.close()
  }
}
