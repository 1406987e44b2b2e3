import type { Sql } from '../db.ts'
import type { WorkOptions } from '../worker.ts'
import type { App } from './app.ts'
import { tell } from './output.ts'

/** The mail server of SMTP_URL, if there is one, as a worker uses it. */
export async function openMail({ settings }: App): Promise<WorkOptions['mail']> {
  if (settings.smtpUrl === undefined) return undefined
  const { createMailer } = await import('../mail/transport.ts')
  return { mailer: createMailer(settings.smtpUrl) }
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
