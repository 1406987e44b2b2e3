import type { Link } from '../http/context.ts'
import type { App } from './app.ts'
import { CommandError } from './errors.ts'
import { said } from './format.ts'

/** Mails one-time links; connects to the mail server for the first one. */
export interface LinkMail {
  send(link: Link): Promise<void>
  close(): void
}

/** @returns undefined without SMTP_URL */
export async function openLinkMail({ settings, text, format }: App): Promise<LinkMail | undefined> {
  if (settings.smtpUrl === undefined) return undefined
  const { createMailer } = await import('../mail/transport.ts')
  const { LinkError, sendLink } = await import('../mail/link.ts')
  const mailer = createMailer(settings.smtpUrl)
  const { letter } = text.signin
  return {
    send: ({ from, address, name, url, until }) =>
      sendLink(mailer, {
        from,
        to: address,
        subject: letter.subject,
        text: letter.text(name, url, format.time(until)),
      }).catch((error: Error) => {
        if (!(error instanceof LinkError)) throw error
        throw new CommandError(text.signin.notMailed(said(error.message)))
      }),
    close: () => mailer.close(),
  }
}
