import { Readable } from 'node:stream'
import type { Catalogue } from '../i18n/pt-BR.ts'
import { COLUMNS, type ExportColumn } from './columns.ts'
import type { RowFormat } from './copy.ts'
import { callOf, type FindingsFilter } from './filter.ts'
import { harmless, harmlessValues, identifier, literal } from './sql.ts'

export const DIALECTS = ['pt-BR', 'rfc4180'] as const
/** pt-BR opens in a Brazilian Excel as it is; rfc4180 is for programs. Both end lines with CR LF, as RFC 4180 has it. */
export type Dialect = (typeof DIALECTS)[number]

const BOM = Buffer.from('\uFEFF')

/** PostgreSQL writes the CSV itself; what a dialect makes of a value is said in the select list. */
export function csv(filter: FindingsFilter, dialect: Dialect, text: Catalogue): RowFormat {
  const brazilian = dialect === 'pt-BR'
  return {
    lineEnd: Buffer.from('\r\n'),
    async statement(sql) {
      const list = COLUMNS.map((column) => {
        const title = brazilian ? text.exportar.heading[column.name] : column.name
        return `${cell(column, brazilian)} as ${identifier(title)}`
      })
      const delimiter = literal(brazilian ? ';' : ',')
      return `copy (select ${list.join(', ')} from ${await callOf(sql, filter)} order by id)
        to stdout (format csv, header, encoding 'UTF8', delimiter ${delimiter})`
    },
    shape: (rows) => (brazilian ? Readable.from(withMark(rows), { objectMode: false }) : rows),
  }
}

/** Without the mark a Brazilian Excel takes UTF-8 for its own old encoding. */
async function* withMark(rows: Readable): AsyncGenerator<Buffer> {
  yield BOM
  yield* rows
}

function cell({ name, kind, json = name }: ExportColumn, brazilian: boolean): string {
  switch (kind) {
    case 'integer':
    case 'word':
      return name
    case 'fraction':
    case 'amount':
      return brazilian ? `translate(${name}::text, '.', ',')` : name
    case 'time':
      return `to_char(${name}, ${literal(brazilian ? 'DD/MM/YYYY HH24:MI:SS' : 'YYYY-MM-DD"T"HH24:MI:SSTZH:TZM')})`
    case 'text':
      return harmless(name)
    case 'values':
      return harmlessValues(json, brazilian ? ',' : '.')
  }
}
