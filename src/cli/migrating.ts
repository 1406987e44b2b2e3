import { setTimeout as sleep } from 'node:timers/promises'
import { connect } from '../db/connection.ts'
import { MigrationRefused, migrate, type Stage } from '../db/migrate.ts'
import type { App } from './app.ts'
import { reportError } from './errors.ts'
import { tell } from './output.ts'
import { withStep } from './progress.ts'

/**
 * Migrates a database, and waits until the migration has let go of it: graphile-migrate keeps its connections for a
 * while and ends the whole process when the server goes away under them, as the embedded one does when we are done.
 */
export async function bringUpToDate(app: App, url: string, text = app.text.notice.migrating): Promise<void> {
  let reached: Stage | undefined
  let said = false
  const stopped = () => {
    if (!said) tell(app.text.notice.migrationStopped(reached))
    said = true
  }
  const work = async () => {
    const name = `conferente migrar ${process.pid}`
    const named = new URL(url)
    named.searchParams.set('application_name', name)
    await migrate(named.href, {
      reached: (stage) => {
        reached = stage
      },
      lost: () => {
        stopped()
        reportError(app, Object.assign(new Error('Connection terminated'), { code: 'CONNECTION_CLOSED' }))
      },
    })
    const sql = connect(url, { max: 1 })
    try {
      for (const deadline = Date.now() + 5000; Date.now() < deadline; await sleep(50)) {
        const busy = await sql`select from pg_stat_activity where application_name = ${name}`
        if (busy.length === 0) return
      }
    } finally {
      await sql.end({ timeout: 1 })
    }
  }
  // node-postgres throws from an event where a connection is cut under a statement
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
