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

/** Reports what would otherwise stay silent: messages that cannot be sent, that have no recipient, or whose links lead nowhere. */
export async function tellMail({ settings, text, format }: App, sql: Sql): Promise<void> {
  const [state] = await sql<{ esperam: bigint; faltas: string[] }[]>`
    select (select count(*) from audit.notificacoes where status in ('pendente', 'composta')) as esperam,
      array(select d.item from audit_interno.diagnosticar_correio() d) as faltas`
  const waiting = state?.esperam ?? 0n
  if (settings.smtpUrl === undefined) tell(text.notificacoes.noServer(format.number(waiting)))
  else if (waiting > 0n) tell(text.notificacoes.waiting(format.number(waiting)))
  const missing = state?.faltas ?? []
  if (missing.includes('correio.destinatarios')) tell(text.notificacoes.nobody)
  if (settings.smtpUrl === undefined) return
  if (missing.includes('correio.remetente')) tell(text.notificacoes.noSender)
  if (missing.includes('correio.pagina')) tell(text.notificacoes.noPage)
}

/**
 * Checks every minute whether the session of the day is missing, and sends that alert itself: this may be the only process alive.
 * @param url of a login that is a member of conferente_servico, or of a superuser
 * @param shared whether there is a pooler in between that gives each transaction another server process
 * @returns stops the checks
 */
export async function watchAbsence(app: App, url: string, shared: boolean): Promise<() => Promise<void>> {
  const { connect } = await import('../db/connection.ts')
  const sql = connect(url, { max: 1, name: 'conferente servir' })
  const mail = openMail(app, url)
  let timer: NodeJS.Timeout | undefined
  let ended = false
  const trouble = ({ message }: Error) =>
    tell(app.text.worker.trouble(said(message)), { event: 'absence.trouble', level: 'warn' })
  const look = async () => {
    const { watchForAbsence } = await import('../mail/deliver.ts')
    const { failed } = await watchForAbsence(sql, (await mail)?.mailer, { shared, mailed: noteMail(app) })
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
