import type { Catalogue } from '../i18n/index.ts'
import type { Language } from '../settings/settings.ts'
import { COLUMNS, DECISIONS, type ExportColumn, TO_FILL } from './columns.ts'
import { type FindingsFilter, statementOf } from './filter.ts'
import type { CellKind, SheetColumn } from './parts.ts'
import type { Cells, RowFormat } from './read.ts'
import { asText } from './sql.ts'
import { MOST_ROWS, workbook } from './workbook.ts'

interface SheetOptions {
  /** With columns for decisions. */
  readonly decides?: boolean
  readonly mostRows?: number
}

/** The cells as PostgreSQL writes them, put into a workbook. */
export function xlsx(
  filter: FindingsFilter,
  text: Catalogue,
  language: Language,
  { decides = false, mostRows = MOST_ROWS }: SheetOptions = {},
): RowFormat {
  const { exportar } = text
  const mark = language === 'pt-BR' ? ',' : '.'
  const columns = (decides ? TO_DECIDE : COLUMNS).map(
    ({ name, kind, width }): SheetColumn => ({ title: exportar.heading[name], width, kind: CELL[kind] }),
  )
  const cells = COLUMNS.map((column) => cell(column, mark))
  return {
    statement: statementOf(
      filter,
      (decides ? [...TO_FILL.map(() => 'null'), ...cells, CONTROL_CELL] : cells).join(', '),
    ),
    shape: (batches) =>
      workbook(batches[Symbol.asyncIterator]() as AsyncIterator<Cells[]>, {
        name: exportar.sheet,
        timeFormat: exportar.timeFormat,
        cut: exportar.cut,
        columns,
        mostRows,
        ...(decides && {
          fixed: TO_FILL.length + 1,
          choice: { column: 'A', values: DECISIONS, ...exportar.choice },
        }),
      }),
  }
}

const TO_DECIDE: readonly ExportColumn[] = [
  { name: 'decisao', kind: 'word', width: 12 },
  { name: 'motivo_decisao', kind: 'text', width: 30 },
  ...COLUMNS,
  { name: 'controle', kind: 'word', width: 34 },
]
const CONTROL_CELL = 'audit.controle_planilha(d, (select audit.fuso()))'

const CELL: Record<ExportColumn['kind'], CellKind> = {
  integer: 'integer',
  fraction: 'percent',
  amount: 'amount',
  time: 'time',
  word: 'text',
  text: 'text',
  values: 'either',
}

function cell({ name, kind, json = name }: ExportColumn, mark: ',' | '.'): string {
  switch (kind) {
    case 'time':
      // Days since the zeroth of January 1900, as spreadsheets count them.
      return `round(extract(epoch from date_trunc('second', ${name}::timestamp))::numeric / 86400 + 25569, 10)::text`
    case 'values':
      return `(select case when count(*) = 1 and min(jsonb_typeof(value)) = 'number' then '#' || min(value #>> '{}')
        else '"' || ${asText(json, mark)} end from jsonb_each(${json}))`
    default:
      return `${name}::text`
  }
}
