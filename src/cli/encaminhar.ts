import type { Command } from 'commander'
import type { App } from './app.ts'
import { createParsers } from './arguments.ts'
import { type Acted, reportActed } from './findings.ts'
import { withDatabase } from './with-database.ts'

export function register(program: Command, app: App): void {
  const { text } = app
  const parse = createParsers(text)
  program
    .command('encaminhar')
    .description(text.command.encaminhar)
    .argument('<id...>', text.option.ids, parse.ids)
    .requiredOption('--para <quem>', text.option.forwardTo)
    .requiredOption('--motivo <motivo>', text.option.reason)
    .option('--json', text.option.json)
    .addHelpText('after', text.example.encaminhar)
    .action((ids: string[], { para, motivo, json }: { para: string; motivo: string; json?: boolean }) =>
      withDatabase(app, { role: 'conferente_revisor' }, async ({ sql }) => {
        const rows = await sql<Acted[]>`select * from audit.encaminhar(${ids}::bigint[], ${para}, ${motivo})`
        return reportActed(app, rows, json === true)
      }),
    )
}
