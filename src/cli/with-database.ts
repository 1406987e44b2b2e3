import type { App, Database, Role } from './app.ts'

export interface RunOptions {
  readonly role?: Role
  /** False for the command that creates the schema itself. */
  readonly migrated?: boolean
  /**
   * True for work that holds locks in its connection, or becomes another role there: a connection shared by a pooler is refused.
   */
  readonly own?: boolean
}

/** Opens the database, works with it, always closes it, and sets the exit code that `work` returns. */
export async function withDatabase(
  app: App,
  { role, migrated = true, own = false }: RunOptions,
  work: (database: Database) => Promise<number>,
): Promise<void> {
  app.role = role
  // Loaded only now, here and in the commands: help and a mistyped flag need no driver, no server and no libraries.
  const { openDatabase, requireOwn, takeZone } = await import('./database.ts')
  const database = await openDatabase(app, { migrated })
  try {
    app.signal.throwIfAborted()
    if (own) await requireOwn(app, database)
    // The API's own login, which names no role, may read nothing by itself.
    if (migrated && role !== undefined) await takeZone(app, database.sql)
    process.exitCode = await work(database)
  } finally {
    app.cancel = undefined
    await database.close()
  }
}
