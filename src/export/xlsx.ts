import type { Catalogue } from '../i18n/index.ts'
import type { Language } from '../settings/settings.ts'
import { COLUMNS, type ExportColumn } from './columns.ts'
import { type FindingsFilter, statementOf } from './filter.ts'
import type { CellKind, SheetColumn } from './parts.ts'
import type { Cells, RowFormat } from './read.ts'
import { asText } from './sql.ts'
import { MOST_ROWS, workbook } from './workbook.ts'

export const XLSX_MIME = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'

/** The cells as PostgreSQL writes them, put into a workbook. */
export function xlsx(
  filter: FindingsFilter,
  text: Catalogue,
  language: Language,
  mostRows = MOST_ROWS,
): RowFormat {
  const mark = language === 'pt-BR' ? ',' : '.'
  const columns = COLUMNS.map(
    ({ name, kind, width }): SheetColumn => ({
      title: text.exportar.heading[name],
      width,
      kind: CELL[kind],
    }),
  )
  return {
    statement: statementOf(filter, COLUMNS.map((column) => cell(column, mark)).join(', ')),
    shape: (batches) =>
      workbook(batches[Symbol.asyncIterator]() as AsyncIterator<Cells[]>, {
        name: text.exportar.sheet,
        timeFormat: text.exportar.timeFormat,
        cut: text.exportar.cut,
        columns,
        mostRows,
      }),
  }
}

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
      // Days since the zeroth of 1900, as spreadsheets count them.
      return `round(extract(epoch from date_trunc('second', ${name}::timestamp))::numeric / 86400 + 25569, 10)::text`
    case 'values':
      return `(select case when count(*) = 1 and min(jsonb_typeof(value)) = 'number' then '#' || min(value #>> '{}')
        else '"' || ${asText(json, mark)} end from jsonb_each(${json}))`
    default:
      return `${name}::text`
  }
}
