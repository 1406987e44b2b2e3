import { lstatSync, readdirSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { basename, join } from 'node:path'
import roll, { type RollingStream } from 'pino-roll'

/** Each kind gets a new file every day, and within the day after this many megabytes. */
export const FILE_MB = 20
/** How many files of each kind are kept, the newest. */
export const FILES_KEPT = 60
/** Bytes that wait in memory while a disk is full; anything more is lost, and counted. */
const WAITING_BYTES = 1_000_000

/** Everything, and the events of sessions. The files are called APP.day.number.log. */
const APP = 'app'
const SESSIONS = 'daily_processor_sessoes'

/** The directory of the log cannot be used. */
export class LogDirectoryError extends Error {
  readonly reason: 'missing' | 'not_directory' | 'unwritable'
  readonly directory: string
  readonly code: string

  constructor(reason: LogDirectoryError['reason'], directory: string, code: string) {
    super(`${directory}: ${code}`)
    this.reason = reason
    this.directory = directory
    this.code = code
  }
}

export interface RollingReport {
  /** Called when lines can no longer be written. */
  broken?(code: string): void
  /** Called when they can be again, with the number of lost lines. */
  mended?(lost: number): void
}

/** @throws {LogDirectoryError} */
export async function openRolling(
  directory: string,
  report: RollingReport,
): Promise<Record<'app' | 'sessions', RollingStream>> {
  const found = statSync(directory, { throwIfNoEntry: false })
  if (!found) throw new LogDirectoryError('missing', directory, 'ENOENT')
  if (!found.isDirectory()) throw new LogDirectoryError('not_directory', directory, 'ENOTDIR')
  try {
    const app = await open(directory, APP, report)
    const link = () => pointTo(join(directory, `${APP}.log`), app.file)
    link()
    app.on('ready', link)
    return { app, sessions: await open(directory, SESSIONS, report) }
  } catch (error) {
    const { code = (error as Error).message } = error as NodeJS.ErrnoException
    throw new LogDirectoryError('unwritable', directory, code)
  }
}

async function open(directory: string, name: string, report: RollingReport): Promise<RollingStream> {
  const stream = await roll({
    file: join(directory, `${name}.log`),
    dateFormat: 'yyyy-MM-dd',
    frequency: 'daily',
    size: FILE_MB,
    // Written before the call returns: however the process ends, no line is waiting.
    sync: true,
    maxLength: WAITING_BYTES,
    mode: 0o640,
  })
  let failing = false
  let lost = 0
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (failing) return
    failing = true
    report.broken?.(error.code ?? error.message)
  })
  stream.on('drop', () => {
    lost += 1
    // A full buffer would never be tried again by itself.
    stream.write('')
  })
  stream.on('write', () => {
    if (!failing) return
    failing = false
    report.mended?.(lost)
    lost = 0
  })
  const clear = () => removeOld(directory, name)
  clear()
  // pino-roll removes old files when it rolls, which a command that runs once a day never does.
  stream.on('ready', clear)
  return stream
}

/** By day and number: sorted by name, .10 would come before .9. */
function removeOld(directory: string, name: string): void {
  const dated = readdirSync(directory).flatMap((file) => {
    const [, stem, day, number] = /^(.+)\.(\d{4}-\d\d-\d\d)\.(\d+)\.log$/.exec(file) ?? []
    return stem === name && day !== undefined ? [{ file, day, number: Number(number) }] : []
  })
  dated.sort((a, b) => b.day.localeCompare(a.day) || b.number - a.number)
  for (const { file } of dated.slice(FILES_KEPT)) {
    try {
      rmSync(join(directory, file), { force: true })
    } catch {
      // somebody else's, or another process was first
    }
  }
}

/**
 * Makes app.log point to the newest file. Where it is somebody's own file, or links cannot be made, only the dated files are there.
 */
function pointTo(link: string, file: string): void {
  try {
    const found = lstatSync(link, { throwIfNoEntry: false })
    if (found && !found.isSymbolicLink()) return
    rmSync(link, { force: true })
    symlinkSync(basename(file), link)
  } catch {
    // another process was first, or the system does not allow it
  }
}
