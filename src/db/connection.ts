import { join } from 'node:path'
import { parse as parseAddress } from 'pg-connection-string'
import postgres from 'postgres'
import { arrayTypes } from './arrays.ts'
import { parse, rawJSON } from './digits.ts'

export { digits } from './digits.ts'

export type Sql = postgres.Sql<{ bigint: bigint; day: string }>
export type Connection = Awaited<ReturnType<Sql['reserve']>>
export type Row = postgres.Row
/** A piece of SQL to be embedded in a statement. */
export type Fragment = postgres.PendingQuery<postgres.Row[]>
/** The statements of one transaction. */
export type Transaction = postgres.TransactionSql<{ bigint: bigint; day: string }>

export interface ConnectOptions {
  /** The most connections at once; a command that conducts a session needs exactly one. */
  readonly max?: number
  /** The name shown in pg_stat_activity. */
  readonly name?: string
  /** False behind a pooler that gives each transaction another server process, which does not have statements prepared by name. */
  readonly prepare?: boolean
  /** Numbers inside JSON keep their digits as PostgreSQL wrote them (see `digits`) instead of becoming doubles. */
  readonly exactJson?: boolean
  /** Called with each warning of ours (class NC) that a statement raises; other warnings are nothing that a person can act on. */
  readonly onWarning?: (warning: Warning) => void
}

export interface Warning {
  readonly code: string
  readonly message: string
  readonly hint?: string
}

// A date has no time and no zone. It stays the text that PostgreSQL wrote, or midnight somewhere would move it by a day.
const DAY = { to: 1082, from: [1082], serialize: (day: string) => day, parse: (day: string) => day }

const EXACT_JSON = {
  to: 3802,
  from: [114, 3802],
  serialize: JSON.stringify,
  parse: (text: string) =>
    parse(text, (_, value, { source }) =>
      typeof value === 'number' && source !== undefined && String(value) !== source ? rawJSON(source) : value,
    ),
}

/** Opens a pool; nothing connects before the first query. Times are shown in the zone of the people who read them. */
export function connect(
  url: string,
  { max = 4, name = 'conferente', prepare = true, exactJson = false, onWarning }: ConnectOptions = {},
): Sql {
  const closed = { times: 0 }
  const { options, ...address } = readUrl(url)
  const sql: Sql = postgres({
    ...address,
    max,
    // Otherwise the driver asks for all array types on each new connection, nobody handles it when that fails, and the process
    // ends.
    fetch_types: false,
    idle_timeout: max > 1 ? 30 : 0,
    // A single connection runs other people's code, which may deallocate prepared statements.
    prepare: prepare && max > 1,
    // A single connection holds locks, which must not end because it is an hour old.
    ...(max === 1 && { max_lifetime: null }),
    onclose: () => {
      closed.times++
    },
    connect_timeout: 10,
    // Otherwise, when several connections are cut at once, as idle ones may be, each waits longer than the one before, up to twenty
    // seconds.
    backoff: (retries) => Math.min(0.05 * 2 ** retries, 1),
    // No other parameters: PgBouncer refuses those it does not know.
    connection: { application_name: name, ...(options !== undefined && { options }) },
    types: {
      bigint: postgres.BigInt,
      day: DAY,
      ...(exactJson && { json: EXACT_JSON }),
      ...arrayTypes(() => sql.options),
    },
    onnotice: ({ code = '', message = '', hint }) => {
      if (code.startsWith('NC')) onWarning?.({ code, message, ...(hint !== undefined && { hint }) })
    },
  })
  CLOSED.set(sql, closed)
  // The driver does not report a new connection that has run nothing. This gives one that is open already.
  const reserveOpen = sql.reserve
  sql.reserve = async () => {
    await sql`select`
    return reserveOpen()
  }
  return sql
}

/** An address as node-postgres reads it, for the other driver. */
function readUrl(url: string) {
  const { host, port, user, password, database, ssl, options } = parseAddress(url)
  const [server, at] = [host || 'localhost', Number(port || 5432)]
  return {
    // As a list, which its types do not allow: the driver would cut an IPv6 address in a text at its colons.
    host: [server] as unknown as string,
    port: [at] as unknown as number,
    ...(server.startsWith('/') && { path: join(server, `.s.PGSQL.${at}`) }),
    ...(user && { user }),
    ...(password && { password }),
    ...(database && { database }),
    ssl: (ssl ?? false) as boolean | object,
    options: options as string | undefined,
  }
}

/** A connection that becomes a role when it is reserved. */
export type InRole = Pick<Sql, 'reserve' | 'end' | 'options'>

/** @param role the login is a member of it; set once connected, because PgBouncer takes none at the start */
export function connectAs(role: string, url: string, options: Omit<ConnectOptions, 'max'> = {}): InRole {
  const sql = connect(url, { ...options, max: 1 })
  const reserveAsLogin = sql.reserve
  sql.reserve = async () => {
    const connection = await reserveAsLogin()
    try {
      await connection.unsafe(`set role ${role}`)
      return connection
    } catch (error) {
      connection.release()
      throw error
    }
  }
  return sql
}

/** How often the connections of a pool have been closed. */
const CLOSED = new WeakMap<InRole, { times: number }>()

/**
 * The one connection of a pool of one, reserved. Once it is lost every query fails; by itself, the driver would crash the process
 * or never settle the query.
 */
export async function reserve(sql: InRole): Promise<Connection> {
  const connection = await sql.reserve()
  const closed = CLOSED.get(sql) ?? { times: 0 }
  const before = closed.times
  const lost = () => closed.times !== before
  return new Proxy(connection, {
    apply(target, self, args) {
      if (lost()) throw Object.assign(new Error('the connection was lost'), { code: 'CONNECTION_CLOSED' })
      return Reflect.apply(target, self, args)
    },
    get(target, key, receiver) {
      if (key === 'release' && lost()) return () => {}
      return Reflect.get(target, key, receiver)
    },
  })
}

/** Work on a connection of its own, which ends with the work and releases its locks. If it is lost, nobody else is affected. */
export async function alone<T>(own: InRole, work: (connection: Connection) => Promise<T>): Promise<T> {
  let connection: Connection | undefined
  try {
    connection = await reserve(own)
    return await work(connection)
  } finally {
    connection?.release()
    await own.end({ timeout: 1 })
  }
}

/**
 * Makes what runs on a connection end with its client, even one that was killed, so that nothing goes on for nobody. Set by a
 * query, because PgBouncer refuses it at the start; a system that cannot detect the loss does without.
 */
export async function endWithClient(sql: Sql | Connection): Promise<void> {
  try {
    await sql`select set_config('client_connection_check_interval', '5s', false)`
  } catch (error) {
    if (!isDatabaseError(error)) throw error
  }
}

/** Before a step of a session: removes what other people's code left in the connection during the step before. */
export async function freshen(connection: Connection, sessionId: bigint): Promise<void> {
  await connection`reset all` // by itself, because a time limit may be among the settings
  await endWithClient(connection)
  await connection`select audit_interno.limpar_conexao(${sessionId})`
}

/** An error that PostgreSQL itself answered with: it has a SQLSTATE. */
export function isDatabaseError(error: unknown): error is postgres.PostgresError {
  return error instanceof postgres.PostgresError
}
