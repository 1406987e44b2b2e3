import type { embedded } from '../i18n/error.ts'

export type EmbeddedCode = keyof typeof embedded
export type Details = Readonly<Record<string, string | number>>

/** What went wrong with the embedded server. The words that a user reads for each code are in the message catalogue. */
export class EmbeddedError extends Error {
  readonly code: EmbeddedCode
  readonly details: Details

  constructor(code: EmbeddedCode, details: Details, cause?: unknown) {
    super([code, ...Object.entries(details).map((pair) => pair.join(': '))].join('; '), { cause })
    this.name = 'EmbeddedError'
    this.code = code
    this.details = details
  }
}

// The order matters: a full /dev/shm also says "No space left on device", and so does a failed lock file.
const SAID: [RegExp, EmbeddedCode][] = [
  [/shared memory block .* is still in use|lock file "[^"]*" already exists/, 'in_use'],
  [/shared memory.*: No space left on device|Cannot allocate memory|^ENOMEM/, 'no_memory'],
  [/No space left on device|Disk quota exceeded|File too large|^ENOSPC|^EDQUOT/, 'disk_full'],
  [/could not bind .*Address already in use|could not create any TCP\/IP sockets/s, 'port_taken'],
  [/database files are incompatible with server|initialized by PostgreSQL version/, 'wrong_version'],
  [/Permission denied|Operation not permitted|Read-only file system|has wrong ownership/, 'no_permission'],
  [/^(EACCES|EPERM|EROFS)/, 'no_permission'],
  [/^(ENOTDIR|EEXIST|ELOOP)/, 'not_ours'],
  [/^ERR_SQLITE_ERROR/, 'no_lock'],
  [/error while loading shared libraries|cannot execute binary file|Library not loaded/, 'no_binary'],
]

/** Names a failure by what Node, initdb or the server said. They speak English, since they run with LC_ALL=C. */
export function named(failure: unknown, details: Details, otherwise: EmbeddedCode = 'start_failed') {
  if (failure instanceof EmbeddedError) return failure
  const { code = '', message = String(failure) } = failure as { code?: string; message?: string }
  const said = `${code} ${message}`.trim()
  const lines = said.split('\n')
  const telling = lines.filter((line) => /\b(PANIC|FATAL|ERROR|error|could not)\b/.test(line))
  const reason = (telling.length > 0 ? telling : lines).slice(-3).join(' | ').slice(-1000)
  const [, known] = SAID.find(([pattern]) => pattern.test(said)) ?? []
  return new EmbeddedError(known ?? otherwise, { ...details, reason }, failure)
}

/** Does some work on a path; what goes wrong gets a name. */
export async function naming<T>(path: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw named(error, { path })
  }
}
