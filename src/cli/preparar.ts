import type { Command } from 'commander'
import type { App } from './app.ts'
import { command } from './command.ts'
import { plain } from './format.ts'
import { print, printJson, tell } from './output.ts'
import { withDatabase } from './with-database.ts'

/** A row of audit.mapear_colunas, by the columns that are read by name. */
interface Column {
  readonly coluna: string
  readonly origem: string | null
  readonly expressao: string
  readonly nota: string | null
  readonly falta: boolean
}

interface Options {
  readonly visao: string
  readonly json?: boolean
}

/** Proposes the view over a warehouse's own table, as SQL on stdout; runs nothing. */
export function register(program: Command, app: App): void {
  const { text } = app
  command(program, app, 'preparar')
    .argument('<tabela>', text.option.factTable)
    .option('--visao <nome>', text.option.view, 'dw.lancamentos')
    .option('--json', text.option.json)
    .action((table: string, { visao, json }: Options) =>
      withDatabase(app, { role: 'conferente_leitor' }, async ({ sql }) => {
        const columns = await sql<Column[]>`
          select coluna, origem, expressao, nota, falta from audit.mapear_colunas(${table}) order by ordem`
        if (json) printJson(columns)
        else {
          const [proposed] = await sql<
            { texto: string }[]
          >`select audit.propor_visao(${table}, ${visao}) as texto`
          print(proposed?.texto ?? '')
        }
        const found = columns.filter(({ origem }) => origem !== null).length
        tell(text.result.mapped(String(found), String(columns.length)))
        for (const { coluna, nota } of columns) if (nota !== null) tell(`  ${coluna}: ${plain(nota)}`)
        const missing = columns.filter(({ falta }) => falta).map(({ coluna }) => coluna)
        if (missing.length === 0) return 0
        tell(text.result.mapMisses(missing.join(', ')))
        return 1
      }),
    )
}
