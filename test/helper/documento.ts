import { read } from './arquivos.ts'

export interface Bloco {
  /** The person named on the fence: ```sql ana. */
  readonly pessoa: string
  readonly sql: string
  /** What the page says is printed: the ```text block right after, or nothing. */
  readonly saida: string
}

/** The SQL blocks of a page of docs/, in order, each with the output that the page shows. */
export function blocos(page: string): Bloco[] {
  const fence = /^```sql (\w+)\n([\s\S]*?)^```\n(?:\n```text\n([\s\S]*?)^```\n)?/gm
  return [...read(page).matchAll(fence)].map(([, pessoa = '', sql = '', saida = '']) => ({ pessoa, sql, saida }))
}

/** Single statements: a semicolon at the end of a line ends one, but for those inside $$ … $$. */
export function comandos(sql: string): string[] {
  return (sql.match(/(?:[^;$]|\$\$[\s\S]*?\$\$|;(?!\n))+;\n/g) ?? []).map((text) => text.trim())
}

/** A result as psql prints it aligned, without the row count. */
export function tabela(columns: readonly string[], rows: readonly (readonly unknown[])[]): string {
  const cells = rows.map((row) => row.map((value) => (value === null ? '' : String(value))))
  const numeric = columns.map((_, i) =>
    cells.every((row) => row[i] === '' || /^-?[\d.]+$/.test(row[i] ?? '')),
  )
  const widths = columns.map((title, i) => Math.max(title.length, ...cells.map((row) => row[i]?.length ?? 0)))
  const pad = (text: string, i: number) =>
    numeric[i] ? text.padStart(widths[i] ?? 0) : text.padEnd(widths[i] ?? 0)
  const line = (row: readonly string[]) =>
    ` ${row.map(pad).join(' | ')}`.trimEnd()
  const head = columns.map((title, i) => title.padEnd(widths[i] ?? 0)).join(' | ')
  const rule = widths.map((width) => '-'.repeat(width + 2)).join('+')
  return [` ${head}`.trimEnd(), rule, ...cells.map(line)].join('\n')
}
