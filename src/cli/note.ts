import type { Command } from 'commander'
import type { Fragment, Sql } from '../db/connection.ts'
import type { App } from './app.ts'
import { createParsers } from './arguments.ts'
import { command } from './command.ts'
import { type Acted, reportActed } from './findings.ts'
import { withDatabase } from './with-database.ts'

/**
 * A command `NAME ID… …` that leaves the findings as they are.
 * @param says adds options of its own
 * @param call the function of the database, called with the ids and what the options say
 */
export function registerNote<Said>(
  program: Command,
  app: App,
  name: 'adiar' | 'encaminhar' | 'comentar',
  says: (command: Command) => Command,
  call: (sql: Sql, ids: readonly string[], said: Said) => Fragment,
): void {
  const { text } = app
  const noted = command(program, app, name).argument('<id...>', text.option.ids, createParsers(text).ids)
  says(noted)
    .option('--json', text.option.json)
    .action((ids: string[], said: Said & { readonly json?: boolean }) =>
      withDatabase(app, { role: 'conferente_revisor' }, async ({ sql }) => {
        const rows = await sql<Acted[]>`select * from ${call(sql, ids, said)}`
        return reportActed(app, rows, said.json === true)
      }),
    )
}
