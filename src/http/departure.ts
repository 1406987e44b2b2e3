import type { FastifyReply } from 'fastify'

/** The client has gone: its request is not carried out any more. */
export class GoneError extends Error {
  readonly code = '57014'

  constructor() {
    super('the client has gone')
  }
}

/** Aborted when the client leaves before it has its whole answer. */
export function departure(reply: FastifyReply): AbortSignal {
  const gone = new AbortController()
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) gone.abort()
  })
  return gone.signal
}

/** A running transaction, as another connection may know it again. */
export interface Running {
  readonly pid: number
  readonly since: string
}

/** Of the transaction itself: what `cancel` needs. */
export const RUNNING =
  "select pg_backend_pid() as pid, now()::text as since, set_config('statement_timeout', $1, true)"

/** Cancels what a transaction runs; nothing where that one has ended, and the connection is another's. */
export const CANCEL = `select pg_cancel_backend(a.pid) from pg_stat_activity a where a.pid = $1 and a.xact_start = $2::text::timestamptz`

/**
 * Work whose client may leave: what runs is cancelled then, and nothing is committed.
 * @param cancel cancels the running statement
 * @throws {GoneError} so that the transaction is rolled back
 */
export async function whileThere<T>(
  gone: AbortSignal | undefined,
  cancel: () => Promise<unknown>,
  work: () => Promise<T>,
): Promise<T> {
  if (gone === undefined) return work()
  if (gone.aborted) throw new GoneError()
  const leave = () => void cancel().catch(() => {})
  gone.addEventListener('abort', leave, { once: true })
  try {
    const result = await work()
    if (gone.aborted) throw new GoneError()
    return result
  } finally {
    gone.removeEventListener('abort', leave)
  }
}
