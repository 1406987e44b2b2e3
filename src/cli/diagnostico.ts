import type { Command } from 'commander'
import type { Sql } from '../db/connection.ts'
import type { App, Database } from './app.ts'
import { command } from './command.ts'
import { plain } from './format.ts'
import { print, printJson, tell } from './output.ts'
import { withDatabase } from './with-database.ts'

const MARKS: Record<string, string> = { ok: '✔', aviso: '!', erro: '✖' }

/** A row of audit.diagnosticar_contrato. */
interface Line {
  readonly item: string
  readonly situacao: string
  readonly detalhe: string
  readonly sugestao: string | null
}

interface Options {
  readonly tabela: string
  readonly json?: boolean
}

export function register(program: Command, app: App): void {
  const { text } = app
  command(program, app, 'diagnostico')
    .option('--tabela <tabela>', text.option.contractTable, 'dw.lancamentos')
    .option('--json', text.option.json)
    .action(async (options: Options) => {
      try {
        await withDatabase(app, { role: 'conferente_leitor' }, async ({ sql, ...database }) =>
          tellRows(app, options, [
            await between(app, database),
            ...(await sql<Line[]>`select * from audit.diagnosticar_contrato(${options.tabela})`),
            ...(await trial(app, sql, options.tabela)),
          ]),
        )
      } catch (error) {
        if (!isWithoutSchema(error)) throw error
        await withDatabase(app, { migrated: false }, async ({ sql }) => {
          const { inTheWay } = await import('../db/migrate.ts')
          const obstacles = await inTheWay(sql)
          if (obstacles.length === 0) throw error
          return tellRows(
            app,
            options,
            obstacles.map((obstacle) => ({ ...obstacle, situacao: 'erro' })),
          )
        })
      }
    })
}

function tellRows({ text, format }: App, { json }: Options, rows: readonly Line[]): number {
  const count = (situation: string) => rows.filter((r) => r.situacao === situation).length
  if (json) printJson(rows)
  else
    for (const row of rows) {
      print(`${MARKS[row.situacao] ?? row.situacao} ${plain(row.item)}: ${plain(row.detalhe)}`)
      if (row.sugestao) print(`    ${plain(row.sugestao)}`)
    }
  tell(text.result.diagnosis(format.number(count('erro')), format.number(count('aviso'))))
  return count('erro') > 0 ? 1 : 0
}

/** What stands between us and PostgreSQL, and what works through it. */
async function between({ text }: App, { url, pooled }: Pick<Database, 'url' | 'pooled'>): Promise<Line> {
  const { poolingOf, PoolingUnknown } = await import('../db/pooling.ts')
  const item = text.pooler.item
  const pooling = pooled
    ? await poolingOf(url).catch((error) => {
        if (error instanceof PoolingUnknown) return undefined
        throw error
      })
    : 'direct'
  if (pooling === undefined) return { item, situacao: 'erro', detalhe: text.pooler.unknown, sugestao: null }
  const whole = pooling === 'direct' || pooling === 'session'
  return {
    item,
    situacao: whole ? 'ok' : 'aviso',
    detalhe: text.pooler[pooling],
    sugestao: whole ? null : text.pooler.advice,
  }
}

/** The database has not been migrated. Perhaps it cannot be, and then that is what to report. */
const isWithoutSchema = (error: unknown) =>
  ['3F000', '42P01', '42883'].includes((error as { code?: string }).code ?? '')

/** What the warehouse does with a write; for a login that may not write through the engine, a line that says it was not tried. */
async function trial({ text }: App, sql: Sql, table: string): Promise<readonly Line[]> {
  const [able] = await sql<
    { able: boolean }[]
  >`select has_function_privilege('audit.experimentar_escrita(text)', 'execute') as able`
  if (able?.able) return sql<Line[]>`select * from audit.experimentar_escrita(${table})`
  const detalhe = text.result.notTried('conferente_operador')
  return [{ item: `experimentar ${table}`, situacao: 'aviso', detalhe, sugestao: null }]
}
