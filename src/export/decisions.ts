import { createHash } from 'node:crypto'
import { catalogue } from '../i18n/index.ts'
import { COLUMNS, type SheetName } from './columns.ts'
import { MOST_FILE_BYTES } from './media.ts'
import { openPackage } from './package.ts'
import { SheetError } from './sheet-error.ts'
import { type CellValue, type SheetRow, worksheets } from './spreadsheet.ts'

/** A line as audit.decidir_planilha takes it. */
export interface DecisionLine {
  readonly linha: number
  readonly decisao?: string
  readonly motivo?: string
  readonly controle?: string
  /** By the names of the columns of the export. */
  readonly celulas: Readonly<Record<string, CellValue>>
}

export interface DecisionSheet {
  readonly lines: readonly DecisionLine[]
  /** Of the file, hexadecimal. */
  readonly sha256: string
}

/** As many as audit.decidir_planilha takes. */
const MOST_LINES = 10_000
/** Above the headings people write a title. */
const HEADING_WITHIN = 20

/**
 * Reads a spreadsheet that was exported for decisions: the one sheet that has its columns, wherever they are now. The database says
 * what is decided, and whether it may be.
 * @throws {SheetError} when the file is not such a sheet, or would not fit into memory
 */
export async function readDecisions(bytes: Buffer): Promise<DecisionSheet> {
  if (bytes.length > MOST_FILE_BYTES) throw new SheetError('tooLarge')
  let lines: DecisionLine[] | undefined
  for await (const rows of worksheets(await openPackage(bytes))) {
    const found = await linesOf(rows)
    if (found && lines) throw new SheetError('twoSheets')
    lines ??= found
  }
  if (lines === undefined) throw new SheetError('noSheet')
  return { lines, sha256: createHash('sha256').update(bytes).digest('hex') }
}

/** Undefined when the sheet has no headings of ours. */
async function linesOf(rows: AsyncGenerator<SheetRow>): Promise<DecisionLine[] | undefined> {
  const lines: DecisionLine[] = []
  let places: Map<SheetName, number> | undefined
  let seen = 0
  for await (const { number, cells } of rows) {
    if (places) {
      const line = lineOf(number, cells, places)
      if (line) lines.push(line)
      if (lines.length > MOST_LINES) throw new SheetError('tooMany', { what: String(MOST_LINES) })
      continue
    }
    places = headings(cells)
    seen += 1
    if (seen >= HEADING_WITHIN && !places) return undefined
  }
  return places && lines
}

const NAMES: readonly SheetName[] = [
  'decisao',
  'motivo_decisao',
  ...COLUMNS.map(({ name }) => name),
  'controle',
]
/** Headings in either language. */
const HEADINGS = new Map(
  (['pt-BR', 'en'] as const).flatMap((language) =>
    NAMES.map((name): [string, SheetName] => [folded(catalogue(language).exportar.heading[name]), name]),
  ),
)

function folded(heading: string): string {
  return heading.trim().toLowerCase()
}

/** Where each column is, if these are the headings. */
function headings(cells: SheetRow['cells']): Map<SheetName, number> | undefined {
  const places = new Map<SheetName, number>()
  const twice: string[] = []
  for (const [index, value] of cells) {
    const name = HEADINGS.get(folded(String(value)))
    if (name === undefined) continue
    if (places.has(name)) twice.push(String(value))
    places.set(name, index)
  }
  if (!places.has('controle') && !(places.has('id') && places.has('decisao'))) return undefined
  if (twice.length > 0) throw new SheetError('twice', { what: twice.join(', ') })
  const missing = NAMES.filter((name) => !places.has(name))
  if (missing.length > 0) {
    const { heading } = catalogue('pt-BR').exportar
    throw new SheetError('missing', { what: missing.map((name) => heading[name]).join(', ') })
  }
  return places
}

function lineOf(
  linha: number,
  cells: SheetRow['cells'],
  places: ReadonlyMap<SheetName, number>,
): DecisionLine | undefined {
  const found = new Map<string, CellValue>()
  for (const [name, index] of places) {
    const value = cells.get(index)
    if (value !== undefined) found.set(name, value)
  }
  if (found.size === 0) return undefined
  const text = (name: SheetName) => {
    const value = found.get(name)
    found.delete(name)
    return value === undefined ? undefined : String(value)
  }
  const [decisao, motivo, controle] = [text('decisao'), text('motivo_decisao'), text('controle')]
  return {
    linha,
    ...(decisao !== undefined && { decisao }),
    ...(motivo !== undefined && { motivo }),
    ...(controle !== undefined && { controle }),
    celulas: Object.fromEntries(found),
  }
}
