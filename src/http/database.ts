import { cancelRunning, type Key } from '../db/cancel.ts'
import { connect, type Row, type Sql, type Transaction } from '../db/connection.ts'
import { type Pooling, poolingOf, whoAnswers } from '../db/pooling.ts'
import { retried, transaction } from '../db/transaction.ts'
import {
  beginAgain,
  GoneError,
  NOT_BEGUN,
  RESET,
  type Running,
  START_AS_CALLER,
  START_AS_NOBODY,
  startAs,
  whileThere,
} from './departure.ts'
import { withinReach } from './reach.ts'
import { shares } from './shares.ts'
import type { Caller } from './token.ts'

export interface Access {
  readonly sql: Sql
  /** The service, if the login is a superuser and must become it before it may speak for others. */
  readonly becomes: string | undefined
  /** Whether a pooler gives each transaction another server process, so that nothing may be kept in a connection in between. */
  readonly shared: boolean
  /** Cancels what one of our connections runs. */
  cancel(key: Key): Promise<void>
  /** @throws NC020 when the token is unknown or revoked */
  admit(caller: Caller): Promise<void>
  /**
   * Runs in a transaction as the caller: with the caller's name and rights and a time limit.
   * @param gone once aborted, what runs is cancelled and nothing is committed
   * @param repeatable whether `work` only acts within the transaction, so that it may be repeated after a rollback
   */
  asCaller<T>(
    caller: Caller,
    work: (sql: Transaction) => Promise<T>,
    timeoutMs?: number,
    gone?: AbortSignal,
    repeatable?: boolean,
  ): Promise<T>
  /** The same as the service itself, which may only let people in and out. */
  asService<T>(work: (sql: Transaction) => Promise<T>, timeoutMs?: number): Promise<T>
  /** The same as a nameless reader, for the server's own questions. */
  asReader<T>(work: (sql: Transaction) => Promise<T>, timeoutMs?: number): Promise<T>
}

/** The login cannot serve: it is neither a member of conferente_servico nor a superuser. */
export class ServiceRoleError extends Error {
  readonly login: string

  constructor(login: string) {
    super(`${login} is not a member of conferente_servico`)
    this.login = login
  }
}

/** There is a pooler between us and the server that does not keep transactions together. */
export class NoTransactionsError extends Error {}

const SERVICE = 'conferente_servico'
/** From here to the end of the transaction the session belongs to another login. */
export const BECOME = "select set_config('session_authorization', $1, true)"
const POOL = 10
/** The most of these connections for one caller at the same time. */
const SHARE = 5
const STATEMENT_TIMEOUT = 20_000

/**
 * The role that the login must become before it may speak for others (none if it is a member of the service), and the kind of
 * pooler.
 * @throws {ServiceRoleError}
 */
async function service(url: string): Promise<{ becomes: string | undefined; pooling: Pooling }> {
  const login = connect(url, { max: 1, name: 'conferente servir' })
  try {
    const [who] = await login<{ name: string; super: boolean; member: boolean }[]>`
      select session_user::text as name, r.rolsuper as super, exists (
        select from pg_auth_members m join pg_roles s on s.oid = m.roleid
        where s.rolname = ${SERVICE} and m.member = r.oid) as member
      from pg_roles r where r.rolname = session_user`
    if (!who?.member && !who?.super) throw new ServiceRoleError(who?.name ?? '')
    const { pooled } = await whoAnswers(login)
    return { becomes: who.member ? undefined : SERVICE, pooling: pooled ? await poolingOf(url) : 'direct' }
  } finally {
    await login.end({ timeout: 1 })
  }
}

/** Transactions that begin as they would in a new connection, by a statement. */
function beginner(sql: Sql, becomes: string | undefined) {
  return <T>(
    arrived: () => void,
    start: string,
    given: readonly unknown[],
    options: '' | 'read only',
    repeatable: boolean,
    work: (tx: Transaction, key: Key) => Promise<T>,
  ): Promise<T> => {
    let working = false
    const fresh = async (tx: Transaction) => {
      arrived()
      working = false
      // Prepared, so that it takes one round trip: otherwise the driver first asks for the parameter types.
      const prepared = <R extends Row[]>(statement: string, values: readonly unknown[]) =>
        tx.unsafe<R>(statement, values as never, { prepare: true })
      const [, , started] = await Promise.all([
        // In each transaction, because PostgreSQL silently ignores session_authorization as a startup parameter.
        becomes !== undefined && prepared(BECOME, [becomes]),
        tx.unsafe(RESET),
        prepared<Running[]>(start, given),
      ])
      if (!started[0]?.fresh) return NOT_BEGUN
      working = true
      return work(tx, started.state as unknown as Key)
    }
    return beginAgain(
      () => transaction<T | typeof NOT_BEGUN>(sql, fresh, options),
      () => repeatable || !working,
    )
  }
}

/** @throws {ServiceRoleError} {NoTransactionsError} {PoolingUnknown} */
export async function openAccess(url: string): Promise<Access> {
  const { becomes, pooling } = await service(url)
  if (pooling === 'statement') throw new NoTransactionsError()
  const shared = pooling === 'transaction'
  const sql = connect(url, { max: POOL, name: 'conferente servir', prepare: !shared })
  const share = shares(SHARE)
  const begin = beginner(sql, becomes)
  return {
    sql,
    becomes,
    shared,
    cancel: (key) => cancelRunning(sql, key),
    admit: async ({ name, role, tokenId = null, issuedAt = null, external }) => {
      await withinReach(async () => {
        await retried(
          () => sql`
            select from audit_interno.conferir_acesso(audit_interno.nome_pessoa(${name}), ${role}, ${tokenId}, ${issuedAt}, ${external})`,
        )
      })
    },
    asCaller: (caller, work, timeoutMs = STATEMENT_TIMEOUT, gone, repeatable = false) =>
      withinReach((arrived) =>
        share(caller.name, () => {
          if (gone?.aborted) throw new GoneError()
          const given = startAs({ statement_timeout: timeoutMs }, caller)
          return begin(arrived, START_AS_CALLER, given, '', repeatable, (tx, key) =>
            whileThere(
              gone,
              () => cancelRunning(sql, key),
              () => work(tx),
            ),
          )
        }),
      ),
    asService: (work, timeoutMs = STATEMENT_TIMEOUT) =>
      withinReach((arrived) =>
        share('', () => {
          const settings = JSON.stringify({ statement_timeout: timeoutMs })
          return begin(arrived, START_AS_NOBODY, [settings, false], '', true, work)
        }),
      ),
    asReader: (work, timeoutMs = STATEMENT_TIMEOUT) =>
      withinReach((arrived) => {
        const settings = { statement_timeout: timeoutMs, role: 'conferente_leitor' }
        return begin(arrived, START_AS_NOBODY, [JSON.stringify(settings), true], 'read only', true, work)
      }),
  }
}
