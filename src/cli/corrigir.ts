import type { Command } from 'commander'
import type { App } from './app.ts'
import { createParsers } from './arguments.ts'
import { command } from './command.ts'
import { type Acted, reportActed } from './findings.ts'
import { withDatabase } from './with-database.ts'

interface Options {
  readonly valor: Record<string, string>
  readonly motivo: string
  readonly json?: boolean
}

export function register(program: Command, app: App): void {
  const { text } = app
  const parse = createParsers(text)
  command(program, app, 'corrigir')
    .argument('<id>', text.option.id, parse.id)
    .requiredOption('--valor <coluna=valor>', text.option.value, parse.assignment)
    .requiredOption('--motivo <motivo>', text.option.reason)
    .option('--json', text.option.json)
    .action((id: string, options: Options) =>
      withDatabase(app, { role: 'conferente_revisor' }, async ({ sql }) => {
        const rows = await sql<Acted[]>`
          select * from audit.corrigir_manualmente(${id}::bigint, ${sql.json(options.valor)}, ${options.motivo})`
        return reportActed(app, rows, options.json === true)
      }),
    )
}
