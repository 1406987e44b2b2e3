import type { embedded } from '../i18n/error.ts'

export type EmbeddedCode = keyof typeof embedded
export type EmbeddedDetails = Readonly<Record<string, string | number>>

/** What went wrong with the embedded server; the user's words for each code live in the message catalogue. */
export class EmbeddedError extends Error {
  readonly code: EmbeddedCode
  readonly details: EmbeddedDetails

  constructor(code: EmbeddedCode, details: EmbeddedDetails, options?: ErrorOptions) {
    const told = Object.entries(details).map(([key, value]) => `${key}: ${value}`)
    super([code, ...told].join('; '), options)
    this.name = 'EmbeddedError'
    this.code = code
    this.details = details
  }
}

const BY_CODE: Record<string, EmbeddedCode> = {
  ENOSPC: 'disk_full',
  EDQUOT: 'disk_full',
  EACCES: 'no_permission',
  EPERM: 'no_permission',
  EROFS: 'no_permission',
  ENOMEM: 'no_memory',
  ENOTDIR: 'not_ours',
  EEXIST: 'not_ours',
  ERR_SQLITE_ERROR: 'no_lock',
}

/** Names a failure of the file system or of a lock; what is already named passes unchanged. */
export function fromSystem(error: unknown, path: string): EmbeddedError {
  if (error instanceof EmbeddedError) return error
  const { code = '', message } = error as NodeJS.ErrnoException
  return new EmbeddedError(BY_CODE[code] ?? 'start_failed', { path, reason: message }, { cause: error })
}

// Order matters: a full /dev/shm also says "No space left on device", and so does a failed lock file.
const BY_OUTPUT: [RegExp, EmbeddedCode][] = [
  [/shared memory block .* is still in use|lock file "[^"]*" already exists/, 'in_use'],
  [/shared memory.*: (No space left on device|Cannot allocate memory)|Cannot allocate memory/, 'no_memory'],
  [/No space left on device|Disk quota exceeded|File too large/, 'disk_full'],
  [/could not bind .*Address already in use|could not create any TCP\/IP sockets/s, 'port_taken'],
  [/database files are incompatible with server|initialized by PostgreSQL version/, 'wrong_version'],
  [/Permission denied|Operation not permitted|Read-only file system|has wrong ownership/, 'no_permission'],
  [/error while loading shared libraries|cannot execute binary file|Library not loaded/, 'no_binary'],
]

/** Names a failure from what initdb or the server wrote (always in English: they run with LC_ALL=C). */
export function fromOutput(output: string, details: EmbeddedDetails): EmbeddedError {
  const code = BY_OUTPUT.find(([pattern]) => pattern.test(output))?.[1] ?? 'start_failed'
  const lines = output.trim().split('\n')
  const telling = lines.filter((line) => /\b(PANIC|FATAL|ERROR|error|could not)\b/.test(line))
  const reason = (telling.length > 0 ? telling : lines).slice(-3).join(' | ').slice(-1000)
  return new EmbeddedError(code, { ...details, reason })
}
