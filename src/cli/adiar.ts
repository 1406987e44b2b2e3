import type { Command } from 'commander'
import type { App } from './app.ts'
import { createParsers } from './arguments.ts'
import { type Acted, reportActed } from './findings.ts'
import { withDatabase } from './with-database.ts'

export function register(program: Command, app: App): void {
  const { text } = app
  const parse = createParsers(text)
  program
    .command('adiar')
    .description(text.command.adiar)
    .argument('<id...>', text.option.ids, parse.ids)
    .option('--ate <dia>', text.option.postponeUntil, parse.day)
    .requiredOption('--motivo <motivo>', text.option.reason)
    .option('--json', text.option.json)
    .addHelpText('after', text.example.adiar)
    .action((ids: string[], { ate, motivo, json }: { ate?: string; motivo: string; json?: boolean }) =>
      withDatabase(app, { role: 'conferente_revisor' }, async ({ sql }) => {
        const rows = await sql<
          Acted[]
        >`select * from audit.adiar(${ids}::bigint[], ${ate ?? null}::text::date, ${motivo})`
        return reportActed(app, rows, json === true)
      }),
    )
}
