import type { Command } from 'commander'
import type { Sql } from '../db/connection.ts'
import type { App } from './app.ts'
import { command } from './command.ts'
import { UsageError } from './errors.ts'
import { plain } from './format.ts'
import { print, printJson, printTable } from './output.ts'
import { withDatabase } from './with-database.ts'

/** A row of audit.configuracoes_sistema, by the columns that are read by name. */
interface Setting {
  readonly chave: string
  readonly valor: unknown
  readonly tipo: string
  readonly padrao: unknown
  readonly minimo: string | null
  readonly maximo: string | null
  readonly unidade: string | null
  readonly descricao: string
  readonly alterada_em: Date
  readonly alterada_por: string
}

interface Options {
  readonly motivo?: string
  readonly conferido?: boolean
  readonly json?: boolean
}

export function register(program: Command, app: App): void {
  const { text } = app
  command(program, app, 'configurar')
    .argument('[chave]', text.option.key)
    .argument('[valor]', text.option.newValue)
    .option('--motivo <motivo>', text.option.reasonToSet)
    .option('--conferido', text.option.categorySeen)
    .option('--json', text.option.json)
    .action(async (key: string | undefined, value: string | undefined, options: Options) => {
      if (value !== undefined && options.motivo === undefined)
        throw new UsageError(text.usage.missingOption('--motivo <motivo>'))
      const role = value === undefined ? 'conferente_leitor' : 'conferente_administrador'
      await withDatabase(app, { role }, async ({ sql }) => {
        const before = await settings(sql, key)
        if (key !== undefined && value === undefined && before.length === 0) {
          throw new UsageError(text.usage.unknownSetting(key))
        }
        if (key !== undefined && value !== undefined) {
          const given = sql.json(typed(value, before[0]?.tipo) as never)
          await sql`select from audit.alterar_configuracao(${key}, ${given}, ${options.motivo ?? null}, ${options.conferido ?? false})`
        }
        const rows = await settings(sql, key)
        if (options.json) printJson(key === undefined ? rows : rows[0])
        else if (key === undefined) printSettings(app, rows)
        else printSetting(app, rows[0] as Setting, value === undefined ? undefined : before[0])
        return 0
      })
    })
}

function settings(sql: Sql, key: string | undefined) {
  return sql<
    Setting[]
  >`select * from audit.configuracoes_sistema where ${key ?? null}::text is null or chave = ${key ?? null} order by chave`
}

/** The argument as JSON if the setting is a number, a truth value or a list; as it is if the setting is text. */
function typed(value: string, kind: unknown): unknown {
  if (['texto', 'intervalo', 'hora', 'cron', 'fuso'].includes(String(kind))) return value
  try {
    return JSON.parse(value)
  } catch {
    return value
  }
}

function printSettings({ text }: App, rows: readonly Setting[]): void {
  const { column } = text
  printTable(rows, [
    { title: column.key, of: (r) => r.chave },
    { title: column.value, of: (r) => JSON.stringify(r.valor) },
    { title: column.unit, of: (r) => r.unidade },
    { title: column.description, of: (r) => r.descricao },
  ])
}

function printSetting({ text, format }: App, row: Setting, before: Setting | undefined): void {
  const { column } = text
  const old = before === undefined ? '' : `${JSON.stringify(before.valor)} → `
  print(`${row.chave} = ${plain(old + JSON.stringify(row.valor))} ${row.unidade ?? ''}`.trimEnd())
  print(`  ${plain(row.descricao)}`)
  print(`  ${column.kind}: ${row.tipo}; ${column.standard}: ${JSON.stringify(row.padrao)}`)
  if (row.minimo != null || row.maximo != null) {
    const range =
      row.tipo === 'intervalo'
        ? column.rangeInSeconds
        : ['textos', 'enderecos', 'motivos'].includes(String(row.tipo))
          ? column.rangeOfItems
          : column.range
    print(`  ${range}: ${format.number(row.minimo)} – ${format.number(row.maximo)}`)
  }
  print(`  ${text.notice.changedBy(format.time(row.alterada_em), plain(row.alterada_por))}`)
}
