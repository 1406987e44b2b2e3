import { PassThrough, Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Sql, Transaction } from '../db/connection.ts'
import { transaction } from '../db/transaction.ts'

/** Runs in one transaction, with the rights and limits that the caller gives it: `(work) => transaction(sql, work)`. */
export type InTransaction = <T>(work: (sql: Transaction) => Promise<T>) => Promise<unknown>

/** A transaction of a pool or of a single connection, as the login itself. */
export function inTransaction(sql: Sql): InTransaction {
  return (work) => transaction(sql, work)
}

export interface Statement {
  readonly text: string
  readonly values: readonly (string | string[] | null)[]
}

export type Cells = readonly (string | null)[]

export interface RowFormat {
  /** Every column of it is text. */
  readonly statement: Statement
  /** Programs get text as it is; otherwise what hides in a cell is made visible. */
  readonly exact?: boolean
  /** Shapes batches of rows (Cells[]) into what the reader gets. */
  shape(batches: Readable): Readable
}

export interface Exported {
  /** An error of the database, or of reading, destroys it; destroying it closes the cursor and ends the transaction. */
  readonly stream: Readable
  /** Rows so far; all of them once the stream has ended. */
  readonly rows: number
  readonly contentType: string
  readonly extension: string
}

const BATCH_ROWS = 200
const BUFFER = 64 * 1024
// Controls other than tab and line ends, and characters that turn the direction of a text: they hide in a cell, or show another
// text than is there.
const UNSEEN = /(?![\t\n\r])\p{Cc}|[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu

/** Each is replaced by a visible character: without it, what follows could become a formula. */
function visible(cell: string | null): string | null {
  return cell === null ? null : cell.replace(UNSEEN, '\ufffd')
}

/**
 * Streams what a statement reads, as fast as the reader takes it: a cursor of the protocol asks for the next batch while the one
 * before is under way. If the reader goes away, the transaction ends after the current batch at the latest. The stream ends only
 * after the transaction, so a file that ended is whole.
 * @param counted called with the number of rows of each batch
 */
export function readOut(within: InTransaction, format: RowFormat, counted: (rows: number) => void): Readable {
  let proceed: (() => void) | undefined
  const batches = new Readable({
    objectMode: true,
    highWaterMark: 1,
    read: () => proceed?.(),
    destroy(error, done) {
      proceed?.()
      done(error)
    },
  })
  // A format that has not asked for rows yet handles no error when the statement fails; `out` passes it to the reader.
  batches.on('error', () => {})
  const out = new PassThrough({ highWaterMark: BUFFER })
  // `out` gets every error, and so does its reader.
  pipeline(format.shape(batches), out).catch(() => batches.destroy())
  within(async (sql) => {
    await sql`select set_config('timezone', audit.fuso(), true)`
    if (batches.destroyed) return
    const { text, values } = format.statement
    const query = sql
      .unsafe(text, [...values])
      .values()
      .cursor(BATCH_ROWS, (rows) => {
        counted(rows.length)
        if (batches.push(format.exact ? rows : rows.map((row) => row.map(visible)))) return
        const next = new Promise<void>((resolve, reject) => {
          proceed = () => (batches.destroyed ? reject(new Error('the reader went away')) : resolve())
        })
        next.catch(() => {}) // the driver does not wait for an answer to the last batch
        if (batches.destroyed) proceed?.()
        return next
      })
    await query.catch((error: Error) => {
      // The cursor is gone; asking it for more would reach whatever the connection does next.
      proceed = undefined
      throw error
    })
  }).then(
    () => batches.push(null),
    (error: Error) => {
      batches.destroy(error)
      out.destroy(error)
    },
  )
  return out
}
