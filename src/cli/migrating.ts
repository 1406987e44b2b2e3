import { MigrationRefused, migrate, type Stage } from '../db/migrate.ts'
import type { App } from './app.ts'
import { reportError } from './errors.ts'
import { tell } from './output.ts'
import { withStep } from './progress.ts'

/** Migrates a database; on failure, reports how much of it remains. */
export async function bringUpToDate(app: App, url: string, text = app.text.notice.migrating): Promise<void> {
  let reached: Stage | undefined
  let said = false
  const stopped = () => {
    if (!said) tell(app.text.notice.migrationStopped(reached))
    said = true
  }
  const work = () =>
    migrate(url, {
      reached: (stage) => {
        reached = stage
      },
      lost: () => {
        stopped()
        reportError(app, new Error('Connection terminated'))
      },
    })
  // node-postgres throws from an event when a connection is cut during a statement
  process.prependListener('uncaughtException', stopped)
  try {
    await withStep(text, app.format, work)
  } catch (error) {
    if (!(error instanceof MigrationRefused)) stopped()
    throw error
  } finally {
    process.removeListener('uncaughtException', stopped)
  }
}
