import { type Connection, type InRole, reserve, type Sql, type Transaction } from '../db/connection.ts'
import { transaction } from '../db/transaction.ts'
import { factsSchema } from './facts.ts'
import type { Files } from './plain.ts'
import type { Letter, Mailer, Outcome } from './transport.ts'

/** Files for a message that has some, written into `directory`, or the note that says why not. */
export type Attach = (
  message: {
    readonly sessionId: bigint
    readonly language: 'pt-BR' | 'en'
    /** Where the session's findings can be seen instead. */
    readonly link: string
    readonly zone: string
  },
  directory: string,
) => Promise<{ readonly note: Files; readonly files: Letter['files'] }>

/** A row of audit.notificacoes, by the columns that are read by name. */
export interface Attempted {
  readonly id: bigint
  readonly tipo: string
  readonly sessao_id: bigint | null
  readonly status: string
  readonly tentativas: number
  readonly ultimo_erro: string | null
}

/** What there is to send; only where situacao is enviar. */
interface Begun {
  readonly situacao: string
  readonly faltam: string[]
  readonly destinatarios: string[]
  readonly remetente: string
  readonly identificador: string
  readonly conteudo: unknown
  readonly sessao_id: bigint | null
  readonly composta_em: Date
}

export interface Attempt {
  readonly attach?: Attach | undefined
  readonly last?: boolean
  /** Told of the delivery row afterwards. */
  readonly mailed?: ((delivery: Attempted) => void) | undefined
}

/** The message is being sent by another process at this moment. */
export class MessageBusy extends Error {
  constructor(id: bigint) {
    super(`message ${id} is being sent by another process`)
    this.name = 'MessageBusy'
  }
}

/** Not everybody has been served yet; there will be another attempt. */
export class MessageDeferred extends Error {
  constructor(id: bigint, reason: string) {
    super(`message ${id} not sent yet: ${reason}`)
    this.name = 'MessageDeferred'
  }
}

/** Fixes a message's facts, recipients and Message-ID, and queues its sending. One that was composed already is left alone. */
export async function compose(sql: Sql | Connection, id: bigint): Promise<void> {
  await sql`select from audit_interno.compor_mensagem(${id})`
}

/**
 * Makes one attempt to send a message to those who do not have it yet, and records the result. A message that is not
 * to be sent is left alone.
 * @param sql one connection: it holds the message's lock while the letter is on its way
 * @param last whether to give up if this attempt fails
 * @throws {MessageBusy} {MessageDeferred} when there is to be another attempt
 */
export async function send(
  sql: InRole,
  id: bigint,
  mailer: Mailer,
  { mailed, ...how }: Attempt = {},
): Promise<void> {
  const connection = await reserve(sql)
  try {
    tellOf(await sendOn(connection, id, mailer, how), mailed)
  } finally {
    connection.release()
  }
}

/** What became of the message; undefined where there was nothing to send. */
async function sendOn(
  sql: Connection | Transaction,
  id: bigint,
  mailer: Mailer,
  { attach, last = false }: Omit<Attempt, 'mailed'>,
): Promise<Attempted | undefined> {
  const [begun] = await sql<Begun[]>`select * from audit_interno.iniciar_envio(${id})`
  if (begun?.situacao === 'ocupada') throw new MessageBusy(id)
  if (begun?.situacao !== 'enviar') return undefined
  const outcome = await attempt(begun, mailer, attach)
  const [row] = await sql<Attempted[]>`
    select id, tipo, sessao_id, status, tentativas, ultimo_erro from audit_interno.registrar_envio(${id}, ${outcome.subject}, ${[...outcome.accepted]}::text[],
      ${sql.json(outcome.refused)}, ${outcome.error}, ${outcome.final || last})`
  return row
}

function tellOf(row: Attempted | undefined, mailed: Attempt['mailed']): void {
  if (row === undefined) return
  mailed?.(row)
  if (row.status === 'composta') throw new MessageDeferred(row.id, String(row.ultimo_erro))
}

