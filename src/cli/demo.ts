import type { Command } from 'commander'
import type { App, Database } from './app.ts'
import { createParsers } from './arguments.ts'
import { command } from './command.ts'
import { CommandError, UsageError } from './errors.ts'
import { tell } from './output.ts'
import { withDatabase } from './with-database.ts'

interface Options {
  readonly linhas: number
  readonly semente: number
}

export function register(program: Command, app: App): void {
  const { text } = app
  const { integer } = createParsers(text)
  command(program, app, 'demo')
    .option('--linhas <n>', text.option.rows, integer(100, 100_000_000), 500_000)
    .option('--semente <n>', text.option.seed, integer(-1e15, 1e15), 42)
    .action(async (options: Options) => {
      if (program.opts()['demo'] === true) throw new UsageError(text.usage.demoTwice)
      const began = Date.now()
      await withDatabase(app, { migrated: false, own: true }, async (database) => {
        const { runDemo } = await import('./demo-story.ts')
        const { takeZone } = await import('./database.ts')
        const own = database.embedded ? await renewDatabase(app, database) : await useGiven(app, database)
        try {
          await takeZone(app, own.sql)
          return await runDemo(app, own.sql, { ...options, embedded: database.embedded, began })
        } finally {
          await own.close()
        }
      })
    })
}

/** The demo's database on the embedded server, created again for each run: never the one with the user's data. */
async function renewDatabase(app: App, { sql, url }: Database): Promise<Pick<Database, 'sql' | 'close'>> {
  const { DEMO_DATABASE, openConnection, otherDatabase } = await import('./database.ts')
  const { bringUpToDate } = await import('./migrating.ts')
  const demoUrl = otherDatabase(url, DEMO_DATABASE)
  await sql.unsafe(`drop database if exists ${DEMO_DATABASE} with (force)`)
  await sql.unsafe(`create database ${DEMO_DATABASE} template template0 encoding 'UTF8'`)
  app.signal.throwIfAborted()
  await bringUpToDate(app, demoUrl, app.text.demo.database(DEMO_DATABASE))
  return openConnection(app, demoUrl)
}

/** A database that the user named, accepted only without a warehouse and without an audit trail of its own. */
async function useGiven(app: App, { sql, url }: Database): Promise<Pick<Database, 'sql' | 'close'>> {
  const { text } = app
  const [found] = await sql<{ foreign: boolean; audited: boolean }[]>`
    select to_regnamespace('dw') is not null and to_regclass('exemplo.geracao') is null
        and exists (select from pg_class where relnamespace = to_regnamespace('dw')) as foreign,
      to_regclass('audit.sessoes_processamento') is not null as audited`
  if (found?.foreign) throw new CommandError(text.demo.foreign)
  if (found?.audited) {
    const [used] = await sql`select from audit.sessoes_processamento limit 1`
    if (used) throw new CommandError(text.demo.used)
  }
  const { hostname, pathname } = new URL(url)
  tell(text.demo.given(decodeURIComponent(pathname.slice(1)), decodeURIComponent(hostname)))
  const { bringUpToDate } = await import('./migrating.ts')
  await bringUpToDate(app, url)
  return { sql, close: async () => {} }
}
