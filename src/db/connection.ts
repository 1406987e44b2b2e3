import { join } from 'node:path'
import { parse as parseAddress } from 'pg-connection-string'
import postgres from 'postgres'
import { arrayTypes } from './arrays.ts'
import { parse, rawJSON } from './digits.ts'

export { digits } from './digits.ts'

export type Sql = postgres.Sql<{ bigint: bigint; day: string }>
export type Connection = Awaited<ReturnType<Sql['reserve']>>
export type Row = postgres.Row
/** A piece of SQL to be put into a statement. */
export type Fragment = postgres.PendingQuery<postgres.Row[]>
/** The statements of one transaction. */
export type Transaction = postgres.TransactionSql<{ bigint: bigint; day: string }>

export interface ConnectOptions {
  /** Most connections at once; a command that conducts a session needs exactly one. */
  readonly max?: number
  /** What pg_stat_activity shows. */
  readonly name?: string
  /** False where a pooler gives each transaction another server process: what was prepared by name is not there. */
  readonly prepare?: boolean
  /** Numbers inside JSON keep their digits as PostgreSQL wrote them (see `digits`) instead of becoming doubles. */
  readonly exactJson?: boolean
  /** Called with each warning of ours (class NC) that a statement gives; others say nothing that a person can act on. */
  readonly onWarning?: (warning: Warning) => void
}

export interface Warning {
  readonly code: string
  readonly message: string
  readonly hint?: string
}

// A date has no time and no zone: it stays the text that PostgreSQL wrote, or midnight somewhere would move it by a day.
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

/** Opens a pool; nothing is connected before the first query. Times are shown in the zone of the people who read them. */
export function connect(
  url: string,
  { max = 4, name = 'conferente', prepare = true, exactJson = false, onWarning }: ConnectOptions = {},
): Sql {
  const closed = { times: 0 }
  const { options, ...address } = readUrl(url)
  const sql: Sql = postgres({
    ...address,
    max,
    // Or the driver asks for all array types on each new connection, and nobody listens when that fails: the process ends.
    fetch_types: false,
    idle_timeout: max > 1 ? 30 : 0,
    // A lone one goes through code of others, which may make it forget what was prepared in it by name.
    prepare: prepare && max > 1,
    // What a lone connection holds, locks above all, must not go because it is an hour old.
    ...(max === 1 && { max_lifetime: null }),
    onclose: () => {
      closed.times++
    },
    connect_timeout: 10,
    // Or several connections that are cut at once, as idle ones may be, each wait longer than the one before, up to twenty seconds.
    backoff: (retries) => Math.min(0.05 * 2 ** retries, 1),
    // Nothing else of ours: PgBouncer refuses what it does not know.
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
  // Of a new connection that it has not asked anything the driver never says that it is there: one that is open already.
  const reserveOpen = sql.reserve
  sql.reserve = async () => {
    await sql`select`
    return reserveOpen()
  }
  return sql
}

/** What node-postgres makes of an address, for the other driver. */
function readUrl(url: string) {
  const { host, port, user, password, database, ssl, options } = parseAddress(url)
  const [server, at] = [host || 'localhost', Number(port || 5432)]
  return {
    // As a list, of which its types do not know: in a text the driver would cut an IPv6 address at its colons.
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

/** One connection that becomes a role as it is reserved. */
export type InRole = Pick<Sql, 'reserve' | 'end' | 'options'>

/** @param role of which the login is a member; set once the connection is there, for PgBouncer takes none at the start */
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

/** How often the connections of a pool have closed. */
const CLOSED = new WeakMap<InRole, { times: number }>()

/**
 * The one connection of a pool of one, for oneself. Once it is lost every query fails: the driver alone would crash the
 * process, and the query never end.
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

/** Work on a connection of its own, which ends with the work: its locks go with it, and a lost one is in nobody's way. */
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
 * What runs on a connection ends with its client, also one that was killed: nothing is carried out later for nobody. Asked of the
 * server, for PgBouncer refuses it at the start; one whose system cannot tell does without.
 */
export async function endWithClient(sql: Sql | Connection): Promise<void> {
  try {
    await sql`select set_config('client_connection_check_interval', '5s', false)`
  } catch (error) {
    if (!isDatabaseError(error)) throw error
  }
}

/** Before a step of a session: what code of others left in the connection in the step before is in nobody's way. */
export async function freshen(connection: Connection, sessionId: bigint): Promise<void> {
  await connection`reset all` // by itself, for a limit of time may be among the settings
  await endWithClient(connection)
  await connection`select audit_interno.limpar_conexao(${sessionId})`
}

/** An error that PostgreSQL itself answered with: it has a SQLSTATE. */
export function isDatabaseError(error: unknown): error is postgres.PostgresError {
  return error instanceof postgres.PostgresError
}
