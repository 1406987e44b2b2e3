import type { Command } from 'commander'
import type { App } from './app.ts'
import { print, printJson, printTable } from './output.ts'
import { withDatabase } from './with-database.ts'

/** A row of audit.padroes_trade_marketing, by the columns that are read by name. */
interface Pattern {
  readonly id: bigint
  readonly campo: string
  readonly tipo: string
  readonly acao: string
  readonly ativo: boolean
  readonly padrao: string
  readonly criado_por: string
  readonly motivo: string | null
}

export function register(program: Command, app: App): void {
  const { text } = app
  const { column } = text
  program
    .command('padroes')
    .description(text.command.padroes)
    .option('--json', text.option.json)
    .addHelpText('after', text.example.padroes)
    .action((options: { json?: boolean }) =>
      withDatabase(app, { role: 'conferente_leitor' }, async ({ sql }) => {
        const rows = await sql<
          Pattern[]
        >`select * from audit.padroes_trade_marketing order by ativo desc, acao desc, campo, id`
        if (options.json) printJson(rows)
        else if (rows.length === 0) print(text.notice.noPatterns)
        else
          printTable(rows, [
            { title: column.id, of: (r) => r.id, right: true },
            { title: column.field, of: (r) => r.campo },
            { title: column.kind, of: (r) => r.tipo },
            { title: column.action, of: (r) => r.acao },
            { title: column.active, of: (r) => text.yesNo(r.ativo) },
            { title: column.pattern, of: (r) => r.padrao },
            { title: column.who, of: (r) => r.criado_por },
            { title: column.reason, of: (r) => r.motivo },
          ])
        return 0
      }),
    )
}
