import { constants, type Dirent } from 'node:fs'
import { type FileHandle, open, opendir } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { Refusal } from './refusal.ts'

/** No note is larger: SEFAZ takes up to half a megabyte. */
export const MOST_BYTES = 2 * 1024 * 1024
/** Deeper folders are a loop made by a mount, or made to tire us out. */
const DEEPEST = 16

export interface Found {
  /** Below the folder, with slashes. */
  readonly path: string
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
  yield* within(folder, folder, 0)
}

async function* within(root: string, folder: string, depth: number): AsyncGenerator<Found> {
  for await (const entry of await opendir(folder, { bufferSize: 256 })) {
    const full = join(folder, entry.name)
    const path = relative(root, full).replaceAll('\\', '/')
    if (entry.isDirectory()) {
      if (depth + 1 >= DEEPEST) yield { path, refusal: new Refusal('ilegivel', 'too deep') }
      else yield* below(root, full, path, depth + 1)
    } else if (/\.xml$/i.test(entry.name)) {
      const refusal = refusedByKind(entry)
      yield refusal ? { path, refusal } : { path }
    }
  }
}

async function* below(root: string, folder: string, path: string, depth: number): AsyncGenerator<Found> {
  try {
    yield* within(root, folder, depth)
  } catch (error) {
    // A folder that may not be read costs only its own files, and is reported.
    if (!['EACCES', 'EPERM', 'ENOENT'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
    yield { path, refusal: new Refusal('ilegivel', (error as NodeJS.ErrnoException).code) }
  }
}

function refusedByKind(entry: Dirent): Refusal | undefined {
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
export async function readXmlFile(folder: string, path: string): Promise<Buffer> {
  let file: FileHandle | undefined
  try {
    // `opendir` checks the folders between, and reports a link as a link.
    file = await open(join(folder, path), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
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
