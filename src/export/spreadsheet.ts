import { SaxesParser, type SaxesTagPlain } from 'saxes'
import type { Package } from './package.ts'
import { SheetError } from './sheet-error.ts'

/** What a cell shows: for a formula its last result, for an empty cell nothing. */
export type CellValue = string | number | boolean

export interface SheetRow {
  /** As the spreadsheet shows it, from 1. */
  readonly number: number
  /** By the index of the column, from 0; empty ones are left out. */
  readonly cells: ReadonlyMap<number, CellValue>
}

/** The worksheets of an XLSX file, one after the other, each as the rows it holds, hidden rows and sheets included. */
export async function* worksheets(file: Package): AsyncGenerator<AsyncGenerator<SheetRow>> {
  const workbook = await target(file, '', '_rels/.rels', '/officeDocument')
  if (workbook === undefined) throw new SheetError('notXlsx')
  const folder = workbook.slice(0, workbook.lastIndexOf('/') + 1)
  const links = await relations(file, folder, `${folder}_rels/${workbook.slice(folder.length)}.rels`)
  const ids: string[] = []
  await parse(file, workbook, {
    open: ({ name, attributes }) => {
      if (name !== 'sheet') return
      const id = Object.entries(attributes).find(([key]) => key.endsWith(':id'))?.[1]
      if (id !== undefined) ids.push(id)
    },
  })
  const shared = links.find(({ type }) => type.endsWith('/sharedStrings'))
  const strings = shared && file.has(shared.path) ? await sharedStrings(file, shared.path) : []
  for (const id of ids) {
    const sheet = links.find((link) => link.id === id && link.type.endsWith('/worksheet'))
    if (sheet) yield rows(file, sheet.path, strings)
  }
}

interface Handlers {
  open?(tag: SaxesTagPlain): void
  close?(name: string): void
  text?(text: string): void
}

/** Without prefixes, and without anything that a document could define for itself. */
function parser({ open, close, text }: Handlers) {
  const sax = new SaxesParser({ position: false, xmlns: false } as const)
  const local = (name: string) => name.slice(name.indexOf(':') + 1)
  sax.on('doctype', () => {
    throw new SheetError('damaged')
  })
  sax.on('opentag', (tag) => open?.({ ...tag, name: local(tag.name) }))
  sax.on('closetag', (tag) => close?.(local(tag.name)))
  sax.on('text', (some) => text?.(some))
  sax.on('cdata', (some) => text?.(some))
  return sax
}

function feed(sax: ReturnType<typeof parser>, chunk: string | null): void {
  try {
    if (chunk === null) sax.close()
    else sax.write(chunk)
  } catch (error) {
    if (error instanceof SheetError) throw error
    throw new SheetError('damaged', { cause: error })
  }
}

async function parse(file: Package, path: string, handlers: Handlers): Promise<void> {
  const sax = parser(handlers)
  for await (const chunk of file.read(path)) feed(sax, chunk)
  feed(sax, null)
}

interface Relation {
  readonly id: string
  readonly type: string
  readonly path: string
}

async function relations(file: Package, folder: string, path: string): Promise<Relation[]> {
  const found: Relation[] = []
  if (!file.has(path)) return found
  await parse(file, path, {
    open: ({ name, attributes }) => {
      const { Id: id = '', Type: type = '', Target: to = '', TargetMode: mode } = attributes
      if (name === 'Relationship' && mode !== 'External') found.push({ id, type, path: within(folder, to) })
    },
  })
  return found
}

const within = (folder: string, to: string) => new URL(to, `file:///${folder}`).pathname.slice(1)

async function target(
  file: Package,
  folder: string,
  path: string,
  kind: string,
): Promise<string | undefined> {
  return (await relations(file, folder, path)).find(({ type }) => type.endsWith(kind))?.path
}

/** The text in `t` at any depth, without phonetic hints. */
function collector() {
  let text = ''
  let within = false
  let phonetic = 0
  return {
    open(name: string) {
      if (name === 'rPh') phonetic += 1
      within = name === 't' && phonetic === 0
    },
    close(name: string) {
      if (name === 'rPh') phonetic -= 1
      within = false
    },
    add(some: string) {
      if (within) text += some
    },
    take() {
      const taken = unescaped(text)
      text = ''
      return taken
    },
  }
}

async function sharedStrings(file: Package, path: string): Promise<string[]> {
  const strings: string[] = []
  const text = collector()
  await parse(file, path, {
    open: ({ name }) => text.open(name),
    text: (some) => text.add(some),
    close(name) {
      text.close(name)
      if (name === 'si') strings.push(text.take())
    },
  })
  return strings
}

async function* rows(file: Package, path: string, strings: readonly string[]): AsyncGenerator<SheetRow> {
  let ready: SheetRow[] = []
  let number = 0
  let cells = new Map<number, CellValue>()
  let column = -1
  let type = 'n'
  let part = ''
  let value = ''
  let formula: string | undefined
  const inline = collector()
  const sax = parser({
    open({ name, attributes }) {
      inline.open(name)
      part = name
      if (name === 'row') {
        number = Number(attributes['r'] ?? number + 1)
        cells = new Map()
        column = -1
      } else if (name === 'c') {
        column = attributes['r'] === undefined ? column + 1 : columnIndex(attributes['r'])
        type = attributes['t'] ?? 'n'
        value = ''
        formula = undefined
      } else if (name === 'f') formula = ''
    },
    text(some) {
      if (part === 'v') value += some
      else if (part === 'f') formula += some
      else inline.add(some)
    },
    close(name) {
      inline.close(name)
      part = ''
      if (name === 'c') {
        const shown = cellValue(type, value, inline.take(), strings)
        // A formula without a stored result, as programs write them, is not an empty cell.
        const cell = shown ?? (formula === undefined ? undefined : `=${formula}`)
        if (cell !== undefined) cells.set(column, cell)
      } else if (name === 'row') ready.push({ number, cells })
    },
  })
  for await (const chunk of file.read(path)) {
    feed(sax, chunk)
    yield* ready
    ready = []
  }
  feed(sax, null)
  yield* ready
}

function cellValue(
  type: string,
  value: string,
  inline: string,
  strings: readonly string[],
): CellValue | undefined {
  switch (type) {
    case 's':
      return strings[Number(value)] || undefined
    case 'inlineStr':
      return inline || undefined
    case 'b':
      return value === '1'
    case 'd':
      return Date.parse(`${value}Z`) / 86_400_000 + 25_569
    case 'n': {
      const number = Number(value)
      return value === '' ? undefined : Number.isFinite(number) ? number : value
    }
    default:
      return unescaped(value) || undefined
  }
}

/** `BC12` is 54. */
function columnIndex(reference: string): number {
  const letters = /^[A-Z]{1,3}/.exec(reference)?.[0]
  if (letters === undefined) throw new SheetError('damaged')
  return [...letters].reduce((index, letter) => index * 26 + letter.charCodeAt(0) - 64, 0) - 1
}

/** XML writes characters that it cannot hold as _x0007_; characters that a database cannot hold are not text. */
function unescaped(text: string): string {
  return text
    .replace(/_x([\dA-Fa-f]{4})_/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replaceAll('\0', '\ufffd')
    .toWellFormed()
}
