import type { Command } from 'commander'
import type { App } from './app.ts'
import { createParsers } from './arguments.ts'
import { command } from './command.ts'
import { type Acted, reportActed } from './findings.ts'
import { withDatabase } from './with-database.ts'

export function register(program: Command, app: App): void {
  const { text } = app
  command(program, app, 'desfazer')
    .argument('<operacao>', text.option.operation, createParsers(text).id)
    .requiredOption('--motivo <motivo>', text.option.reason)
    .option('--json', text.option.json)
    .action((operation: string, options: { motivo: string; json?: boolean }) =>
      withDatabase(app, { role: 'conferente_revisor' }, async ({ sql }) => {
        const rows = await sql<Acted[]>`select * from audit.desfazer(${operation}::bigint, ${options.motivo})`
        return reportActed(app, rows, options.json === true, { undo: false })
      }),
    )
}
