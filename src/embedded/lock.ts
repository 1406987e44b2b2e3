import { closeSync, existsSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { EmbeddedError } from './error.ts'
import { openFor } from './place.ts'

const SQLITE_BUSY = 5

/**
 * A lock that the kernel holds, so that it ends with its process however that dies: no stale files, no pids.
 * Node has no flock of its own; SQLite, which comes with it, locks files on every platform. The file stays empty.
 */
export class FileLock {
  readonly #path: string
  readonly #database: DatabaseSync

  constructor(path: string) {
    this.#path = path
    // Before SQLite opens it: closing any descriptor of a file drops all locks that the process holds on it.
    if (!existsSync(path)) closeSync(openFor(path, 'a'))
    this.#database = new (sqlite().DatabaseSync)(path, { timeout: 0 })
  }

  async exclusive(timeoutMs: number): Promise<void> {
    const deadline = Date.now() + timeoutMs
    while (!this.tryExclusive()) {
      if (Date.now() > deadline) throw new EmbeddedError('start_timeout', { waiting_for: this.#path })
      await sleep(25)
    }
  }

  /** Lets go of what it holds, and takes the lock if nobody else has it in any way. */
  tryExclusive(): boolean {
    // In memory, so that no journal file comes and goes beside the lock.
    return this.#try('pragma journal_mode = memory; begin exclusive')
  }

  /** The same beside other shared holders; succeeds unless somebody holds the lock exclusively. */
  tryShared(): boolean {
    return this.#try('begin; select count(*) from sqlite_schema')
  }

  close(): void {
    if (this.#database.isOpen) this.#database.close()
  }

  #try(sql: string): boolean {
    try {
      if (this.#database.isTransaction) this.#database.exec('rollback')
      this.#database.exec(sql)
      return true
    } catch (error) {
      if ((error as { errcode?: number }).errcode === SQLITE_BUSY) return false
      throw error
    }
  }
}

function sqlite(): typeof import('node:sqlite') {
  const { emitWarning } = process
  // Node 22 prints a warning on the user's terminal for a module that Node 24 calls finished.
  process.emitWarning = () => {}
  try {
    return process.getBuiltinModule('node:sqlite')
  } finally {
    process.emitWarning = emitWarning
  }
}
