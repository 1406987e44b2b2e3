import type { Readable } from 'node:stream'
import { type Entry, fromBufferPromise, type ZipFile } from 'yauzl'
import { SheetError } from './sheet-error.ts'

/** All parts together, unpacked. A file of 10,000 lines comes to half of this. */
const MOST_BYTES = 64 * 1024 * 1024
const MOST_PARTS = 2000

/** A package of parts, such as an XLSX file. No more is unpacked than memory holds, whatever the file says about itself. */
export interface Package {
  has(path: string): boolean
  /** The text of a part, as it is unpacked. */
  read(path: string): AsyncGenerator<string>
}

/**
 * @throws {SheetError} when it is not a ZIP file
 */
export async function openPackage(bytes: Buffer): Promise<Package> {
  // An old .xls, or an .xlsx with a password.
  if (bytes.subarray(0, 4).toString('hex') === 'd0cf11e0') throw new SheetError('locked')
  const entries = new Map<string, Entry>()
  const zip = await read(async () => {
    const file: ZipFile = await fromBufferPromise(bytes, { strictFileNames: false })
    if (file.entryCount > MOST_PARTS) throw new SheetError('tooLarge')
    for await (const entry of file.eachEntry()) entries.set(entry.fileName.toLowerCase(), entry)
    return file
  })
  let left = MOST_BYTES
  return {
    has: (path) => entries.has(path.toLowerCase()),
    async *read(path) {
      const entry = entries.get(path.toLowerCase())
      if (!entry) throw new SheetError('damaged')
      // The unpacked size must be what the entry says, or yauzl reports an error.
      left -= entry.uncompressedSize
      if (left < 0) throw new SheetError('tooLarge')
      const text = new TextDecoder('utf-8', { fatal: true })
      const stream: Readable = await read(() => zip.openReadStreamPromise(entry))
      try {
        for await (const chunk of stream) yield text.decode(chunk as Buffer, { stream: true })
        yield text.decode()
      } catch (error) {
        throw new SheetError('damaged', { cause: error })
      } finally {
        stream.destroy()
      }
    },
  }
}

/** Any complaint of yauzl means that no spreadsheet program saved this file. */
async function read<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof SheetError) throw error
    throw new SheetError('notXlsx', { cause: error })
  }
}
