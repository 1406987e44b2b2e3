import { closeSync, existsSync } from 'node:fs'
import { openFor } from './place.ts'

const SQLITE_BUSY = 5

// Node 22 prints a warning on the user's terminal for a module that Node 24 calls finished.
const { emitWarning } = process
process.emitWarning = () => {}
const { DatabaseSync } = process.getBuiltinModule('node:sqlite')
process.emitWarning = emitWarning

/**
 * A lock that the kernel holds, so that it ends with its process however that dies: no stale files, no pids.
 * Node has no flock of its own; SQLite, which comes with it, locks files on every platform. The file stays empty.
 */
export class FileLock {
  readonly #database: InstanceType<typeof DatabaseSync>

  constructor(path: string) {
    // Before SQLite opens it: closing any descriptor of a file drops all locks that the process holds on it.
    if (!existsSync(path)) closeSync(openFor(path, 'a'))
    this.#database = new DatabaseSync(path, { timeout: 0 })
  }

  /** Lets go of what it holds, and takes the lock: alone, or beside others who share it. False when somebody is in the way. */
  take(how: 'alone' | 'shared'): boolean {
    // In memory, so that no journal file comes and goes beside the lock.
    const alone = 'pragma journal_mode = memory; begin exclusive'
    try {
      if (this.#database.isTransaction) this.#database.exec('rollback')
      this.#database.exec(how === 'alone' ? alone : 'begin; select count(*) from sqlite_schema')
      return true
    } catch (error) {
      if ((error as { errcode?: number }).errcode === SQLITE_BUSY) return false
      throw error
    }
  }

  close(): void {
    this.#database.close()
  }
}
