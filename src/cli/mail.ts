import type { Sql } from '../db/connection.ts'
import type { WorkOptions } from '../worker/worker.ts'
import type { App } from './app.ts'
import { said } from './format.ts'
import { noteMail } from './log.ts'
import { tell } from './output.ts'

const LOOK_MS = 60_000

/**
 * The mail server of SMTP_URL, if there is one, as a worker uses it.
 * @param url of a login that may become conferente_dono, as a worker's must
 */
export async function openMail(app: App, url: string): Promise<WorkOptions['mail']> {
  const { settings } = app
  if (settings.smtpUrl === undefined) return undefined
  const { createMailer } = await import('../mail/transport.ts')
  const { attachFindings } = await import('../mail/attachments.ts')
  return {
    mailer: createMailer(settings.smtpUrl),
    attach: attachFindings(url, 'conferente_dono'),
    mailed: noteMail(app),
  }
}

/** Says what would otherwise be silent: messages that cannot be sent, and those that nobody is to receive. */
export async function tellMail({ settings, text, format }: App, sql: Sql): Promise<void> {
  const [state] = await sql<{ esperam: bigint; sem_ninguem: string[] | null }[]>`
    select (select count(*) from audit.notificacoes where status in ('pendente', 'composta')) as esperam,
      (select array_agg(t) from unnest(array['resumo', 'divergencias', 'falha', 'limite', 'ausencia']) as t
        where audit_interno.destinatarios(t) = '{}') as sem_ninguem`
  const waiting = state?.esperam ?? 0n
  if (settings.smtpUrl === undefined) tell(text.notificacoes.noServer(format.number(waiting)))
  else if (waiting > 0n) tell(text.notificacoes.waiting(format.number(waiting)))
  if (state?.sem_ninguem) tell(text.notificacoes.nobody(state.sem_ninguem.join(', ')))
}

/**
 * Looks every minute whether the session of the day is missing, and sends that alert itself: for a process that may be the
 * only one alive.
 * @param url of a login that is a member of conferente_servico, or of a superuser
 * @returns ends the looking
 */
export async function watchAbsence(app: App, url: string): Promise<() => Promise<void>> {
  const { connect } = await import('../db/connection.ts')
  const sql = connect(url, { max: 1, name: 'conferente servir' })
  const mail = openMail(app, url)
  let timer: NodeJS.Timeout | undefined
  let ended = false
  const trouble = ({ message }: Error) =>
    tell(app.text.worker.trouble(said(message)), { event: 'absence.trouble', level: 'warn' })
  const look = async () => {
    const { watchForAbsence } = await import('../mail/deliver.ts')
    const { failed } = await watchForAbsence(sql, (await mail)?.mailer, noteMail(app))
    for (const { error } of failed) trouble(error)
  }
  const beat = (): Promise<void> =>
    look()
      .catch(trouble)
      .then(() => {
        if (!ended)
          timer = setTimeout(() => {
            looking = beat()
          }, LOOK_MS)
      })
  let looking = beat()
  return async () => {
    ended = true
    clearTimeout(timer)
    await looking
    ;(await mail)?.mailer.close()
    await sql.end({ timeout: 1 })
  }
}
