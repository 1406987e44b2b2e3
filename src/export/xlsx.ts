import type { Readable } from 'node:stream'
import type { Catalogue } from '../i18n/pt-BR.ts'
import type { Language } from '../settings.ts'
import { COLUMNS, type ExportColumn } from './columns.ts'
import type { RowFormat } from './copy.ts'
import { callOf, type FindingsFilter } from './filter.ts'
import { asText } from './sql.ts'
import { type CellKind, MOST_ROWS, type SheetColumn, workbook } from './workbook.ts'

export const XLSX_MIME = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'

/** The cells as PostgreSQL copies them out, put into a workbook. */
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
    async statement(sql) {
      const list = COLUMNS.map((column) => cell(column, mark))
      return `copy (select ${list.join(', ')} from ${await callOf(sql, filter)} order by id)
        to stdout (format text, encoding 'UTF8')`
    },
    shape: (rows) =>
      workbook(cells(rows), {
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

function cell({ name, kind, json = name }: ExportColumn, mark: string): string {
  switch (kind) {
    case 'time':
      // Days since the zeroth of 1900, as spreadsheets count them.
      return `round(extract(epoch from date_trunc('second', ${name}::timestamp))::numeric / 86400 + 25569, 10)`
    case 'values':
      return `(select case when count(*) = 1 and min(jsonb_typeof(value)) = 'number' then '#' || min(value #>> '{}')
        else '"' || ${asText(json, mark)} end from jsonb_each(${json}))`
    default:
      return name
  }
}

const ESCAPED: Record<string, string> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', '\\': '\\' }

/** The text format of COPY: tabs between cells, one line each, \N for null, a backslash before what would be neither. */
async function* cells(rows: Readable): AsyncGenerator<(string | null)[][]> {
  for await (const batch of rows) {
    const lines = (batch as Buffer).toString('utf8').split('\n')
    lines.pop() // after the last line feed
    yield lines.map((line) => line.split('\t').map(value))
  }
}

function value(cell: string): string | null {
  if (!cell.includes('\\')) return cell
  return cell === '\\N' ? null : cell.replace(/\\(.)/g, (_, letter: string) => ESCAPED[letter] ?? letter)
}
