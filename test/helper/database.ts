import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { t as file, type Test } from 'tap'
import { connect, type Sql } from '../../src/db/connection.ts'
import { drop } from './cluster.ts'
import {
  administrators,
  databaseUrl,
  everywhere,
  PASSWORD,
  type PEOPLE,
  TEMPLATE,
  WITH_SCENARIO,
} from './server.ts'

export { asOwner } from './owner.ts'

export interface TestDatabase {
  /** The superuser of the test server: sets the scene, never plays a user. */
  readonly sql: Sql
  readonly url: string
  /** A connection of one of the people, with that person's rights and no more. */
  connectAs(person: keyof typeof PEOPLE): Sql
}

/** One for all databases of a file. */
let shared: readonly Sql[] | undefined

function servers(serverUrl: string): readonly Sql[] {
  if (shared === undefined) {
    const opened = administrators(serverUrl)
    shared = opened
    file.teardown(() => Promise.all(opened.map((sql) => sql.end())))
  }
  return shared
}

/** The templates of databases: this release, the same with the small warehouse in it, or nothing of ours. */
const TEMPLATES = {
  migrated: TEMPLATE,
  scenario: WITH_SCENARIO,
  empty: "template0 encoding 'UTF8'",
} as const

/** A database of its own for a test, dropped when the test ends. */
export async function testDatabase(
  t: Pick<Test, 'teardown'>,
  start: keyof typeof TEMPLATES = 'migrated',
): Promise<TestDatabase> {
  const serverUrl = process.env['CONFERENTE_TESTE_URL']
  if (!serverUrl) throw new Error('run the tests with `npm test`: it brings up their server')
  const name = `teste_${process.pid}_${randomBytes(4).toString('hex')}`
  const made = servers(serverUrl)
  await everywhere(made, `create database ${name} template ${TEMPLATES[start]} strategy file_copy`)
  const url = databaseUrl(serverUrl, name)
  const open: Sql[] = []
  const opened = (connection: Sql) => {
    open.push(connection)
    return connection
  }
  const sql = opened(connect(url))
  t.teardown(async () => {
    await Promise.all(open.map((connection) => connection.end({ timeout: 10 })))
    await emptied(made[0] as Sql, name)
    await drop(made, name)
  })
  return {
    sql,
    url,
    connectAs(person) {
      const personal = new URL(url)
      personal.username = person
      personal.password = PASSWORD
      return opened(connect(personal.href))
    },
  }
}

/** Waits for connections that are closing: one cut off by force would fail the test after its end. */
async function emptied(admin: Sql, database: string): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    // those of Citus stay as long as the database
    const [busy] = await admin`select from pg_stat_activity
      where datname = ${database} and application_name !~ '^(citus_internal|Citus Maintenance)' limit 1`
    if (!busy) return
    await sleep(50)
  }
}

/** Waits until a connection to this database waits for a lock, on this server or on a node. */
export async function untilLocked(sql: Sql): Promise<void> {
  const [here] = await sql`select current_database() as name`
  const nodes = shared?.slice(1) ?? []
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; await sleep(20)) {
    const waiting = await Promise.all(
      [sql, ...nodes].map(
        (server) => server`
          select from pg_stat_activity where datname = ${here?.['name']} and wait_event_type = 'Lock'`,
      ),
    )
    if (waiting.flat().length > 0) return
  }
  throw new Error('nobody waits for a lock')
}

/** Waits until the server process of a connection that was closed is gone, and its locks with it. */
export async function untilGone(sql: Sql, pid: number): Promise<void> {
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; await sleep(20)) {
    const [alive] = await sql`select from pg_stat_activity where pid = ${pid}`
    if (!alive) return
  }
  throw new Error(`process ${pid} is still there`)
}

/** A login for one test alone. All tests share the people at the same time: a grant to one of them would show in other tests. */
export async function newcomer(
  t: Pick<Test, 'teardown'>,
  { sql, url }: Pick<TestDatabase, 'sql' | 'url'>,
  name: string,
  ...roles: string[]
): Promise<{ readonly login: string; connect(): Sql }> {
  const login = `${name}_${new URL(url).pathname.slice(1)}`
  await sql.unsafe(`create role ${login} login password '${PASSWORD}'; grant ${roles.join(', ')} to ${login}`)
  t.teardown(() => sql.unsafe(`drop role ${login}`))
  const open: Sql[] = []
  t.teardown(() => Promise.all(open.map((connection) => connection.end({ timeout: 10 }))))
  return {
    login,
    connect: () => {
      const personal = new URL(url)
      personal.username = login
      personal.password = PASSWORD
      const connection = connect(personal.href)
      open.push(connection)
      return connection
    },
  }
}
