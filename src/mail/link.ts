import { randomUUID } from 'node:crypto'
import type { Mailer } from './transport.ts'

/** A mail with a one-time link, and its recipient. */
export interface LinkLetter {
  /** The setting correio.remetente. */
  readonly from: string
  readonly to: string
  readonly subject: string
  readonly text: string
}

/** The mail server refused a link; the message is the server's. */
export class LinkError extends Error {}

/**
 * Sends a one-time link at once, without queue or table, so that its secret is in the mail and nowhere else.
 * @throws {LinkError} the person asks for another link
 */
export async function sendLink(mailer: Mailer, { from, to, subject, text }: LinkLetter): Promise<void> {
  const paragraphs = text.trim().split('\n\n').map(paragraph)
  const { error } = await mailer.send({
    from,
    to: [to],
    envelope: [to],
    date: new Date(),
    subject,
    messageId: `<${randomUUID()}@conferente>`,
    html: `<!doctype html><meta charset="utf-8"><title>${escaped(subject)}</title>${paragraphs.join('')}`,
    text,
    pictures: [],
    files: [],
  })
  if (error !== null) throw new LinkError(error)
}

const escaped = (text: string) =>
  text.replace(/[&<>"]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[sign] ?? '&quot;')

function paragraph(text: string): string {
  const said = escaped(text)
  return /^https?:/.test(text) ? `<p><a href="${said}">${said}</a></p>` : `<p>${said}</p>`
}
