import { cancelRunning } from '../db/cancel.ts'
import { connect, endWithClient, type Sql } from '../db/connection.ts'
import { PoolingUnknown, poolingOf, whoAnswers } from '../db/pooling.ts'
import { releaseMigrations } from '../db/release.ts'
import type { App, Database } from './app.ts'
import { CommandError, reportWarning, UsageError } from './errors.ts'
import { tell } from './output.ts'

export const DEMO_DATABASE = 'conferente_demo'
const ANSWER_MS = 15_000

/** Opens the database of DATABASE_URL, or the embedded server's own, migrating that if needed. */
export async function openDatabase(app: App, { migrated }: { migrated: boolean }): Promise<Database> {
  const { settings, text } = app
  const demo = app.program.opts()['demo'] === true
  if (settings.databaseUrl !== undefined) {
    if (demo) throw new UsageError(text.usage.demoNeedsEmbedded)
    const opened = await openConnection(app, settings.databaseUrl)
    return { ...opened, url: settings.databaseUrl, embedded: false }
  }
  const { openEmbedded } = await import('../embedded/embedded.ts')
  const server = await openEmbedded(settings.dataDir)
  try {
    tell(text.notice.embedded(server.dataDir))
    const url = demo ? otherDatabase(server.url, DEMO_DATABASE) : server.url
    if (migrated && !demo && (await isBehind(url))) {
      const { bringUpToDate } = await import('./migrating.ts')
      await bringUpToDate(app, url)
    }
    const opened = await openConnection(app, url)
    if (migrated && !demo && (await onlyDemonstration(opened.sql))) tell(text.notice.onlyDemonstration)
    const close = () => opened.close().finally(() => server.release())
    return { ...opened, url, embedded: true, close }
  } catch (error) {
    await server.release()
    throw error
  }
}

/** From here on times are shown in the zone in which the database counts days. */
export async function takeZone({ format }: App, sql: Sql): Promise<void> {
  const [row] = await sql<{ fuso: string }[]>`select audit.fuso() as fuso`
  if (row) format.useZone(row.fuso)
}

/** The same server, another database. */
export function otherDatabase(serverUrl: string, database: string): string {
  const url = new URL(serverUrl)
  url.pathname = `/${database}`
  return url.href
}

/** One connection to a database; lets the app cancel what runs on it. */
export async function openConnection(
  app: App,
  url: string,
): Promise<Pick<Database, 'sql' | 'pooled' | 'close'>> {
  const sql = connect(url, {
    max: 1,
    exactJson: true,
    onWarning: (warning) => reportWarning(app.text, warning),
  })
  try {
    const { pooled, key } = await answered(whoAnswers(sql))
    app.cancel = () => cancelRunning(sql, key)
    await endWithClient(sql)
    return { sql, pooled, close: () => sql.end({ timeout: 2 }) }
  } catch (error) {
    await sql.end({ timeout: 0 })
    throw error
  }
}

/** Where something accepts connections and closes them, the driver tries for ever; a person does not. */
async function answered<T>(query: PromiseLike<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(Object.assign(new Error('no answer'), { code: 'CONNECT_TIMEOUT' })),
      ANSWER_MS,
    )
  })
  try {
    return await Promise.race([query, late])
  } finally {
    clearTimeout(timer)
  }
}

/**
 * Makes sure that the connection is not shared as long as it lives, because it holds locks.
 * @throws {CommandError} before anything is done
 */
export async function requireOwn({ text }: App, { url, pooled }: Database): Promise<void> {
  if (!pooled) return
  const pooling = await poolingOf(url).catch((error) => {
    throw error instanceof PoolingUnknown ? new CommandError(text.pooler.unknown) : error
  })
  if (pooling !== 'session') throw new CommandError(text.pooler.refused(pooling))
}

/** Whether only the demonstration has a warehouse. Then a question to this database was most likely meant for the other. */
async function onlyDemonstration(sql: Sql): Promise<boolean> {
  const [row] = await sql<{ only: boolean }[]>`
    select to_regclass('dw.lancamentos') is null
      and exists (select from pg_database where datname = ${DEMO_DATABASE}) as only`
  return row?.only === true
}

async function isBehind(url: string): Promise<boolean> {
  const release = await releaseMigrations()
  const sql = connect(url, { max: 1 })
  try {
    const [known] = await sql<{ known: boolean }[]>`
      select to_regclass('graphile_migrate.migrations') is not null and to_regnamespace('audit') is not null as known`
    if (!known?.known) return true
    const [applied] = await sql<
      { count: bigint }[]
    >`select count(*) as count from graphile_migrate.migrations`
    return Number(applied?.count ?? 0) < release.length
  } finally {
    await sql.end({ timeout: 1 })
  }
}
