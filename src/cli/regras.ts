import type { Command } from 'commander'
import { type App, withDatabase } from './app.ts'
import { print, printJson, printTable } from './output.ts'

export function register(program: Command, app: App): void {
  const { text, format } = app
  const { column } = text
  program
    .command('regras')
    .description(text.command.regras)
    .option('--json', text.option.json)
    .addHelpText('after', text.example.regras)
    .action((options: { json?: boolean }) =>
      withDatabase(app, { role: 'conferente_leitor' }, async ({ sql }) => {
        const rows = await sql`select * from audit.regras order by prioridade, nome`
        if (options.json) printJson(rows)
        else {
          printTable(rows, [
            { title: column.rule, of: (r) => r['nome'] },
            { title: column.active, of: (r) => text.yesNo(r['ativa']) },
            { title: column.automatic, of: (r) => text.yesNo(r['automatica']) },
            { title: column.base, of: (r) => format.percent(r['confianca_base']), right: true },
            { title: column.threshold, of: (r) => format.percent(r['limiar']), right: true },
            { title: column.approved, of: (r) => format.number(r['aprovadas']), right: true },
            { title: column.rejected, of: (r) => format.number(r['rejeitadas']), right: true },
            { title: column.bound, of: (r) => format.percent(r['limite_inferior']), right: true },
            { title: column.table, of: (r) => r['tabela'] },
            { title: column.description, of: (r) => r['descricao'] },
          ])
          for (const { nome, automatica_perdida: why } of rows) if (why) print(`${nome} ${why}`)
        }
        return 0
      }),
    )
}
