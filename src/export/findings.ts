import { catalogue } from '../i18n/index.ts'
import type { Language } from '../settings/settings.ts'
import { csv, type Dialect } from './csv.ts'
import type { FindingsFilter } from './filter.ts'
import { XLSX_MIME } from './media.ts'
import { type Exported, type InTransaction, readOut } from './read.ts'
import { xlsx } from './xlsx.ts'

export const FORMATS = ['csv', 'xlsx'] as const
export type ExportFormat = (typeof FORMATS)[number]

export interface ExportOptions {
  readonly format: ExportFormat
  /** For CSV; the default is pt-BR. */
  readonly dialect?: Dialect
  /** For the headings; rfc4180 uses the view's column names in every language. */
  readonly language: Language
  /** Gives a spreadsheet of waiting findings columns for decisions, which `readDecisions` reads back. */
  readonly decides?: boolean
}

/**
 * Findings as a file, streamed in constant memory from one statement, and so from one moment.
 * @param within the transaction in which it is read, with the rights of the reader (conferente_leitor at least); it lasts until the
 *   stream has ended
 */
export function exportFindings(
  within: InTransaction,
  filter: FindingsFilter,
  { format, dialect = 'pt-BR', language, decides }: ExportOptions,
): Exported {
  const text = catalogue(language)
  const spreadsheet = format === 'xlsx'
  let rows = 0
  const stream = readOut(
    within,
    spreadsheet ? xlsx(filter, text, language, { decides: decides === true }) : csv(filter, dialect, text),
    (count) => {
      rows += count
    },
  )
  return {
    stream,
    get rows() {
      return rows
    },
    contentType: spreadsheet ? XLSX_MIME : 'text/csv; charset=utf-8; header=present',
    extension: format,
  }
}
