import { closeSync, existsSync } from 'node:fs'
import { openFor } from './place.ts'

const SQLITE_BUSY = 5

// Node 22 warns the user of a module that Node 24 calls finished.
const { emitWarning } = process
process.emitWarning = () => {}
const { DatabaseSync } = process.getBuiltinModule('node:sqlite')
process.emitWarning = emitWarning

/**
 * A lock that the kernel holds, so that it ends with its process in whatever way that dies.
 * Node cannot lock a file, but its SQLite can, on every platform. The file stays empty.
 */
export class FileLock {
  readonly #database: InstanceType<typeof DatabaseSync>

  constructor(path: string) {
    // Closed before SQLite opens it: closing a file drops all locks that the process holds on it.
    if (!existsSync(path)) closeSync(openFor(path))
    this.#database = new DatabaseSync(path, { timeout: 0 })
  }

  /** Takes the lock alone, or beside others who share it, instead of what it holds. False when somebody is in the way. */
  take(how: 'alone' | 'shared'): boolean {
    // In memory, so that no journal comes and goes beside the file.
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
