import { randomBytes } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { access, link, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Catalogue } from '../i18n/index.ts'
import { CommandError } from './errors.ts'
import { plain } from './format.ts'

/** Writes a file whole or not at all: under another name beside it, and on disk before it gets its own. */
export async function writeWhole(
  text: Catalogue,
  file: string,
  content: Readable,
  overwrite: boolean,
): Promise<void> {
  const temporary = join(dirname(file), `.${basename(file)}.${randomBytes(6).toString('hex')}.parcial`)
  // Past a limit of the shell (ulimit -f) this makes the write fail, instead of killing the process and leaving half a file.
  const beyond = () => {}
  process.on('SIGXFSZ', beyond)
  try {
    // flush: a file that has its name has its content, whatever happens to the machine
    await pipeline(content, createWriteStream(temporary, { flags: 'wx', mode: 0o600, flush: true }))
    if (overwrite) await rename(temporary, file)
    else await linkNew(temporary, file)
  } catch (error) {
    throw fileError(text, file, error as NodeJS.ErrnoException)
  } finally {
    process.off('SIGXFSZ', beyond)
    await rm(temporary, { force: true }).catch(() => {})
  }
}

/** Refuses an existing file before any work is done; another process may still be faster. */
export async function refuseExisting(text: Catalogue, file: string): Promise<void> {
  const there = await access(file).then(
    () => true,
    () => false,
  )
  if (there) throw new CommandError(text.exportar.exists(file))
}

/** Unlike a rename, a link never replaces a file. */
async function linkNew(temporary: string, file: string): Promise<void> {
  try {
    await link(temporary, file)
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (!/^(EPERM|ENOTSUP|EOPNOTSUPP|ENOSYS|EMLINK)$/.test(code)) throw error
    // a file system without links
    await access(file).then(
      () => {
        throw Object.assign(new Error(file), { code: 'EEXIST' })
      },
      () => rename(temporary, file),
    )
  }
}

function fileError(text: Catalogue, file: string, error: NodeJS.ErrnoException): Error {
  const { exportar } = text
  // Other errors (of the database) come through the same stream and stay as they are.
  if (error.syscall === undefined && error.code !== 'EEXIST') return error
  switch (error.code) {
    case 'EEXIST':
      return new CommandError(exportar.exists(file))
    case 'ENOSPC':
    case 'EDQUOT':
      return new CommandError(exportar.diskFull(file))
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new CommandError(exportar.forbidden(file))
    case 'ENOENT':
    case 'ENOTDIR':
      return new CommandError(exportar.noDirectory(file))
    case 'EISDIR':
      return new CommandError(exportar.isDirectory(file))
    default:
      return /^(write|open|fsync|close|link|rename)$/.test(error.syscall ?? '')
        ? new CommandError(plain(error.message))
        : error
  }
}
