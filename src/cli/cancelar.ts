import type { Command } from 'commander'
import type { App } from './app.ts'
import { createParsers } from './arguments.ts'
import { command } from './command.ts'
import { print, printJson } from './output.ts'
import { withDatabase } from './with-database.ts'

interface Options {
  readonly motivo: string
  readonly json?: boolean
}

export function register(program: Command, app: App): void {
  const { text } = app
  command(program, app, 'cancelar')
    .argument('<id>', text.option.session, createParsers(text).id)
    .requiredOption('--motivo <motivo>', text.option.reason)
    .option('--json', text.option.json)
    .action((id: string, options: Options) =>
      withDatabase(app, { role: 'conferente_operador' }, async ({ sql }) => {
        const [session] = await sql`select * from audit.cancelar_sessao(${id}::bigint, ${options.motivo})`
        if (options.json) printJson(session)
        else print(text.notice.sessionCancelled(id))
        return 0
      }),
    )
}
