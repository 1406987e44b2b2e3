import type { embedded } from '../i18n/error.ts'

export type EmbeddedCode = keyof typeof embedded
type Details = Readonly<Record<string, string | number>>

/** What went wrong with the embedded server; the user's words for each code live in the message catalogue. */
export class EmbeddedError extends Error {
  readonly code: EmbeddedCode
  readonly details: Details

  constructor(code: EmbeddedCode, details: Details, cause?: unknown) {
    const told = Object.entries(details).map(([key, value]) => `${key}: ${value}`)
    super([code, ...told].join('; '), { cause })
    this.name = 'EmbeddedError'
    this.code = code
    this.details = details
  }
}

// Order matters: a full /dev/shm also says "No space left on device", and so does a failed lock file.
const SAID: [RegExp, EmbeddedCode][] = [
  [/shared memory block .* is still in use|lock file "[^"]*" already exists/, 'in_use'],
  [/shared memory.*: No space left on device|Cannot allocate memory|^ENOMEM/, 'no_memory'],
  [/No space left on device|Disk quota exceeded|File too large|^ENOSPC|^EDQUOT/, 'disk_full'],
  [/could not bind .*Address already in use|could not create any TCP\/IP sockets/s, 'port_taken'],
  [/database files are incompatible with server|initialized by PostgreSQL version/, 'wrong_version'],
  [/Permission denied|Operation not permitted|Read-only file system|has wrong ownership/, 'no_permission'],
  [/^(EACCES|EPERM|EROFS)/, 'no_permission'],
  [/^(ENOTDIR|EEXIST)/, 'not_ours'],
  [/^ERR_SQLITE_ERROR/, 'no_lock'],
  [/error while loading shared libraries|cannot execute binary file|Library not loaded/, 'no_binary'],
]

/**
 * Names a failure by what Node, initdb or the server said (always in English: they run with LC_ALL=C).
 * What is already named passes unchanged.
 */
export function named(failure: unknown, details: Details): EmbeddedError {
  if (failure instanceof EmbeddedError) return failure
  const { code = '', message = String(failure) } = failure as { code?: string; message?: string }
  const said = `${code} ${message}`.trim()
  const lines = said.split('\n')
  const telling = lines.filter((line) => /\b(PANIC|FATAL|ERROR|error|could not)\b/.test(line))
  const reason = (telling.length > 0 ? telling : lines).slice(-3).join(' | ').slice(-1000)
  const [, known] = SAID.find(([pattern]) => pattern.test(said)) ?? []
  return new EmbeddedError(known ?? 'start_failed', { ...details, reason }, failure)
}
