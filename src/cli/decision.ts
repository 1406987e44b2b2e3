import type { Command } from 'commander'
import type { App } from './app.ts'
import { createParsers } from './arguments.ts'
import { reportActed } from './findings.ts'
import { withDatabase } from './with-database.ts'

interface Options {
  readonly motivo: string
  readonly visto?: string[]
  readonly json?: boolean
}

/** A command `NAME ID… --motivo M` that hands its ids to one function of the database. */
export function registerDecision(
  program: Command,
  app: App,
  name: 'aprovar' | 'rejeitar' | 'confirmar',
  functionName: string,
): void {
  const { text } = app
  const parse = createParsers(text)
  const command = program
    .command(name)
    .description(text.command[name])
    .argument('<id...>', text.option.ids, parse.ids)
    .requiredOption('--motivo <motivo>', text.option.reason)
  if (name === 'aprovar') command.option('--visto <visto...>', text.option.seen, parse.texts)
  command
    .option('--json', text.option.json)
    .addHelpText('after', text.example[name])
    .action((ids: string[], { motivo, visto, json }: Options) =>
      withDatabase(app, { role: 'conferente_revisor' }, async ({ sql }) => {
        const seen = visto === undefined ? sql`` : sql`, ${visto}::text[]`
        const rows = await sql`select * from ${sql.unsafe(functionName)}(${ids}::bigint[], ${motivo}${seen})`
        return reportActed(app, rows, json === true)
      }),
    )
}
