import { type Connection, type InRole, reserve, type Sql, type Transaction } from '../db/connection.ts'
import { transaction } from '../db/transaction.ts'

/** A row of audit.notificacoes, by the columns that are read by name. */
export interface Attempted {
  readonly id: bigint
  readonly tipo: string
  readonly sessao_id: bigint | null
  readonly status: string
  readonly tentativas: number
  readonly ultimo_erro: string | null
  /** Name of the channel; null for mail. */
  readonly canal: string | null
}

/** What there is to send. */
export interface Begun {
  readonly id: bigint
  readonly faltam: string[]
  readonly destinatarios: string[]
  readonly remetente: string
  readonly identificador: string
  readonly conteudo: unknown
  readonly sessao_id: bigint | null
  readonly composta_em: Date
}

/** The result of one attempt. */
export interface Outcome {
  /** Addresses for which the server accepted the message. */
  readonly accepted: readonly string[]
  /** Address to answer, refused for good. All others may be tried again. */
  readonly refused: Readonly<Record<string, string>>
  /** Why somebody was not served, in the words of the server or the connection; null when all is done. */
  readonly error: string | null
  /** The message itself was refused for good: another attempt makes no sense. */
  readonly final: boolean
}

/** Sends to those in `faltam`. Never throws: a message that cannot be made is recorded like one that cannot be sent. */
export type Attempt = (
  begun: Begun,
  connection: Connection | Transaction,
) => Promise<Outcome & { /** Null when it could not be made. */ readonly subject: string | null }>

export interface AttemptOptions {
  readonly last?: boolean
  /** Called with the delivery row afterwards. */
  readonly mailed?: ((delivery: Attempted) => void) | undefined
}

/** Another process is sending the message right now. */
export class MessageBusy extends Error {
  constructor(id: bigint) {
    super(`message ${id} is being sent by another process`)
    this.name = 'MessageBusy'
  }
}

/** Somebody has not been served yet; there will be another attempt. */
export class MessageDeferred extends Error {
  constructor(id: bigint, reason: string) {
    super(`message ${id} not sent yet: ${reason}`)
    this.name = 'MessageDeferred'
  }
}

/** Fixes a message's facts, recipients and identifier, and queues its sending. A composed message is left alone. */
export async function compose(sql: Sql | Connection, id: bigint): Promise<void> {
  await sql`select from audit_interno.compor_mensagem(${id})`
}

/**
 * Makes one attempt to send a message to those who do not have it yet, and records the result. A message that is not to be sent is
 * left alone.
 * @param sql one connection, which holds the message's lock while it is on its way
 * @param last whether to give up if this attempt fails
 * @throws {MessageBusy} {MessageDeferred} when there will be another attempt
 */
export async function makeAttempt(
  sql: InRole,
  id: bigint,
  attempt: Attempt,
  { mailed, last = false }: AttemptOptions = {},
): Promise<void> {
  const connection = await reserve(sql)
  try {
    tellOf(await attemptOn(connection, id, attempt, last), mailed)
  } finally {
    connection.release()
  }
}

/** What became of the message; undefined where there was nothing to send. */
async function attemptOn(
  sql: Connection | Transaction,
  id: bigint,
  attempt: Attempt,
  last: boolean,
): Promise<Attempted | undefined> {
  const [begun] = await sql<(Omit<Begun, 'id'> & { situacao: string })[]>`
    select * from audit_interno.iniciar_envio(${id})`
  if (begun?.situacao === 'ocupada') throw new MessageBusy(id)
  if (begun?.situacao !== 'enviar') return undefined
  const outcome = await attempt({ ...begun, id }, sql)
  const [row] = await sql<Attempted[]>`
    select r.id, r.tipo, r.sessao_id, r.status, r.tentativas, r.ultimo_erro,
      case when r.canal_id is not null then r.destinatarios[1] end as canal
    from audit_interno.registrar_envio(${id}, ${outcome.subject}, ${[...outcome.accepted]}::text[],
      ${sql.json(outcome.refused)}, ${outcome.error}, ${outcome.final || last}) as r`
  return row
}

function tellOf(row: Attempted | undefined, mailed: AttemptOptions['mailed']): void {
  if (row === undefined) return
  mailed?.(row)
  if (row.status === 'composta') throw new MessageDeferred(row.id, String(row.ultimo_erro))
}

/** What one call of `attemptDue` did. */
export interface Delivery {
  readonly sent: readonly bigint[]
  readonly failed: readonly { readonly id: bigint; readonly error: Error }[]
}

export interface Due {
  readonly kinds: readonly string[]
  /** Messages to channels; otherwise mails. */
  readonly channels?: boolean
  /** Includes messages that wait for their next attempt, as when a person says "now". */
  readonly waiting?: boolean
  /** Whether the connection is reserved only within a transaction: then each attempt is one. */
  readonly shared?: boolean
  readonly mailed?: AttemptOptions['mailed']
}

const MOST_ATTEMPTS = 25

/**
 * Composes and sends what is due, without a worker. Safe beside workers and other callers: each message is sent by one process at a
 * time, and once.
 * @param sql one connection of a login with the rights of conferente_servico or conferente_dono
 */
export async function attemptDue(
  sql: Sql,
  attempt: Attempt,
  { kinds, channels = false, waiting = false, shared = false, mailed }: Due,
): Promise<Delivery> {
  const sent: bigint[] = []
  const failed: { id: bigint; error: Error }[] = []
  const due = (status: string) =>
    sql<{ notificacao_id: bigint; tentativas: number }[]>`
      select d.notificacao_id, d.tentativas from audit_interno.mensagens_devidas(${[...kinds]}::text[],
        case when ${waiting} then 'infinity' else clock_timestamp() end, ${channels}) d where d.status = ${status}`
  for (const { notificacao_id: id } of await due('pendente')) {
    await compose(sql, id).catch((error: Error) => failed.push({ id, error }))
  }
  for (const { notificacao_id: id, tentativas } of await due('composta')) {
    try {
      const last = tentativas + 1 >= MOST_ATTEMPTS
      if (shared) tellOf(await transaction(sql, (tx) => attemptOn(tx, id, attempt, last)), mailed)
      else await makeAttempt(sql, id, attempt, { mailed, last })
      sent.push(id)
    } catch (error) {
      if (!(error instanceof MessageBusy)) failed.push({ id, error: error as Error })
    }
  }
  return { sent, failed }
}
