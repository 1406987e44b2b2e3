import type { Event } from '../log/log.ts'
import { plain } from './format.ts'

export interface Column<R> {
  readonly title: string
  readonly of: (row: R) => unknown
  readonly right?: boolean
}

/** Results go to stdout, progress and warnings to stderr. */
export function print(text = ''): void {
  process.stdout.write(`${text}\n`)
}

/** Context of a line on stderr, for the log. */
export interface About extends Partial<Event> {
  /** Replaces the text where that contains what a log must not know. */
  readonly message?: string
}

let noted: ((text: string, about: About) => boolean) | undefined

/** @param note receives everything for stderr; if it returns true, it has written the line itself */
export function noteWhatIsTold(note: typeof noted): void {
  noted = note
}

export function tell(text = '', about: About = {}): void {
  if (!noted?.(text, about)) show(text)
}

/** For people only; the log gets the same in other words. */
export function show(text = ''): void {
  process.stderr.write(`${text}\n`)
}

/** One JSON document on stdout. A bigint becomes a string: JSON numbers would lose its last digits. */
export function printJson(document: unknown): void {
  print(JSON.stringify(document, (_, value) => (typeof value === 'bigint' ? value.toString() : value), 2))
}

/** Aligned columns, cut at the edge of a terminal but never in a pipe. */
export function printTable<R>(rows: readonly R[], columns: readonly Column<R>[]): void {
  for (const line of tableLines(rows, columns, process.stdout.isTTY ? process.stdout.columns : undefined))
    print(line)
}

/**
 * The result of a command: JSON for programs, a table for people.
 * @param nothing printed for people if there are no rows
 */
export function printList<R>(
  rows: readonly R[],
  { json = false, nothing }: { json?: boolean | undefined; nothing: string },
  columns: readonly Column<R>[],
): void {
  if (json) printJson(rows)
  else if (rows.length === 0) print(nothing)
  else printTable(rows, columns)
}

function tableLines<R>(
  rows: readonly R[],
  columns: readonly Column<R>[],
  width: number | undefined,
): string[] {
  const cells = rows.map((row) => columns.map(({ of }) => plain(of(row))))
  const widths = columns.map(({ title }, i) =>
    cells.reduce((widest, row) => Math.max(widest, length(row[i] ?? '')), length(title)),
  )
  const line = (row: readonly string[]) => {
    const padded = row.map((cell, i) => {
      const space = ' '.repeat(Math.max(0, (widths[i] ?? 0) - length(cell)))
      return columns[i]?.right ? space + cell : cell + space
    })
    const whole = padded.join('  ').trimEnd()
    return width !== undefined && length(whole) > width
      ? `${[...whole].slice(0, width - 1).join('')}…`
      : whole
  }
  return [line(columns.map(({ title }) => title)), line(widths.map((n) => '─'.repeat(n))), ...cells.map(line)]
}

const length = (text: string) => [...text].length
