import type { Command } from 'commander'
import type { App, Database } from './app.ts'
import { createParsers } from './arguments.ts'
import { command } from './command.ts'
import { print, printJson, printList } from './output.ts'
import { withDatabase } from './with-database.ts'

/** A row of audit.periodos_fechados(). */
interface Closed {
  readonly mes: string
  readonly filial: string | null
  readonly origem: string
  readonly fechado_por: string | null
  readonly fechado_em: Date | null
  readonly motivo: string | null
}

interface Options {
  readonly filial?: string
  readonly ate?: string
  readonly motivo: string
  readonly json?: boolean
}

/** Months whose books are closed: lists them, closes and opens them. */
export function register(program: Command, app: App): void {
  const { text } = app
  const { month } = createParsers(text)
  const periods = command(program, app, 'periodo')
  periods
    .command('listar')
    .description(text.command.periodoListar)
    .option('--json', text.option.json)
    .action((options: { json?: boolean }) =>
      withDatabase(app, { role: 'conferente_leitor' }, (database) => list(app, database, options)),
    )
  periods
    .command('fechar')
    .description(text.command.periodoFechar)
    .argument('<mes>', text.option.month, month)
    .option('--ate <mes>', text.option.monthUntil, month)
    .option('--filial <filial>', text.option.branch)
    .requiredOption('--motivo <motivo>', text.option.reason)
    .option('--json', text.option.json)
    .action((mes: string, { ate, filial, motivo, json }: Options) =>
      withDatabase(app, { role: 'conferente_administrador' }, async ({ sql }) => {
        const rows = await sql<Closed[]>`
          select to_char(mes, 'YYYY-MM') as mes, filial, 'conferente' as origem, fechado_por, fechado_em, motivo
          from audit.fechar_periodo(${mes}::text::date, ${motivo}, ${filial ?? null}, ${ate ?? null}::text::date)`
        if (json) printJson(rows)
        else print(text.result.periodClosed(rows.map((row) => row.mes).join(', '), filial))
        return 0
      }),
    )
  periods
    .command('reabrir')
    .description(text.command.periodoReabrir)
    .argument('<mes>', text.option.month, month)
    .option('--filial <filial>', text.option.branch)
    .requiredOption('--motivo <motivo>', text.option.reason)
    .option('--json', text.option.json)
    .action((mes: string, { filial, motivo, json }: Options) =>
      withDatabase(app, { role: 'conferente_administrador' }, async ({ sql }) => {
        const rows =
          await sql`select * from audit.reabrir_periodo(${mes}::text::date, ${motivo}, ${filial ?? null})`
        if (json) printJson(rows)
        else print(text.result.periodOpened(mes.slice(0, 7), filial))
        return 0
      }),
    )
}

async function list({ text, format }: App, { sql }: Database, { json }: { json?: boolean }): Promise<number> {
  const rows = await sql<Closed[]>`
    select to_char(mes, 'YYYY-MM') as mes, filial, origem, fechado_por, fechado_em, motivo from audit.periodos_fechados()`
  const { column } = text
  printList(rows, { json, nothing: text.notice.noPeriods }, [
    { title: column.month, of: (r) => r.mes },
    { title: column.branch, of: (r) => r.filial ?? text.notice.wholeCompany },
    { title: column.origin, of: (r) => r.origem },
    { title: column.who, of: (r) => r.fechado_por },
    { title: column.when, of: (r) => format.time(r.fechado_em) },
    { title: column.reason, of: (r) => r.motivo },
  ])
  return 0
}
