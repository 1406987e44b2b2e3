import { connect, type Sql } from '../../src/db/connection.ts'
import type { TestDatabase } from './database.ts'
import { read } from './files.ts'
import type { PEOPLE } from './server.ts'

export interface CodeBlock {
  /** The person named on the fence: ```sql ana. */
  readonly pessoa: string
  readonly sql: string
  /** What the page says is printed: the ```text block right after, or nothing. */
  readonly saida: string
}

/** The SQL blocks of a page of docs/, in order, each with the output that the page shows. */
export function codeBlocks(page: string): CodeBlock[] {
  const fence = /^```sql (\w+)\n([\s\S]*?)^```\n(?:\n```text\n([\s\S]*?)^```\n)?/gm
  return [...read(page).matchAll(fence)].map(([, person = '', sql = '', exited = '']) => ({
    pessoa: person,
    sql,
    saida: exited,
  }))
}

/** Single statements: a semicolon at the end of a line ends one, except inside $$ … $$. */
export function statements(sql: string): string[] {
  return (sql.match(/(?:[^;$]|\$\$[\s\S]*?\$\$|;(?!\n))+;\n/g) ?? []).map((text) => text.trim())
}

/**
 * Runs the blocks of a page one after the other, each as the person it names, and gives what each prints next to what the page
 * shows.
 */
export async function enact(page: string, { url, connectAs }: Pick<TestDatabase, 'url' | 'connectAs'>) {
  const dba = connect(url, { max: 1 })
  const people = new Map<string, Sql>([['dba', dba]])
  const scenes: { block: string; printed: string; shown: string }[] = []
  try {
    for (const { pessoa, sql: block, saida } of codeBlocks(page)) {
      const by = people.get(pessoa) ?? connectAs(pessoa as keyof typeof PEOPLE)
      people.set(pessoa, by)
      const printed: string[] = []
      for (const command of statements(block)) printed.push(...(await print(by, command)))
      scenes.push({ block, printed: printed.join('\n'), shown: saida.trimEnd() })
    }
  } finally {
    await dba.end()
  }
  return scenes
}

async function print(by: Sql, command: string): Promise<string[]> {
  try {
    const result = await by.unsafe(command).values()
    const columns = result.columns ?? []
    return columns.length > 0 ? [tableOf(columns, result)] : []
  } catch (error) {
    const { code, message } = error as { code: string; message: string }
    return [`${code}: ${message}`]
  }
}

// int8, int2, int4, numeric
const NUMERIC = new Set([20, 21, 23, 1700])

/** A result as psql prints it aligned, without the row count. */
export function tableOf(
  columns: readonly { name: string; type: number }[],
  rows: readonly (readonly unknown[])[],
): string {
  const cells = rows.map((row) => row.map(cell))
  const widths = columns.map(({ name }, i) =>
    Math.max(name.length, ...cells.map((row) => row[i]?.length ?? 0)),
  )
  const pad = (text: string, i: number) =>
    NUMERIC.has(columns[i]?.type ?? 0) ? text.padStart(widths[i] ?? 0) : text.padEnd(widths[i] ?? 0)
  const line = (row: readonly string[]) => ` ${row.map(pad).join(' | ')}`.trimEnd()
  const head = columns.map(({ name }, i) => name.padEnd(widths[i] ?? 0)).join(' | ')
  const rule = widths.map((width) => '-'.repeat(width + 2)).join('+')
  return [` ${head}`.trimEnd(), rule, ...cells.map(line)].join('\n')
}

function cell(value: unknown): string {
  if (typeof value === 'boolean') return value ? 't' : 'f'
  return value === null ? '' : String(value)
}
