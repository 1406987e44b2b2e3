import type { Command } from 'commander'
import type { Server } from '../http/server.ts'
import { describe, publicMessage } from '../log/error.ts'
import type { App, Database } from './app.ts'
import { createParsers } from './arguments.ts'
import { command } from './command.ts'
import { CommandError } from './errors.ts'
import { plain, said } from './format.ts'
import { tell } from './output.ts'
import { withDatabase } from './with-database.ts'

export interface ServeOptions {
  readonly porta?: number
  readonly ruru?: boolean
}

export function register(program: Command, app: App): void {
  const { text } = app
  const parse = createParsers(text)
  command(program, app, 'servir')
    .option('--porta <n>', text.option.port, parse.integer(0, 65535))
    .option('--ruru', text.option.ruru)
    .action((options: ServeOptions) => withDatabase(app, {}, (database) => serve(app, database, options)))
}

async function serve(app: App, database: Database, options: ServeOptions): Promise<number> {
  const { text, signal } = app
  const server = await openServer(app, database, options)
  const { watchAbsence } = await import('./mail.ts')
  const endWatch = await watchAbsence(app, database.url, server.shared)
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
  await endWatch()
  await server.close()
  tell(text.serve.ended)
  return 0
}

/** Starts the API, and prints where it listens. */
export async function openServer(
  app: App,
  database: Database,
  { porta, ruru = false }: ServeOptions,
): Promise<Server> {
  const { text, settings } = app
  app.cancel = undefined // a signal ends the server in order; nothing is cancelled at once
  const { serverSettings, startServer } = await import('../http/server.ts')
  const { NoTransactionsError, ServiceRoleError } = await import('../http/database.ts')
  const { PoolingUnknown } = await import('../db/pooling.ts')
  const chosen = { ...serverSettings(settings, database), port: porta ?? settings.port, development: ruru }
  const { openLinkMail } = await import('./link-mail.ts')
  const links = await openLinkMail(app)
  const server = await startServer(chosen, {
    sendLink: links?.send,
    failed: (error, id) =>
      tell(text.serve.failed(id, said(publicMessage(error))), {
        event: 'http.failed',
        level: 'error',
        pedido: id,
        err: describe(error),
      }),
    log: app.log?.logger,
  }).catch((error: Error) => {
    if (error instanceof ServiceRoleError) throw new CommandError(text.serve.noService(plain(error.login)))
    if (error instanceof NoTransactionsError) throw new CommandError(text.pooler.noTransactions)
    if (error instanceof PoolingUnknown) throw new CommandError(text.pooler.unknown)
    throw error
  })
  tell(text.serve.ready(server.url), { event: 'server.ready', url: server.url })
  return server
}
