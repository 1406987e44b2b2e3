import { setTimeout as sleep } from 'node:timers/promises'
import { isDatabaseError, type Sql, type Transaction } from './connection.ts'
import { isLost } from './lost.ts'

type Work<T> = (tx: Transaction) => Promise<T>

/** Errors of the connection, as opposed to answers of the server. */
const GONE = /^(CONNECTION_(CLOSED|ENDED|DESTROYED)|E[A-Z]+)$/
/**
 * An error meant for the previous user of a lost connection, which the driver reports to the next one; or the connection was just
 * being cut, as an idle one may be.
 */
const LEFT_OVER = /^(57P0[125]|CONNECTION_CLOSED|ECONNRESET|EPIPE)$/
const TRIES = 10
/** Milliseconds before another try. */
const PAUSE = 5

/**
 * One transaction. If its connection is lost, it rejects. The driver's own `begin` would go on to roll back over the lost
 * connection, which throws from a timer and ends the process.
 * @param options as for BEGIN: `read only`
 */
export function transaction<T>(sql: Sql, work: Work<T>, options = ''): Promise<T> {
  let started = false
  const begin = () => {
    const connection = { lost: false }
    const begun = sql.begin(options, (tx) => {
      started = true
      return outlive(connection, work)(tx as Transaction)
    }) as Promise<T>
    begun.catch(() => {
      connection.lost = true
    })
    return begun
  }
  return retried(begin, () => !started)
}

/** Transactions in a role; the login is a member of it. */
export function inRole(sql: Sql, role: string) {
  return <T>(work: Work<T>): Promise<T> =>
    transaction(sql, async (tx) => {
      await tx.unsafe(`set local role ${role}`)
      return work(tx)
    })
}

/**
 * Tries again if the failure belongs to an earlier user of the connection and nothing has been done yet.
 * @param untouched whether another try is still harmless
 */
export async function retried<T>(start: () => PromiseLike<T>, untouched = () => true): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await start()
    } catch (error) {
      if (tries === TRIES || !untouched() || !(LEFT_OVER.test(codeOf(error)) || isLost(error))) throw error
      // the driver never answers a query sent between a socket's error and its close
      await sleep(PAUSE)
    }
  }
}

/**
 * Once the connection is lost, `work` never settles for the driver: whether it succeeded or failed, the driver would write again.
 */
function outlive<T>(connection: { lost: boolean }, work: Work<T>): Work<T> {
  const never = new Promise<never>(() => {})
  return async (tx) => {
    try {
      const result = await work(watched(tx, connection))
      return connection.lost ? await never : result
    } catch (error) {
      if (connection.lost) return never
      throw error
    }
  }
}

/** The transaction as `work` sees it: it learns of the loss before anybody else, and refuses queries after it. */
function watched(tx: Transaction, connection: { lost: boolean }): Transaction {
  const guarded =
    (run: (...given: unknown[]) => unknown) =>
    (...given: unknown[]) => {
      if (connection.lost)
        throw Object.assign(new Error('the connection was lost'), { code: 'CONNECTION_CLOSED' })
      return listened(run(...given), connection)
    }
  return new Proxy(tx, {
    apply: (target, self, given) => guarded((...all) => Reflect.apply(target, self, all))(...given),
    get(target, key) {
      const value = Reflect.get(target, key)
      if (key === 'unsafe') return guarded(value)
      if (key !== 'savepoint') return value
      return (...given: unknown[]) =>
        target.savepoint(
          ...(given.map((one) =>
            typeof one === 'function' ? outlive(connection, one as Work<unknown>) : one,
          ) as [never]),
        )
    },
  })
}

/** Uses the driver's own hook: awaiting a query would run it, even one that is only part of another. */
function listened(query: unknown, connection: { lost: boolean }): unknown {
  const { reject } = (query ?? {}) as { reject?: (error: unknown) => void }
  if (typeof reject === 'function') {
    Object.assign(query as object, {
      reject(error: unknown) {
        if (!isDatabaseError(error) && GONE.test(codeOf(error))) connection.lost = true
        reject(error)
      },
    })
  }
  return query
}

const codeOf = (error: unknown) => String((error as { code?: unknown } | null)?.code ?? '')
