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

/** The key under which the caller is passed to the transaction; never a setting of the database. */
const CALLER = 'conferente.caller'
/** The same for the request: settings are texts, so it is passed by a name. */
const REQUEST = 'conferente.request'
const requests = new Map<string, { readonly asking: Asking; readonly marked: Repeatable | undefined }>()
const POOL = 10
/** The most of these connections for one caller at the same time. */
const SHARE = 5
const WAIT_MS = 30_000

/** What a transaction knows about its request. */
interface Asking {
  readonly gone: AbortSignal | null
  /**
   * True once the database has been asked about the caller, whose refusal goes out as the server's and not as an error of GraphQL.
   */
  asked: boolean
}

/**
 * Settings of one GraphQL operation's transactions: its caller, and how long a statement may run or wait.
 * @param marked set for a mutation with a key: it is done once, and its answer repeated
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
 * PostGraphile's way to the database. Every transaction begins by becoming the caller, through the same door as everything else;
 * without a caller it stays the service, which may only read the catalogs.
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

/** PostGraphile would print everything it knows about a connection that was cut; the caller gets the error anyway. */
function sayNothing(pool: Pool | undefined): void {
  pool?.removeAllListeners('connect').on('connect', (client) => client.on('error', () => {}))
  pool?.removeAllListeners('error').on('error', () => {})
}

type Pool = NonNullable<NonNullable<ReturnType<typeof makePgService>['adaptorSettings']>['pool']>
type Create = ReturnType<typeof makePgService>['adaptor']['createWithPgClient']
type Settings = Parameters<Awaited<ReturnType<Create>>>[0]
type Client = Parameters<Parameters<Awaited<ReturnType<Create>>>[1]>[0]
/** Properties of a connection that node-postgres has but does not declare. */
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

/** Prepares nothing by name, because the next transaction may run in another process of the server. */
function nameless(client: Client): Client {
  return {
    ...client,
    query: ({ name: _, ...opts }) => client.query(opts),
    withTransaction: (work) => client.withTransaction((inner) => work(nameless(inner))),
  }
}

/** Returns each statement's rows as they were when the same request was sent before. */
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
