import { finished, PassThrough, Readable } from 'node:stream'
import { finished as ended, pipeline } from 'node:stream/promises'
import type postgres from 'postgres'
import type { Sql } from '../db.ts'

export type Transaction = postgres.TransactionSql<{ bigint: bigint; day: string }>

/** Runs in one transaction, with whatever rights and limits the caller gives it: `(work) => sql.begin(work)`. */
export type InTransaction = <T>(work: (sql: Transaction) => Promise<T>) => Promise<unknown>

/** A transaction of a pool, or of a connection of one's own, as the login itself. */
export function inTransaction(sql: Sql): InTransaction {
  return (work) => sql.begin((tx) => work(tx as Transaction))
}

const BATCH = 64 * 1024

export interface RowFormat {
  /** The statement: `copy (…) to stdout …`. */
  statement(sql: Transaction): Promise<string>
  /** What each row ends with in place of a line feed. */
  readonly lineEnd?: Buffer
  /** Shapes batches of whole rows into what the reader gets. */
  shape(rows: Readable): Readable
}

/**
 * Streams what PostgreSQL copies out, as fast as it is read and no faster. When the reader goes away the query is
 * cancelled and the transaction ends.
 * @param counted told of the rows of each batch, the heading of CSV among them
 */
export function copyOut(within: InTransaction, format: RowFormat, counted: (rows: number) => void): Readable {
  const out = new PassThrough({ highWaterMark: BATCH })
  within(async (sql) => {
    const statement = await format.statement(sql)
    if (out.destroyed) return
    const query = sql.unsafe(statement)
    let cancelled: Promise<unknown> | undefined
    const release = finished(out, () => {
      if (out.readableEnded) return
      cancelled = cancel(query)
      rows?.destroy()
    })
    let rows: Readable | undefined
    try {
      rows = batches(await query.readable(), format.lineEnd, counted)
      await pipeline(format.shape(rows), out)
    } finally {
      release()
      rows?.destroy()
      // The transaction must not end, and its connection not go back, before the cancel has come and gone.
      await cancelled
    }
  }).catch((error: Error) => out.destroy(error))
  return out
}

/** The driver holds a copy for done once its stream is there, and would not cancel it. */
async function cancel(query: object): Promise<void> {
  const running = query as { active: boolean; canceller: (query: object) => Promise<void> }
  running.active = true
  await running.canceller(query).catch(() => {})
}

/**
 * Whole rows in pieces of about 64 KB. The server sends one row in each message, so a message's end is a row's end.
 * The source itself is never destroyed: its connection would wait for ever for somebody to read on.
 */
function batches(source: Readable, lineEnd: Buffer | undefined, counted: (rows: number) => void): Readable {
  let parts: Buffer[] = []
  let size = 0
  let count = 0
  const rows = new Readable({
    highWaterMark: BATCH,
    read: () => void source.resume(),
    destroy(error, done) {
      // Discards what still comes until the cancel has taken effect.
      source.resume()
      const gone = () => done(error)
      ended(source).then(gone, gone)
    },
  })
  const flush = () => {
    if (count === 0) return true
    const batch = Buffer.concat(parts, size)
    counted(count)
    parts = []
    size = 0
    count = 0
    return rows.push(batch)
  }
  source.on('data', (row: Buffer) => {
    if (rows.destroyed) return
    const whole = lineEnd ? row.subarray(0, -1) : row
    parts.push(whole)
    size += whole.length
    if (lineEnd) {
      parts.push(lineEnd)
      size += lineEnd.length
    }
    count++
    if (size >= BATCH && !flush()) source.pause()
  })
  source.once('end', () => {
    if (rows.destroyed) return
    flush()
    rows.push(null)
  })
  source.once('error', (error) => rows.destroy(error))
  rows.on('error', () => {}) // whoever reads hears of it too; before anybody does, it must not end the process
  return rows
}
