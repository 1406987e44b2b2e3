import { Readable } from 'node:stream'
import { stringify } from 'csv-stringify/sync'
import type { Catalogue } from '../i18n/index.ts'
import { COLUMNS, type ExportColumn, type Kind } from './columns.ts'
import { type FindingsFilter, statementOf } from './filter.ts'
import type { Cells, RowFormat } from './read.ts'
import { asText, harmless, harmlessValues } from './sql.ts'

export const DIALECTS = ['pt-BR', 'rfc4180'] as const
/** pt-BR opens directly in a Brazilian Excel; rfc4180 is for programs. Both end lines with CR LF, as RFC 4180 says. */
export type Dialect = (typeof DIALECTS)[number]

const LINE_END = '\r\n'

export function csv(filter: FindingsFilter, dialect: Dialect, text: Catalogue): RowFormat {
  return dialect === 'pt-BR' ? brazilian(filter, text) : plain(filter)
}

/**
 * PostgreSQL writes the lines: the text of a row is RFC 4180, except for the parentheses around it and its doubled backslashes. One
 * value for each row keeps this near the speed of COPY.
 */
function plain(filter: FindingsFilter): RowFormat {
  const heading = COLUMNS.map(({ name }) => name).join(',') + LINE_END
  return {
    statement: statementOf(filter, `row(${PLAIN_COLUMNS.join(', ')})::text`),
    shape: (batches) => text(heading, batches, (rows) => rows.map(plainLine).join('')),
  }
}

function plainLine([row]: Cells): string {
  const line = (row as string).slice(1, -1)
  return (line.includes('\\') ? line.replaceAll('\\\\', '\\') : line) + LINE_END
}

/** How the plain dialect writes each column. */
export const PLAIN_COLUMNS = COLUMNS.map(({ name, kind, json = name }) => {
  switch (kind) {
    case 'time':
      return `to_char(${name}, 'YYYY-MM-DD"T"HH24:MI:SSTZH:TZM')`
    case 'text':
      return harmless(name)
    case 'values':
      return harmlessValues(json)
    default:
      return name
  }
})

function brazilian(filter: FindingsFilter, { exportar }: Catalogue): RowFormat {
  const options = {
    delimiter: ';',
    record_delimiter: LINE_END,
    // It knows every sign of a formula except this one.
    cast: { string: (value: string) => (value.startsWith('\n') ? `'${value}` : value), object: number },
    escape_formulas: true,
  }
  const heading = stringify([COLUMNS.map(({ name }) => exportar.heading[name])], { ...options, bom: true })
  const numeric = COLUMNS.map(({ kind }) => NUMERIC.has(kind))
  const values = COLUMNS.map(({ kind }) => kind === 'values')
  // Anything but a string is a number.
  const cell = (value: string | null, i: number) =>
    value !== null && (numeric[i] || (values[i] && NUMBER.test(value))) ? { digits: value } : value
  return {
    statement: statementOf(filter, COLUMNS.map(brazilianCell).join(', ')),
    shape: (batches) =>
      text(heading, batches, (rows) =>
        stringify(
          rows.map((row) => row.map(cell)),
          options,
        ),
      ),
  }
}

const NUMERIC: ReadonlySet<Kind> = new Set(['integer', 'fraction', 'amount'])
const NUMBER = /^-?\d+(,\d+)?$/

/** A negative number is not a formula. */
function number({ digits }: Record<string, unknown>) {
  const value = String(digits)
  return value.startsWith('-') ? { value, escape_formulas: false } : value
}

function brazilianCell({ name, kind, json = name }: ExportColumn): string {
  switch (kind) {
    case 'fraction':
    case 'amount':
      return `translate(${name}::text, '.', ',')`
    case 'time':
      return `to_char(${name}, 'DD/MM/YYYY HH24:MI:SS')`
    case 'values':
      return asText(json, ',')
    default:
      return `${name}::text`
  }
}

function text(heading: string, batches: Readable, write: (rows: Cells[]) => string): Readable {
  async function* lines() {
    yield heading
    for await (const rows of batches) yield write(rows as Cells[])
  }
  return Readable.from(lines(), { objectMode: false })
}
