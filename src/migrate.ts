import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { Logger } from '@graphile/logger'
import {
  type Settings as MigrateSettings,
  migrate as runCommitted,
  watch as runCurrent,
} from 'graphile-migrate'
import { runMigrations as runWorkerMigrations } from 'graphile-worker'
import { connect } from './db.ts'

const OWNER = 'conferente_dono'
const here = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url))
const quiet = new Logger(() => () => {})
// graphile-migrate takes only a logger of its own copy of that package.
const own = createRequire(import.meta.resolve('graphile-migrate'))('@graphile/logger') as {
  Logger: new (factory: () => () => void) => NonNullable<MigrateSettings['logger']>
}
const quietMigrations = new own.Logger(() => () => {})

/**
 * Brings a database to the version of this release: roles and schemas, the worker's tables, then the committed migrations.
 * @param options.current also runs migrations/current.sql, which is still being written (tests and development only)
 */
export async function migrate(url: string, { current = false } = {}): Promise<void> {
  const sql = connect(url, { max: 1, name: 'conferente migrar' })
  try {
    await sql.unsafe(await readFile(here('sql/papeis/papeis.sql'), 'utf8'))
  } finally {
    await sql.end()
  }
  const asOwner = new URL(url)
  asOwner.searchParams.set('options', `-c role=${OWNER}`)
  await runWorkerMigrations({ connectionString: asOwner.href, logger: quiet })
  const settings: MigrateSettings = {
    connectionString: url,
    migrationsFolder: here('migrations'),
    logger: quietMigrations,
  }
  await runCommitted(settings)
  if (current) await runCurrent(settings, true)
  await letServiceSeeVersion(url)
}

/** The API says on /readyz whether the database is of its release. */
async function letServiceSeeVersion(url: string): Promise<void> {
  const sql = connect(url, { max: 1, name: 'conferente migrar' })
  try {
    await sql`grant usage on schema graphile_migrate to conferente_servico`
    await sql`grant select on graphile_migrate.migrations to conferente_servico`
  } finally {
    await sql.end()
  }
}
