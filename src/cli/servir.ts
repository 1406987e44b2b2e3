import type { Command } from 'commander'
import { type App, withDatabase } from './app.ts'
import { createParsers } from './arguments.ts'
import type { Database } from './database.ts'
import { CommandError } from './errors.ts'
import { plain } from './format.ts'
import { tell } from './output.ts'

interface Options {
  readonly porta?: number
  readonly ruru?: boolean
}

export function register(program: Command, app: App): void {
  const { text } = app
  const parse = createParsers(text)
  program
    .command('servir')
    .description(text.command.servir)
    .option('--porta <n>', text.option.port, parse.integer(0, 65535))
    .option('--ruru', text.option.ruru)
    .addHelpText('after', text.example.servir)
    .action((options: Options) => withDatabase(app, {}, (database) => serve(app, database, options)))
}

async function serve(app: App, database: Database, { porta, ruru = false }: Options): Promise<number> {
  const { text, signal, settings } = app
  app.cancel = undefined // a signal ends the server in order; nothing is cancelled at once
  const { serverSettings, startServer } = await import('../http/server.ts')
  const { ServiceRoleError } = await import('../http/database.ts')
  const chosen = { ...serverSettings(settings, database), port: porta ?? settings.port, development: ruru }
  const server = await startServer(chosen, {
    failed: (error, id) => tell(text.serve.failed(id, plain(error.message))),
  }).catch((error: Error) => {
    if (error instanceof ServiceRoleError) throw new CommandError(text.serve.noService(plain(error.login)))
    throw error
  })
  tell(text.serve.ready(server.url))
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
  await server.close()
  tell(text.serve.ended)
  return 0
}
