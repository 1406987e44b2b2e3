import { setTimeout as sleep } from 'node:timers/promises'
import { connect, type Sql } from '../../src/db/connection.ts'
import { migrate } from '../../src/db/migrate.ts'
import { close, DISTRIBUTE, findNodes, joinNodes, serversOf } from './cluster.ts'
import { SCENARIO } from './scenario_tables.ts'

/** The migrated database from which every test file's own is cloned. */
export const TEMPLATE = process.env['CONFERENTE_TESTE_MODELO'] ?? 'conferente_modelo'

/**
 * The same with the small warehouse of `cenario` in it, with which most tests begin: created and registered once, not in each of
 * them.
 */
export const WITH_SCENARIO = `${TEMPLATE}_cenario`

/** People who log in during tests, each with the role that such a person would have. */
export const PEOPLE = {
  ana: 'conferente_revisor',
  bruno: 'conferente_revisor',
  olivia: 'conferente_operador',
  leo: 'conferente_leitor',
  adelia: 'conferente_administrador',
  api: 'conferente_servico',
  ninguem: undefined,
} as const
export const PASSWORD = 'teste'

/** Prepares a server for tests: the people, and the template databases, freshly migrated. */
export async function prepare(serverUrl: string): Promise<void> {
  await findNodes(serverUrl)
  const servers = administrators(serverUrl)
  const [admin] = servers
  const url = databaseUrl(serverUrl, TEMPLATE)
  try {
    await everywhere(servers, `drop database if exists ${TEMPLATE} with (force)`)
    await everywhere(servers, `create database ${TEMPLATE} encoding 'UTF8' template template0`)
    const nodes = servers.length > 1
    if (nodes) await joinNodes(serversOf(serverUrl).map((server) => databaseUrl(server, TEMPLATE)))
    await migrate(url, { current: true })
    await createPeople(admin)
    await grantAuto(url)
    if (nodes) await run(url, DISTRIBUTE)
    await untilUnused(servers, TEMPLATE)
    await withScenario(servers, serverUrl, TEMPLATE)
  } finally {
    await Promise.all(servers.map((sql) => sql.end()))
  }
}

/** A connection to each server on which databases are made. */
export function administrators(serverUrl: string): readonly [Sql, ...Sql[]] {
  return serversOf(serverUrl).map((url) => connect(url, { max: 1 })) as [Sql, ...Sql[]]
}

/** Makes or drops a database on each of them. */
export const everywhere = (servers: readonly Sql[], statement: string) =>
  Promise.all(servers.map((sql) => sql.unsafe(statement)))

/** Turns a template into the one with the small warehouse. */
export async function withScenario(
  servers: readonly Sql[],
  serverUrl: string,
  template: string,
): Promise<void> {
  const made = `${template}_cenario`
  await everywhere(servers, `drop database if exists ${made} with (force)`)
  await everywhere(servers, `create database ${made} template ${template} strategy file_copy`)
  await run(databaseUrl(serverUrl, made), SCENARIO)
  await untilUnused(servers, made)
}

/** As an administrator leaves it after installing: the bundled rules may correct, though nothing proves them yet. */
export async function grantAuto(url: string): Promise<void> {
  // as the owner of our functions: every verification names what somebody else changes directly
  await run(
    url,
    `set role conferente_dono;
    update audit.regras set automatica = true, concessao_correcoes = 1000000, concessao_valor = 1e12, concedida_em = now(), concedida_por = 'adelia'
    where nome in ('trade_marketing', 'pendente_verificacao', 'validacao_valores')`,
  )
}

async function run(url: string, statements: string): Promise<void> {
  const sql = connect(url, { max: 1 })
  try {
    await sql.unsafe(statements)
  } finally {
    await sql.end()
  }
}

/** graphile-migrate releases its connections only later, and PostgreSQL does not clone a database in use. */
async function untilUnused(servers: readonly Sql[], database: string): Promise<void> {
  if (servers.length > 1) await close(servers, database)
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; await sleep(20)) {
    const busy = await Promise.all(
      servers.map((sql) => sql`select from pg_stat_activity where datname = ${database}`),
    )
    if (busy.flat().length === 0) return
  }
  throw new Error(`${database} is still in use`)
}

async function createPeople(admin: Sql): Promise<void> {
  for (const [name, role] of Object.entries(PEOPLE)) {
    const [known] = await admin`select from pg_roles where rolname = ${name}`
    if (!known) await admin.unsafe(`create role ${name} login password '${PASSWORD}'`)
    if (role) await admin.unsafe(`grant ${role} to ${name}`)
  }
}

/** The same server, another database. */
export function databaseUrl(serverUrl: string, database: string): string {
  const url = new URL(serverUrl)
  url.pathname = `/${database}`
  return url.href
}
