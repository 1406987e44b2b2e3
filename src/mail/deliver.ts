import type { InRole, Sql } from '../db/connection.ts'
import { factsSchema } from './facts.ts'
import {
  type AttemptOptions,
  attemptDue,
  type Begun,
  type Delivery,
  type Due,
  makeAttempt,
  type Attempt as OutboxAttempt,
} from './outbox.ts'
import type { Files } from './plain.ts'
import type { Letter, Mailer } from './transport.ts'

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

export interface Attempt extends AttemptOptions {
  readonly attach?: Attach | undefined
}

/** Makes one attempt to send a mail to those who do not have it yet, and records the result. */
export function send(
  sql: InRole,
  id: bigint,
  mailer: Mailer,
  { attach, ...options }: Attempt = {},
): Promise<void> {
  return makeAttempt(sql, id, byMail(mailer, attach), options)
}

/**
 * Composes and sends mails that are due. `servir` calls it for ausencia: an alert that no worker is alive must not need a worker.
 */
export function deliverDue(
  sql: Sql,
  mailer: Mailer,
  { kinds = ['ausencia'], attach, ...due }: Partial<Omit<Due, 'channels'>> & Pick<Attempt, 'attach'> = {},
): Promise<Delivery> {
  return attemptDue(sql, byMail(mailer, attach), { kinds, ...due })
}

const byMail =
  (mailer: Mailer, attach: Attach | undefined): OutboxAttempt =>
  (begun) =>
    attempt(begun, mailer, attach)

async function attempt(begun: Begun, mailer: Mailer, attach?: Attach): ReturnType<OutboxAttempt> {
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

/** The digest goes out anyway, and says that its files do not. */
async function notMade(error: Error, language: 'pt-BR' | 'en'): Promise<Awaited<ReturnType<Attach>>> {
  const { mailText } = await import('../i18n/index.ts')
  return { note: { note: mailText(language).notAttached(error.message.slice(0, 200)) }, files: [] }
}

/**
 * The dead-man's check with its message, for a process that may be the only one alive: one call every minute or so.
 * @param mailer undefined when SMTP_URL is not set: the alert is recorded anyway, and sent by a process that can
 */
export async function watchForAbsence(
  sql: Sql,
  mailer: Mailer | undefined,
  how: Pick<Due, 'shared' | 'mailed'> = {},
): Promise<Delivery> {
  await sql`select from audit_interno.conferir_ausencia()`
  return mailer ? deliverDue(sql, mailer, how) : { sent: [], failed: [] }
}
