import type { Command } from 'commander'
import type { Catalogue } from '../i18n/index.ts'
import type { App } from './app.ts'
import { createParsers } from './arguments.ts'
import { command } from './command.ts'
import { UsageError } from './errors.ts'
import { print, printJson, printTable } from './output.ts'
import { withDatabase } from './with-database.ts'

/** A row of audit.regras, by the columns that are read by name. */
interface Rule {
  readonly nome: string
  readonly descricao: string
  readonly tabela: string
  readonly ativa: boolean
  readonly automatica: boolean
  readonly automatica_perdida: string | null
  readonly confianca_base: string
  readonly limiar: string
  readonly aprovadas: bigint
  readonly rejeitadas: bigint
  readonly prova: keyof Catalogue['proof']
}

interface Options {
  readonly auto?: string
  readonly correcoes?: number
  readonly valor?: number
  readonly motivo?: string
  readonly json?: boolean
}

export function register(program: Command, app: App): void {
  const { text, format } = app
  const { column } = text
  const { integer } = createParsers(text)
  command(program, app, 'regras')
    .option('--auto <regra>', text.option.auto)
    .option('--correcoes <n>', text.option.grantedCorrections, integer(1, 1_000_000_000))
    .option('--valor <reais>', text.option.grantedValue, integer(1, 999_999_999_999))
    .option('--motivo <motivo>', text.option.reasonToSet)
    .option('--json', text.option.json)
    .action((options: Options) => {
      const { auto, motivo, correcoes, valor } = options
      if ((auto === undefined) !== (motivo === undefined)) throw new UsageError(text.usage.autoBoth)
      if ((correcoes === undefined) !== (valor === undefined) || (valor !== undefined && auto === undefined))
        throw new UsageError(text.usage.grantBoth)
      const role = auto === undefined ? 'conferente_leitor' : 'conferente_administrador'
      return withDatabase(app, { role }, async ({ sql }) => {
        if (auto !== undefined && motivo !== undefined) {
          const granted =
            valor === undefined ? {} : { concessao_correcoes: correcoes, concessao_valor: valor }
          const changes = JSON.stringify({ automatica: true, ...granted })
          const rows =
            await sql`select * from audit.alterar_regra(${auto}, ${changes}::text::jsonb, ${motivo})`
          if (options.json) printJson(rows)
          else if (correcoes === undefined) print(text.result.autoGiven(auto))
          else print(text.result.granted(auto, format.number(correcoes), format.money(valor)))
          return 0
        }
        const rows = await sql<Rule[]>`select * from audit.regras order by prioridade, nome`
        if (options.json) printJson(rows)
        else {
          printTable(rows, [
            { title: column.rule, of: (r) => r.nome },
            { title: column.active, of: (r) => text.yesNo(r.ativa) },
            { title: column.automatic, of: (r) => text.yesNo(r.automatica) },
            { title: column.base, of: (r) => format.percent(r.confianca_base), right: true },
            { title: column.threshold, of: (r) => format.percent(r.limiar), right: true },
            { title: column.approved, of: (r) => format.number(r.aprovadas), right: true },
            { title: column.rejected, of: (r) => format.number(r.rejeitadas), right: true },
            { title: column.proof, of: (r) => text.proof[r.prova] },
            { title: column.table, of: (r) => r.tabela },
            { title: column.description, of: (r) => r.descricao },
          ])
          for (const { nome, automatica_perdida: why } of rows) if (why) print(`${nome} ${why}`)
        }
        return 0
      })
    })
}
