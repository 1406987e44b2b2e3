import { once } from 'node:events'
import { Readable } from 'node:stream'
import { ZipFile } from 'yazl'
import {
  type CellKind,
  contentTypes,
  packageLinks,
  type SheetChoice,
  type SheetColumn,
  sheetHead,
  sheetTail,
  styles,
  workbookLinks,
  workbookXml,
} from './parts.ts'
import type { Cells } from './read.ts'

export interface WorkbookOptions {
  /** Of the first sheet; further ones are numbered. */
  readonly name: string
  readonly timeFormat: string
  /** Replaces the rest of a text that was cut. */
  readonly cut: string
  readonly columns: readonly SheetColumn[]
  /** The most rows of a sheet, its heading included. */
  readonly mostRows: number
  /** How many of the first columns stay in sight. */
  readonly fixed?: number
  readonly choice?: SheetChoice
}

/** The most rows that a sheet can hold. */
export const MOST_ROWS = 1_048_576
const MOST_UNITS = 32_767
const LEVEL = 1

/** Index of the style of each kind; see parts.ts. */
export const STYLE = { heading: 1, integer: 2, percent: 3, amount: 4, time: 5, quoted: 6 }
const NUMERIC: Record<Exclude<CellKind, 'text' | 'either'>, number> = STYLE

type Rows = AsyncIterator<readonly Cells[]>

/**
 * An XLSX workbook, written while its rows arrive and in constant memory: sheet after sheet into a ZIP, each compressed as it goes.
 * Text stays text (never a formula), a number keeps its digits.
 */
export function workbook(rows: Rows, options: WorkbookOptions): Readable {
  const zip = new ZipFile()
  const out = zip.outputStream as Readable
  zip.on('error', (error) => out.destroy(error as Error))
  out.once('close', () => void rows.return?.().catch(() => {}))
  fill(zip, rows, options).catch((error: Error) => out.destroy(error))
  return out
}

async function fill(zip: ZipFile, rows: Rows, options: WorkbookOptions): Promise<void> {
  const compressed = { compressionLevel: LEVEL }
  const part = (path: string, xml: string) => zip.addBuffer(Buffer.from(xml), path, compressed)
  part('[Content_Types].xml', contentTypes)
  part('_rels/.rels', packageLinks)
  part('xl/styles.xml', styles(options.timeFormat))
  const feed = feeder(rows)
  const lengths: number[] = []
  do {
    const sheet = Readable.from(
      sheetXml(feed, options, (length) => lengths.push(length)),
      { objectMode: false },
    )
    zip.addReadStream(sheet, `xl/worksheets/sheet${lengths.length + 1}.xml`, compressed)
    await once(sheet, 'end')
  } while (await feed.more())
  part('xl/_rels/workbook.xml.rels', workbookLinks(lengths.length))
  part('xl/workbook.xml', workbookXml(options.name, lengths, options.columns.length))
  zip.end()
}

/** Hands out rows in batches, split where a sheet is full. */
function feeder(rows: Rows) {
  let waiting: readonly Cells[] = []
  async function more(): Promise<boolean> {
    while (waiting.length === 0) {
      const { value, done } = await rows.next()
      if (done) return false
      waiting = value
    }
    return true
  }
  async function take(most: number): Promise<readonly Cells[]> {
    if (most === 0 || !(await more())) return []
    const taken = waiting.length <= most ? waiting : waiting.slice(0, most)
    waiting = waiting.slice(taken.length)
    return taken
  }
  return { more, take }
}

async function* sheetXml(
  feed: ReturnType<typeof feeder>,
  options: WorkbookOptions,
  ended: (length: number) => void,
): AsyncGenerator<Buffer> {
  const { columns, cut, mostRows, fixed = 0, choice } = options
  const letters = columns.map((_, i) => columnLetters(i))
  const titles = columns.map(({ title }, i) => textCell(`${letters[i]}1`, title, cut, STYLE.heading))
  yield Buffer.from(`${sheetHead(columns, fixed)}<row r="1">${titles.join('')}</row>`)
  let number = 1
  for (;;) {
    const batch = await feed.take(mostRows - number)
    if (batch.length === 0) break
    let xml = ''
    for (const row of batch) {
      number++
      xml += `<row r="${number}">`
      for (const [i, { kind }] of columns.entries()) {
        const value = row[i]
        if (value != null) xml += cellXml(`${letters[i]}${number}`, kind, value, cut)
      }
      xml += '</row>'
    }
    yield Buffer.from(xml)
  }
  ended(number)
  yield Buffer.from(sheetTail(letters.at(-1) ?? 'A', number, choice))
}

function cellXml(ref: string, kind: CellKind, value: string, cut: string): string {
  if (kind === 'text') return textCell(ref, value, cut)
  if (kind === 'either') {
    const content = value.slice(1)
    return value.startsWith('#') ? numberCell(ref, content, 0, cut) : textCell(ref, content, cut)
  }
  return numberCell(ref, value, NUMERIC[kind], cut)
}

/** The digits as they are. A spreadsheet keeps fifteen: a longer number stays text, or its last digits would be lost. */
function numberCell(ref: string, digits: string, style: number, cut: string): string {
  if (significant(digits) > 15) return textCell(ref, digits, cut, 0)
  return `<c r="${ref}"${style === 0 ? '' : ` s="${style}"`}><v>${digits}</v></c>`
}

function significant(digits: string): number {
  if (digits.length <= 15) return digits.length
  const fraction = digits.includes('.') ? digits.replace(/0+$/, '') : digits
  return fraction.replace(/[-.]/g, '').replace(/^0+/, '').length
}

// Controls other than tab and line feed, characters that XML cannot hold, and text that would be read as an escape.
const SPECIAL = /[&<>\ufffe\uffff]|(?![\t\n])\p{Cc}|_(?=x[\dA-Fa-f]{4}_)/gu
const ANY_SPECIAL = new RegExp(SPECIAL.source, 'u')
const FORMULA = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/

/** Marked as quoted if typing it again would make it a formula. */
function textCell(
  ref: string,
  text: string,
  cut: string,
  style = FORMULA.test(text) ? STYLE.quoted : 0,
): string {
  const attributes = style === 0 ? '' : ` s="${style}"`
  const content = ANY_SPECIAL.test(text) || text.length > MOST_UNITS ? escapeText(shorten(text, cut)) : text
  return `<c r="${ref}"${attributes} t="inlineStr"><is><t xml:space="preserve">${content}</t></is></c>`
}

/** Characters that XML cannot hold are written in the format's own way: _x0007_. */
function escapeText(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(SPECIAL, (character) => {
    if (character === '&') return '&amp;'
    if (character === '<') return '&lt;'
    if (character === '>') return '&gt;'
    return `_x${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_`
  })
}

/** Never silent: the cut is marked, and falls between two characters. */
function shorten(text: string, cut: string): string {
  if (text.length <= MOST_UNITS) return text
  const end = MOST_UNITS - cut.length
  const whole = /[\ud800-\udbff]/.test(text.charAt(end - 1)) ? end - 1 : end
  return text.slice(0, whole) + cut
}

function columnLetters(index: number): string {
  const first = index < 26 ? '' : String.fromCharCode(64 + Math.floor(index / 26))
  return first + String.fromCharCode(65 + (index % 26))
}
