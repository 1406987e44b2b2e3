import type { Command } from 'commander'
import { type App, withDatabase } from './app.ts'
import { createParsers } from './arguments.ts'
import { findingColumns, reportActed } from './findings.ts'

interface Options {
  readonly motivo: string
  readonly json?: boolean
}

/** A command `NAME ID… --motivo M` that hands its ids to one function of the database. */
export function registerDecision(
  program: Command,
  app: App,
  name: 'aprovar' | 'rejeitar' | 'reabrir',
  functionName: string,
): void {
  const { text } = app
  const parse = createParsers(text)
  program
    .command(name)
    .description(text.command[name])
    .argument('<id...>', text.option.ids, parse.ids)
    .requiredOption('--motivo <motivo>', text.option.reason)
    .option('--json', text.option.json)
    .addHelpText('after', text.example[name])
    .action((ids: string[], options: Options) =>
      withDatabase(app, { role: 'conferente_revisor' }, async ({ sql }) => {
        const rows = await sql`
          select ${findingColumns(sql)}
          from ${sql.unsafe(functionName)}(${ids}::bigint[], ${options.motivo})`
        return reportActed(app, rows, options.json === true)
      }),
    )
}
