import { readdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Logger } from '@graphile/logger'
import {
  type Settings as MigrateSettings,
  migrate as runCommitted,
  watch as runCurrent,
} from 'graphile-migrate'
import { runMigrations as runWorkerMigrations } from 'graphile-worker'
import { connect, type Sql } from './connection.ts'
import { poolAs } from './pool.ts'
import { whoAnswers } from './pooling.ts'
import { releaseMigrations } from './release.ts'

const OWNER = 'conferente_dono'
const here = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url))
const quiet = new Logger(() => () => {})
// graphile-migrate accepts only a logger from its own copy of that package.
const own = createRequire(import.meta.resolve('graphile-migrate'))('@graphile/logger') as {
  Logger: new (
    factory: () => (level: string, message: string) => void,
  ) => NonNullable<MigrateSettings['logger']>
}
/** Name of the connections of graphile-migrate and the queue, so that we can see when they end. */
const NAME = `conferente migrar ${process.pid}`

export interface Obstacle {
  readonly item: string
  readonly detalhe: string
  readonly sugestao: string
}

/** How far a migration is in the database for good; each stage includes those before it, and a later run continues from there. */
export type Stage = 'roles' | 'queue' | 'migrations'

/** Something is in the way, and nothing was done. */
export class MigrationRefused extends Error {
  readonly obstacles: readonly Obstacle[]

  constructor(obstacles: readonly Obstacle[]) {
    super(obstacles.map(({ item, detalhe }) => `${item}: ${detalhe}`).join('; '))
    this.name = 'MigrationRefused'
    this.obstacles = obstacles
  }
}

/**
 * Brings a database to the version of this release: roles and schemas, the worker's tables, then the committed migrations. First
 * checks what is in the way, and closes its connections before it returns.
 * @throws {MigrationRefused} and nothing was done
 * @param options.reached called with each stage that is done
 * @param options.lost called when a connection of graphile-migrate is cut: it then ends the process with exit code 1
 * @param options.current also runs migrations/current.sql, which is still being written (tests and development only)
 * @param options.folder the migrations, if not those of this release (tests only)
 */
export async function migrate(
  url: string,
  {
    current = false,
    folder = here('migrations'),
    reached,
    lost,
  }: { current?: boolean; folder?: string; reached?: (stage: Stage) => void; lost?: () => void } = {},
): Promise<void> {
  await withConnection(url, async (sql) => {
    const obstacles = await inTheWay(sql)
    if (obstacles.length > 0) throw new MigrationRefused(obstacles)
    await keepWhatWasBroken(sql, folder)
    await sql.unsafe(await readFile(here('sql/papeis/papeis.sql'), 'utf8'))
  })
  reached?.('roles')
  const named = new URL(url)
  named.searchParams.set('application_name', NAME)
  const pgPool = poolAs(OWNER, named.href)
  pgPool.on('connect', (client) => client.query('set citus.enable_ddl_propagation = off'))
  await runWorkerMigrations({ pgPool, logger: quiet }).finally(() => pgPool.end())
  reached?.('queue')
  const settings: MigrateSettings = {
    connectionString: named.href,
    migrationsFolder: folder,
    logger: new own.Logger(() => (_, message) => {
      if (message.startsWith('An error occurred in the PgPool')) lost?.()
    }),
  }
  try {
    await runCommitted(settings)
    if (current) await runCurrent(settings, true)
    reached?.('migrations')
    await withConnection(url, letServiceSeeVersion)
    await withConnection(url, prepareNodes)
  } finally {
    await letGo(url)
  }
}

/**
 * A migration records the schema as it leaves it, which would make earlier tampering look right from then on. So that is recorded
 * first.
 */
async function keepWhatWasBroken(sql: Sql, folder: string): Promise<void> {
  const [known] =
    await sql`select from pg_proc where oid = to_regprocedure('audit_interno.conferir_instalacao()')`
  if (!known) return
  const committed = (await readdir(`${folder}/committed`)).filter((name) => name.endsWith('.sql'))
  const [done] = await sql<{ n: number }[]>`select count(*)::int as n from graphile_migrate.migrations`
  if (committed.length <= (done?.n ?? 0)) return
  await sql.begin(async (tx) => {
    await tx`set local role conferente_dono`
    await tx`select audit_interno.conferir_instalacao()`
  })
}

/**
 * graphile-migrate keeps its connections a while for another call, and ends the process if the server goes away meanwhile, as the
 * embedded one does when we are done.
 */
async function letGo(url: string): Promise<void> {
  try {
    await withConnection(url, async (sql) => {
      // a pooler keeps them for others, and does not end with us
      if ((await whoAnswers(sql)).pooled) return
      for (const deadline = Date.now() + 5000; Date.now() < deadline; await sleep(50)) {
        const busy = await sql`select from pg_stat_activity where application_name = ${NAME}`
        if (busy.length === 0) return
      }
    })
  } catch {
    // the server is gone, and the connections with it
  }
}

/** A connection that closes within a second: the driver's own end waits for ever if one was cut during a query. */
async function withConnection<T>(url: string, work: (sql: Sql) => Promise<T>): Promise<T> {
  const sql = connect(url, { max: 1, name: 'conferente migrar' })
  try {
    return await work(sql)
  } finally {
    await sql.end({ timeout: 1 })
  }
}

/** Objects of another program where ours must go, and what the server lacks. */
export async function inTheWay(sql: Sql): Promise<Obstacle[]> {
  // ASCII only: with another encoding the server cannot even read the question
  const encoding = await sql<Obstacle[]>`
    select 'server_encoding' as item, pg_catalog.getdatabaseencoding()::text as detalhe,
      'create database ... encoding ''UTF8'' template template0' as sugestao
    where pg_catalog.getdatabaseencoding() <> 'UTF8'`
  if (encoding.length > 0) return [...encoding]
  const obstacles = [
    ...(await sql.unsafe<Obstacle[]>(await readFile(here('sql/papeis/conferir_banco.sql'), 'utf8'))),
  ]
  const [kept] = await sql`select from pg_class where oid = to_regclass('graphile_migrate.migrations')`
  if (!kept) return obstacles
  // another program's, or those of a later release
  const strange = await sql<Obstacle[]>`
    select 'graphile_migrate' as item, 'tem migrações que não são desta versão: ' || string_agg(m.filename, ', ' order by m.filename) as detalhe,
      'Use a versão do Conferente que migrou este banco, ou outro banco.' as sugestao
    from graphile_migrate.migrations m
    where m.filename <> all (${await releaseMigrations()}::text[]) or to_regnamespace('audit') is null
    having count(*) > 0`
  return [...obstacles, ...strange]
}

/** On /readyz the API says whether the database is of its release. */
/** Where Citus is, the nodes get the functions that our statements call there; recorded as part of the installation. */
async function prepareNodes(sql: Sql): Promise<void> {
  await sql.begin(async (tx) => {
    const [prepared] = await tx`select audit_interno.preparar_nos() as changed`
    if (!prepared?.['changed']) return
    await tx`set local role conferente_dono`
    await tx`select audit_interno.registrar_instalacao()`
  })
}

async function letServiceSeeVersion(sql: Sql): Promise<void> {
  await sql`grant usage on schema graphile_migrate to conferente_servico`
  await sql`grant select on graphile_migrate.migrations to conferente_servico`
}
