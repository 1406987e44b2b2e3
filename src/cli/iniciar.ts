import type { Command } from 'commander'
import type { App, Database } from './app.ts'
import { createParsers } from './arguments.ts'
import { command } from './command.ts'
import { runUntilAsked } from './lifetime.ts'
import { openServer, type ServeOptions } from './servir.ts'
import { openWorker, workOptions } from './trabalhar.ts'
import { withDatabase } from './with-database.ts'

interface Options extends ServeOptions {
  readonly prazo: number
  readonly simultaneos: number
}

/** The API and the worker in one process, for a single machine. */
export function register(program: Command, app: App): void {
  const { text } = app
  const parse = createParsers(text)
  workOptions(command(program, app, 'iniciar'), app)
    .option('--porta <n>', text.option.port, parse.integer(0, 65535))
    .action((options: Options) =>
      withDatabase(app, { role: 'conferente_dono', own: true }, (database) => start(app, database, options)),
    )
}

async function start(app: App, database: Database, options: Options): Promise<number> {
  const server = await openServer(app, database, options)
  const api = { stop: () => server.close() }
  try {
    const worker = await openWorker(app, database, options)
    return await runUntilAsked(app, options.prazo, [worker, api])
  } finally {
    await server.close()
  }
}
