import { isUtf8 } from 'node:buffer'
import { createHash } from 'node:crypto'
import { constants, type Dirent } from 'node:fs'
import { type FileHandle, open, opendir } from 'node:fs/promises'
import { sep } from 'node:path'
import { Refusal } from './refusal.ts'

/** No note is larger: SEFAZ takes up to half a megabyte. */
export const MOST_BYTES = 2 * 1024 * 1024
/** Deeper folders are a loop made by a mount, or made to tire us out. */
const DEEPEST = 16

/** A longer path fits in no index. */
const LONGEST_PATH = 1000

export interface Found {
  /** Below the folder, with slashes: as people read it. */
  readonly path: string
  /** Whole, as the system knows it: a name need not be UTF-8. */
  readonly file: Buffer
  /** Set if the file must not be opened. */
  readonly refusal?: Refusal
}

/** More files than one reading takes. Nothing has been read. */
export class TooManyFiles extends Error {
  readonly most: number

  constructor(most: number) {
    super(`more than ${most} XML files`)
    this.name = 'TooManyFiles'
    this.most = most
  }
}

/**
 * The XML files of a folder and those below it, one after the other, with never more than a few names in memory. Links are not
 * followed, so nothing outside is reached.
 */
export async function* xmlFiles(folder: string): AsyncGenerator<Found> {
  yield* within(Buffer.from(folder), '', 0)
}

async function* within(folder: Buffer, above: string, depth: number): AsyncGenerator<Found> {
  for await (const entry of await names(folder)) {
    const file = Buffer.concat([folder, Buffer.from(sep), entry.name])
    const path = above + shown(entry.name)
    const xml = /\.xml$/i.test(path)
    if (!entry.isDirectory() && !xml) continue
    if (Buffer.byteLength(path) > LONGEST_PATH)
      yield { path: shortened(path), file, refusal: new Refusal('ilegivel', 'path too long') }
    else if (!entry.isDirectory()) {
      const refusal = refusedByKind(entry)
      yield refusal ? { path, file, refusal } : { path, file }
    } else if (depth + 1 >= DEEPEST) yield { path, file, refusal: new Refusal('ilegivel', 'too deep') }
    else yield* below(file, path, depth + 1)
  }
}

/** As bytes, which its types do not know. */
const names = (folder: Buffer) =>
  opendir(folder, { bufferSize: 256, encoding: 'buffer' as BufferEncoding }) as Promise<
    AsyncIterable<Dirent<Buffer>>
  >

/** What is no UTF-8 was written by an older program. */
const shown = (name: Buffer): string => name.toString(isUtf8(name) ? 'utf8' : 'latin1')

const shortened = (path: string): string =>
  `${path.slice(0, 100).toWellFormed()}…${createHash('sha256').update(path).digest('hex').slice(0, 16)}`

async function* below(folder: Buffer, path: string, depth: number): AsyncGenerator<Found> {
  try {
    yield* within(folder, `${path}/`, depth)
  } catch (error) {
    // A folder that cannot be read, or is none any more, costs only its own files, and is reported.
    const { code, syscall } = error as NodeJS.ErrnoException
    if (syscall === undefined) throw error
    yield { path, file: folder, refusal: new Refusal('ilegivel', code) }
  }
}

function refusedByKind(entry: Dirent<Buffer>): Refusal | undefined {
  if (entry.isSymbolicLink()) return new Refusal('ligacao')
  if (!entry.isFile()) return new Refusal('especial')
  return undefined
}

/** @throws {TooManyFiles} beyond `most`; looks only at names */
export async function refuseTooMany(folder: string, most: number): Promise<void> {
  let count = 0
  for await (const _ of xmlFiles(folder)) if (++count > most) throw new TooManyFiles(most)
}

/**
 * A file whole, opened without following a link and without waiting for a writer at a pipe.
 * @throws {Refusal}
 */
export async function readXmlFile(path: Buffer): Promise<Buffer> {
  let file: FileHandle | undefined
  try {
    // `opendir` checks the folders between, and reports a link as a link.
    file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    const { size, ...stat } = await file.stat().then((stat) => ({ size: stat.size, plain: stat.isFile() }))
    if (!stat.plain) throw new Refusal('especial')
    if (size > MOST_BYTES) throw new Refusal('tamanho', `${size} bytes`)
    // One byte more than its size: a file that grows meanwhile is not read for ever.
    const bytes = Buffer.alloc(size + 1)
    const { bytesRead } = await file.read(bytes, 0, size + 1, 0)
    if (bytesRead !== size) throw new Refusal('ilegivel', 'changed while it was read')
    return bytes.subarray(0, size)
  } catch (error) {
    if (error instanceof Refusal) throw error
    const { code } = error as NodeJS.ErrnoException
    throw new Refusal(code === 'ELOOP' ? 'ligacao' : code === 'ENXIO' ? 'especial' : 'ilegivel', code)
  } finally {
    await file?.close()
  }
}
