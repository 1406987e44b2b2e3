import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { Logger } from '@graphile/logger'
import { migrate as runCommitted } from 'graphile-migrate'
import { runMigrations as runWorkerMigrations } from 'graphile-worker'
import { connect } from './db.ts'

const OWNER = 'conferente_dono'
const here = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url))
const quiet = new Logger(() => () => {})

/** Brings a database to the version of this release: roles and schemas, the worker's tables, then the committed migrations. */
export async function migrate(url: string): Promise<void> {
  const sql = connect(url, { max: 1, name: 'conferente migrar' })
  try {
    await sql.unsafe(await readFile(here('sql/papeis/papeis.sql'), 'utf8'))
  } finally {
    await sql.end()
  }
  const asOwner = new URL(url)
  asOwner.searchParams.set('options', `-c role=${OWNER}`)
  await runWorkerMigrations({ connectionString: asOwner.href, logger: quiet })
  await runCommitted({
    connectionString: url,
    migrationsFolder: here('migrations'),
    pgSettings: { role: OWNER, search_path: 'pg_catalog' },
    logger: quiet,
  })
}
