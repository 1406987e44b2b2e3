import { setTimeout as sleep } from 'node:timers/promises'
import { connect, type Sql } from '../../src/db/connection.ts'
import { migrate } from '../../src/db/migrate.ts'
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
  const admin = connect(serverUrl, { max: 1 })
  try {
    await admin.unsafe(`drop database if exists ${TEMPLATE} with (force)`)
    await admin.unsafe(`create database ${TEMPLATE} encoding 'UTF8' template template0`)
    await migrate(databaseUrl(serverUrl, TEMPLATE), { current: true })
    await createPeople(admin)
    await grantAuto(databaseUrl(serverUrl, TEMPLATE))
    await untilUnused(admin, TEMPLATE)
    await withScenario(admin, serverUrl, TEMPLATE)
  } finally {
    await admin.end()
  }
}

/** Turns a template into the one with the small warehouse. */
export async function withScenario(admin: Sql, serverUrl: string, template: string): Promise<void> {
  const made = `${template}_cenario`
  await admin.unsafe(`drop database if exists ${made} with (force)`)
  await admin.unsafe(`create database ${made} template ${template} strategy file_copy`)
  const sql = connect(databaseUrl(serverUrl, made), { max: 1 })
  try {
    await sql.unsafe(SCENARIO)
  } finally {
    await sql.end()
  }
  await untilUnused(admin, made)
}

/** As an administrator leaves it after installing: the bundled rules may correct, though nothing proves them yet. */
export async function grantAuto(url: string): Promise<void> {
  const sql = connect(url, { max: 1 })
  try {
    // as the owner of our functions: every verification names what somebody else changes directly
    await sql.unsafe(`set role conferente_dono;
      update audit.regras set automatica = true, concessao_correcoes = 1000000, concessao_valor = 1e12, concedida_em = now(), concedida_por = 'adelia'
      where nome in ('trade_marketing', 'pendente_verificacao', 'validacao_valores')`)
  } finally {
    await sql.end()
  }
}

/** graphile-migrate releases its connections only later, and PostgreSQL does not clone a database in use. */
async function untilUnused(admin: Sql, database: string): Promise<void> {
  for (const deadline = Date.now() + 10_000; Date.now() < deadline; await sleep(20)) {
    const busy = await admin`select from pg_stat_activity where datname = ${database}`
    if (busy.length === 0) return
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
