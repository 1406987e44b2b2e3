import type { Command } from 'commander'
import type { App } from './app.ts'
import { command } from './command.ts'
import { change } from './findings.ts'
import { plain } from './format.ts'
import { print, printJson } from './output.ts'
import { withDatabase } from './with-database.ts'

/** A row of audit.historico_registro. */
export interface Happened {
  readonly quando: Date
  readonly evento: string
  readonly ator: string
  readonly regra: string | null
  readonly divergencia_id: bigint | null
  readonly operacao_id: bigint | null
  readonly sessao_id: bigint | null
  readonly antes: object | null
  readonly depois: object | null
  readonly motivo: string | null
}

export function register(program: Command, app: App): void {
  const { text } = app
  command(program, app, 'historico')
    .argument('<tabela>', text.option.table)
    .argument('<id>', text.option.recordId)
    .option('--json', text.option.json)
    .action((table: string, id: string, options: { json?: boolean }) =>
      withDatabase(app, { role: 'conferente_leitor' }, async ({ sql }) => {
        const rows = await sql<Happened[]>`select * from audit.historico_registro(${table}, ${id})`
        if (options.json) printJson(rows)
        else if (rows.length === 0) print(text.notice.noHistory(plain(table), plain(id)))
        else printHistory(app, rows)
        return 0
      }),
    )
}

export function printHistory({ text, format }: App, rows: readonly Happened[]): void {
  for (const row of rows) {
    const references = [
      row.regra,
      row.divergencia_id != null && `${text.column.finding} ${row.divergencia_id}`,
      `${text.column.operation} ${row.operacao_id}`,
      row.sessao_id != null && `${text.column.session} ${row.sessao_id}`,
    ].filter(Boolean)
    print(`${format.time(row.quando)}  ${row.evento}  ${plain(row.ator)}  (${references.join(', ')})`)
    const changed = change(format.values, row.antes, row.depois)
    if (changed !== '—') print(`  ${changed}`)
    if (row.motivo) print(`  ${plain(row.motivo)}`)
  }
}
