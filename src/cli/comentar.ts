import type { Command } from 'commander'
import type { App } from './app.ts'
import { createParsers } from './arguments.ts'
import { type Acted, reportActed } from './findings.ts'
import { withDatabase } from './with-database.ts'

export function register(program: Command, app: App): void {
  const { text } = app
  const parse = createParsers(text)
  program
    .command('comentar')
    .description(text.command.comentar)
    .argument('<id...>', text.option.ids, parse.ids)
    .requiredOption('--comentario <texto>', text.option.comment)
    .option('--json', text.option.json)
    .addHelpText('after', text.example.comentar)
    .action((ids: string[], { comentario, json }: { comentario: string; json?: boolean }) =>
      withDatabase(app, { role: 'conferente_revisor' }, async ({ sql }) => {
        const rows = await sql<Acted[]>`select * from audit.comentar(${ids}::bigint[], ${comentario})`
        return reportActed(app, rows, json === true)
      }),
    )
}
