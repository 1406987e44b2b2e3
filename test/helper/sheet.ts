// A sheet of waiting findings, as a person would fill it in and a spreadsheet program save it.
import { readXlsx, writeXlsx } from 'hucre/xlsx'
import type { Sql } from '../../src/db/connection.ts'
import { exportFindings, type FindingsFilter, inTransaction, readDecisions } from '../../src/export/index.ts'

type Cell = string | number | boolean | Date | null

/** The file as it is exported. */
export async function exportSheet(
  sql: Sql,
  filter: FindingsFilter = { status: ['aberta', 'aguardando_segunda_aprovacao', 'falha'] },
  language: 'pt-BR' | 'en' = 'pt-BR',
): Promise<Buffer> {
  const options = { format: 'xlsx', language, decides: true } as const
  return Buffer.concat(await exportFindings(inTransaction(sql), filter, options).stream.toArray())
}

/** Its rows, heading first. */
export async function readRows(file: Buffer): Promise<Cell[][]> {
  const [sheet] = (await readXlsx(file)).sheets
  return (sheet?.rows ?? []).map((row) => [...row] as Cell[])
}

/** Saved by another program: strings are shared, and numbers, times and widths are as that program writes them. */
export async function saveSheet(rows: readonly (readonly Cell[])[]): Promise<Buffer> {
  // Excel marks what would be read as an escape, and writes nothing that XML cannot hold; this writer does neither.
  const cell = (value: Cell) =>
    typeof value === 'string'
      ? value.replace(/_(?=x[\dA-Fa-f]{4}_)/g, '_x005F_').replace(/[\ufffe\uffff]/g, '')
      : value
  return Buffer.from(await writeXlsx({ sheets: [{ name: 'Plan1', rows: rows.map((row) => row.map(cell)) }] }))
}

/** By finding: the decision, and a reason. */
export type Decisions = Readonly<Record<number, readonly [decisao: string | null, motivo?: string | number]>>

/** Fills in decisions. */
export function fillIn(rows: Cell[][], decisions: Decisions): Cell[][] {
  for (const row of rows) {
    const said = decisions[Number(row[2])]
    if (said) [row[0], row[1]] = [said[0], said[1] ?? null]
  }
  return rows
}

/** Takes the file back, as the command and the page do. */
export async function decideBySheet(sql: Sql, file: Buffer, name: string | null = 'fila.xlsx') {
  const { lines, sha256 } = await readDecisions(file)
  const results = await sql`
    select linha, id::int, decisao, resultado, codigo, explicacao, status, motivo, operacao_id::int
    from audit.decidir_planilha(${JSON.stringify(lines)}::text::jsonb, ${sha256}, ${name})`
  return { results: [...results], sha256 }
}
