import { createHash, randomUUID } from 'node:crypto'
import { makePgService } from 'postgraphile/adaptors/pg'
import { retried } from '../../db/transaction.ts'
import { type Access, BECOME } from '../database.ts'
import {
  beginAgain,
  GoneError,
  NOT_BEGUN,
  RESET,
  type Running,
  START_AS_CALLER,
  startAs,
  whileThere,
} from '../departure.ts'
import { withinReach } from '../reach.ts'
import { once, type Repeatable } from '../repeat.ts'
import { shares } from '../shares.ts'
import type { Caller } from '../token.ts'

/** Where the caller travels to the transaction; never a setting of the database. */
const CALLER = 'conferente.caller'
/** The same of its request: settings are texts, so by a name. */
const REQUEST = 'conferente.request'
const requests = new Map<string, { readonly asking: Asking; readonly marked: Repeatable | undefined }>()
const POOL = 10
/** Of these, so many for one caller at the same time. */
const SHARE = 5
const WAIT_MS = 30_000

/** What a transaction knows of the request that it is for. */
interface Asking {
  readonly gone: AbortSignal | null
  /** Becomes true once the database has admitted the caller: its refusal goes out as the server's, not as an error of GraphQL. */
  asked: boolean
}

/**
 * Settings of one GraphQL operation's transactions: its caller, and how long a statement may take or wait.
 * @param marked of a mutation that bears a key: what it does is done once, and said again
 */
export function operationSettings(
  caller: Caller,
  statementMs: number,
  asking: Asking,
  marked: Repeatable | undefined,
): Record<string, string> {
  const name = randomUUID()
  requests.set(name, { asking, marked })
  setTimeout(() => requests.delete(name), 10 * statementMs).unref()
  return {
    [CALLER]: JSON.stringify(caller),
    [REQUEST]: name,
    statement_timeout: String(statementMs),
    lock_timeout: '10s',
    idle_in_transaction_session_timeout: '60s',
  }
}

/**
 * PostGraphile's way to the database. Every transaction begins by becoming the caller, through the same door as all else;
 * without a caller it stays the service, which may do nothing but read the catalogs.
 */
export function createService(url: string, access: Pick<Access, 'becomes' | 'shared' | 'cancel'>) {
  const service = makePgService({
    schemas: ['audit'],
    pubsub: false,
    connectionString: url,
    poolConfig: {
      application_name: 'conferente servir graphql',
      max: POOL,
      connectionTimeoutMillis: WAIT_MS,
    },
  })
  const { adaptor, adaptorSettings } = service
  sayNothing(adaptorSettings?.pool)
  return {
    ...service,
    adaptor: { ...adaptor, createWithPgClient: asCaller(adaptor.createWithPgClient, access) },
  }
}

/** Of a connection that was cut PostGraphile would print all that it holds; the caller is told. */
function sayNothing(pool: Pool | undefined): void {
  pool?.removeAllListeners('connect').on('connect', (client) => client.on('error', () => {}))
  pool?.removeAllListeners('error').on('error', () => {})
}

type Pool = NonNullable<NonNullable<ReturnType<typeof makePgService>['adaptorSettings']>['pool']>
type Create = ReturnType<typeof makePgService>['adaptor']['createWithPgClient']
type Settings = Parameters<Awaited<ReturnType<Create>>>[0]
type Client = Parameters<Parameters<Awaited<ReturnType<Create>>>[1]>[0]
/** What node-postgres knows of its connection, and does not declare. */
type Identified = { readonly processID: number; readonly secretKey: number }

function asCaller(
  create: Create,
  { becomes, shared, cancel }: Pick<Access, 'becomes' | 'shared' | 'cancel'>,
): Create {
  const share = shares(SHARE)
  return async (settings, variant) => {
    const plain = await create(settings, variant)
    const open: typeof plain = (given, work) =>
      plain(given, shared ? (client) => work(nameless(client)) : work)
    const withPgClient: typeof open = <T>(pgSettings: Settings, work: (client: Client) => T | Promise<T>) => {
      const { [CALLER]: carried, [REQUEST]: name, ...rest } = pgSettings ?? {}
      const { asking, marked } = requests.get(name ?? '') ?? {}
      const gone = asking?.gone ?? undefined
      if (carried == null) {
        return open(
          becomes === undefined ? pgSettings : { ...pgSettings, session_authorization: becomes },
          work,
        )
      }
      const caller = JSON.parse(carried) as Caller
      let started = false
      const begun = async (client: Client): Promise<T | typeof NOT_BEGUN> => {
        started = true
        if (becomes !== undefined) await client.query({ text: BECOME, values: [becomes] as never })
        await client.query({ text: RESET })
        const { rows } = await client.query<Running>({
          text: START_AS_CALLER,
          values: startAs(rest, caller) as never,
        })
        const [running] = rows
        if (!running?.fresh) return NOT_BEGUN
        if (asking !== undefined) asking.asked = true
        const { processID: pid, secretKey: secret } = client.rawClient as unknown as Identified
        return whileThere(
          gone,
          () => cancel({ pid, secret }),
          async () => work(marked ? repeating(client, marked) : client),
        )
      }
      const inTurn = (arrived: () => void) =>
        share(caller.name, () => {
          arrived()
          if (gone?.aborted) throw new GoneError()
          return retried(
            () => beginAgain(() => open(rest, begun)),
            () => !started,
          )
        })
      return withinReach(inTurn, WAIT_MS)
    }
    if (plain.release) withPgClient.release = plain.release
    return withPgClient
  }
}

/** Nothing is prepared by name: the next transaction may run in another process of the server. */
function nameless(client: Client): Client {
  return {
    ...client,
    query: ({ name: _, ...opts }) => client.query(opts),
    withTransaction: (work) => client.withTransaction((inner) => work(nameless(inner))),
  }
}

/** Each statement's rows are given again as they were when the same request was sent before. */
function repeating(client: Client, marked: Repeatable): Client {
  const query: Client['query'] = async (opts) => {
    const { text, values = [] } = opts
    let result: Awaited<ReturnType<typeof client.query>> | undefined
    const { answer } = await once(
      marked,
      async (statement, given) =>
        (await client.query<{ resposta: string | null }>({ text: statement, values: given as never })).rows,
      async () => {
        result = await client.query(opts)
        return JSON.stringify(result.rows)
      },
      createHash('sha256')
        .update(JSON.stringify([text, values]))
        .digest('hex'),
    )
    return (result ?? { rows: JSON.parse(answer), rowCount: null }) as never
  }
  return { ...client, query }
}
