import type { FastifyReply } from 'fastify'
import type { Caller } from './token.ts'

/** The client has gone: its request is abandoned. */
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

/** The result of a transaction's first statement. */
export interface Running {
  /** Whether it began in the state of a new connection. */
  readonly fresh: boolean
}

/**
 * The first statement of a transaction, which clears settings that an earlier caller's code left in the connection. Sent by itself,
 * because a time limit may be among them.
 */
export const RESET = 'reset all'

/**
 * The next statement: clears everything else, and applies the settings of this transaction: an object as JSON, and whether it is
 * read only. Reports whether the transaction began in the state of a new connection; if so, it has become the caller.
 */
const start = (become: string) => `
  select r.*, case when r.fresh then ${become} end as who
  from (
    select
      (select count(set_config(s.key, s.value, true)) from json_each_text($1::text::json) as s) as settings,
      current_setting('transaction_isolation') = current_setting('default_transaction_isolation')
        and current_setting('transaction_deferrable') = current_setting('default_transaction_deferrable')
        and ($2 or pg_is_in_recovery() or current_setting('transaction_read_only') = current_setting('default_transaction_read_only')) as fresh
    from audit_interno.limpar_conexao()
    offset 0
  ) as r`
export const START_AS_NOBODY = start('null::text')
export const START_AS_CALLER = start('audit_interno.assumir($3, $4, $5, $6, $7)')

/** The arguments of START_AS_CALLER. */
export const startAs = (
  settings: Record<string, unknown>,
  { name, role, tokenId, issuedAt, external }: Caller,
) => [JSON.stringify(settings), false, name, role, tokenId ?? null, issuedAt ?? null, external] as const

/** Returned by work whose transaction did not begin as it should: it has done nothing, and is begun again. */
export const NOT_BEGUN = Symbol('not begun')
const TRIES = 20
/** An earlier caller's code deallocated a prepared statement; the driver prepares it again the next time. */
const FORGOTTEN = '26000'

/**
 * Begins again while the connection was left in another state; each such transaction cleans it up.
 * @param repeatable whether that is allowed even after some of the work has run, all of it within the transaction
 */
export async function beginAgain<T>(
  begin: () => Promise<T | typeof NOT_BEGUN>,
  repeatable: () => boolean = () => false,
): Promise<T> {
  for (let tries = 1; tries <= TRIES; tries += 1) {
    const result = await begin().catch((error): typeof NOT_BEGUN => {
      if (error.code === FORGOTTEN && repeatable()) return NOT_BEGUN
      throw error
    })
    if (result !== NOT_BEGUN) return result
  }
  throw new Error('no transaction begins as in a new connection')
}

/**
 * Work whose client may leave: then what runs is cancelled, and nothing is committed.
 * @param cancel cancels the running statement; awaited, so that it does not hit the connection's next use
 * @throws {GoneError} so that the transaction is rolled back
 */
export async function whileThere<T>(
  gone: AbortSignal | undefined,
  cancel: () => Promise<unknown>,
  work: () => Promise<T>,
): Promise<T> {
  if (gone === undefined) return work()
  if (gone.aborted) throw new GoneError()
  let leaving: Promise<unknown> | undefined
  const leave = () => {
    leaving = cancel().catch(() => {})
  }
  gone.addEventListener('abort', leave, { once: true })
  try {
    const result = await work()
    if (gone.aborted) throw new GoneError()
    return result
  } finally {
    gone.removeEventListener('abort', leave)
    await leaving
  }
}
