import type { Key } from './cancel.ts'
import { type Connection, connect, type Sql } from './connection.ts'

/**
 * What stands between us and PostgreSQL: nothing; a pooler that keeps one server process for each connection; or one that gives
 * each transaction, or each statement, whichever process is free.
 */
export type Pooling = 'direct' | 'session' | 'transaction' | 'statement'

/** The pooler has no second connection to give, so its mode cannot be found out. */
export class PoolingUnknown extends Error {
  constructor() {
    super('the pooler gave no second connection')
    this.name = 'PoolingUnknown'
  }
}

const LOOKS = 10
const PATIENCE = 10_000

/**
 * The server process that answers, and whether it answers through a pooler, which makes a number up because it has no process yet.
 */
export async function whoAnswers(
  sql: Sql | Connection,
): Promise<{ readonly pid: number; readonly pooled: boolean; readonly key: Key }> {
  const answer = await sql<{ pid: number }[]>`select pg_backend_pid() as pid`
  const key = answer.state as unknown as Key
  const pid = answer[0]?.pid ?? 0
  return { pid, pooled: pid !== key.pid, key }
}

/**
 * Asks two connections in turn which process serves them. If one of them is served by the other's process, or by a second one,
 * processes are shared. While one has a transaction open, the other shows it.
 * @throws {PoolingUnknown}
 */
export async function poolingOf(url: string): Promise<Pooling> {
  const [one, other] = [connect(url, { max: 1 }), connect(url, { max: 1 })]
  const look = async (): Promise<Pooling> => {
    const { pid: own, pooled } = await whoAnswers(one)
    if (!pooled) return 'direct'
    const others = new Set<number>()
    for (let looks = 0; looks < LOOKS; looks += 1) {
      try {
        await other.unsafe('begin')
        others.add((await whoAnswers(other)).pid)
      } catch {
        // PgBouncer in statement mode ends the transaction's connection, and answers the other one
        return whoAnswers(one).then(() => 'statement')
      }
      if (others.size > 1 || others.has(own) || (await whoAnswers(one)).pid !== own) return 'transaction'
      await other.unsafe('rollback')
    }
    return 'session'
  }
  let late: NodeJS.Timeout | undefined
  const patience = new Promise<never>((_, reject) => {
    late = setTimeout(() => reject(new PoolingUnknown()), PATIENCE)
  })
  const looking = look()
  looking.catch(() => {})
  try {
    return await Promise.race([looking, patience])
  } finally {
    clearTimeout(late)
    await Promise.all([one.end({ timeout: 0 }), other.end({ timeout: 0 })])
  }
}