/** Never throws: a letter that cannot be made is recorded like one that cannot be sent. */
async function attempt(
  begun: Begun,
  mailer: Mailer,
  attach?: Attach,
): Promise<Outcome & { readonly subject: string | null }> {
  let subject: string | null = null
  const { mkdtemp, rm } = await import('node:fs/promises')
  const { tmpdir } = await import('node:os')
  const { join } = await import('node:path')
  const directory = await mkdtemp(join(tmpdir(), `conferente-correio-${process.pid}-`))
  try {
    const { render } = await import('./render.ts')
    const facts = factsSchema.parse(begun.conteudo)
    const sessionId = begun.sessao_id
    const attached =
      attach && sessionId !== null && facts.tipo === 'resumo'
        ? await attach(
            { sessionId, language: facts.idioma, link: facts.link, zone: facts.fuso },
            directory,
          ).catch((error: Error) => notMade(error, facts.idioma))
        : undefined
    const { html, text, pictures, ...letter } = await render(facts, attached?.note)
    subject = letter.subject
    const outcome = await mailer.send({
      from: begun.remetente,
      to: begun.destinatarios,
      envelope: begun.faltam,
      date: begun.composta_em,
      subject,
      messageId: begun.identificador,
      html,
      text,
      pictures,
      files: attached?.files ?? [],
    })
    return { ...outcome, subject }
  } catch (error) {
    return { subject, accepted: [], refused: {}, error: (error as Error).message.slice(0, 500), final: false }
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

/** The digest goes out all the same, and says that its files do not. */
async function notMade(error: Error, language: 'pt-BR' | 'en'): Promise<Awaited<ReturnType<Attach>>> {
  const { mailText } = await import('../i18n/index.ts')
  return { note: { note: mailText(language).notAttached(error.message.slice(0, 200)) }, files: [] }
}

/** What one look of `deliverDue` did. */
export interface Delivery {
  readonly sent: readonly bigint[]
  readonly failed: readonly { readonly id: bigint; readonly error: Error }[]
}

const MOST_ATTEMPTS = 25

/**
 * Composes and sends what is due, without a worker: `servir` calls it for ausencia, so that the alert that no worker lives
 * needs no worker. Safe beside workers and beside itself: each message is sent by one process at a time, and once.
 * @param sql one connection of a login with the rights of conferente_servico or conferente_dono
 * @param waiting also what waits for its next attempt, as when a person says "now"
 * @param shared whether the connection is one's own only within a transaction: each attempt is one, then
 */
export async function deliverDue(
  sql: Sql,
  mailer: Mailer,
  {
    kinds = ['ausencia'],
    waiting = false,
    shared = false,
    attach,
    mailed,
  }: {
    readonly kinds?: readonly string[]
    readonly waiting?: boolean
    readonly shared?: boolean
  } & Pick<Attempt, 'attach' | 'mailed'> = {},
): Promise<Delivery> {
  const sent: bigint[] = []
  const failed: { id: bigint; error: Error }[] = []
  const due = (status: string) =>
    sql<{ notificacao_id: bigint; tentativas: number }[]>`
      select d.notificacao_id, d.tentativas from audit_interno.mensagens_devidas(${[...kinds]}::text[],
        case when ${waiting} then 'infinity' else clock_timestamp() end) d where d.status = ${status}`
  for (const { notificacao_id: id } of await due('pendente')) {
    await compose(sql, id).catch((error: Error) => failed.push({ id, error }))
  }
  for (const { notificacao_id: id, tentativas } of await due('composta')) {
    try {
      const how = { attach, last: tentativas + 1 >= MOST_ATTEMPTS }
      if (shared) tellOf(await transaction(sql, (tx) => sendOn(tx, id, mailer, how)), mailed)
      else await send(sql, id, mailer, { ...how, mailed })
      sent.push(id)
    } catch (error) {
      if (!(error instanceof MessageBusy)) failed.push({ id, error: error as Error })
    }
  }
  return { sent, failed }
}

/**
 * The dead-man's check with its message, for a process that may be the only one alive: one call every minute or so.
 * @param mailer undefined when SMTP_URL is not set: the alert is recorded all the same, and sent by who can
 */
export async function watchForAbsence(
  sql: Sql,
  mailer: Mailer | undefined,
  how: { readonly shared?: boolean } & Pick<Attempt, 'mailed'> = {},
): Promise<Delivery> {
  await sql`select from audit_interno.conferir_ausencia()`
  return mailer ? deliverDue(sql, mailer, how) : { sent: [], failed: [] }
}
