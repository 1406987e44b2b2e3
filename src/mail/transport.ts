import { createTransport } from 'nodemailer'
import type { Outcome } from './outbox.ts'
import type { Picture } from './render.ts'

export interface Letter {
  readonly from: string
  /** Everybody it is for, for the header. */
  readonly to: readonly string[]
  /** The recipients of this attempt. */
  readonly envelope: readonly string[]
  readonly date: Date
  readonly subject: string
  /** In angle brackets; the same for every attempt. */
  readonly messageId: string
  readonly html: string
  readonly text: string
  readonly pictures: readonly Picture[]
  readonly files: readonly {
    readonly filename: string
    readonly path: string
    readonly contentType: string
  }[]
}

export interface Mailer {
  send(letter: Letter): Promise<Outcome>
  close(): void
}

export interface MailerOptions {
  /** Certificates to trust besides the system's, PEM; a process gets them from NODE_EXTRA_CA_CERTS. */
  readonly ca?: string
  /** Milliseconds without any answer after which a connection is given up. */
  readonly timeout?: number
}

/** Where the error happened, and the server's answer, which may contain line breaks. */
interface SmtpError extends Error {
  code?: string
  responseCode?: number
  response?: string
  permanent?: boolean
  recipient?: string
  rejectedErrors?: SmtpError[]
}

const LOCAL = /^(localhost|127(\.\d+){3}|\[::1\])$/

/**
 * Speaks SMTP with one server, with a new connection for each mail.
 * @param smtpUrl smtps:// is TLS from the start; smtp:// is upgraded by STARTTLS. If the server does not offer that, the mail is
 *   not sent, unless the server is this machine or the URL says `?requireTLS=false`. An invalid certificate is always an error.
 */
export function createMailer(smtpUrl: string, { ca, timeout = 60_000 }: MailerOptions = {}): Mailer {
  const url = new URL(smtpUrl)
  const secure = url.protocol === 'smtps:'
  const required = url.searchParams.get('requireTLS')
  let letterEnded = false
  const transport = createTransport({
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port) || (secure ? 465 : 587),
    secure,
    requireTLS: required === null ? !LOCAL.test(url.hostname) : required !== 'false',
    ...(url.username && {
      auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) },
    }),
    tls: { rejectUnauthorized: true, ...(ca !== undefined && { ca }) },
    connectionTimeout: timeout,
    greetingTimeout: timeout,
    socketTimeout: timeout,
    disableUrlAccess: true,
    // Only here can we tell whether the end of the message had been sent when the connection broke.
    logger: listener((entry) => {
      if (entry['tnx'] === 'message') letterEnded = true
    }),
  })
  return {
    async send(letter) {
      letterEnded = false
      try {
        const info = await transport.sendMail(messageOf(letter))
        const rejected = (info.rejectedErrors ?? []) as SmtpError[]
        return {
          accepted: letter.envelope.filter((address) => info.accepted.includes(address)),
          refused: refusedOf(rejected),
          error: said(rejected),
          final: false,
        }
      } catch (error) {
        return failed(error as SmtpError, letter, letterEnded)
      }
    },
    close: () => transport.close(),
  }
}

function messageOf({ to, envelope, pictures, files, ...letter }: Letter) {
  return {
    from: letter.from,
    // Each address is one of our own, checked when it was set: nothing here to be parsed into several.
    to: to.map((address) => ({ name: '', address })),
    envelope: { from: plainAddress(letter.from), to: [...envelope] },
    date: letter.date,
    subject: letter.subject,
    messageId: letter.messageId,
    html: letter.html,
    text: letter.text,
    // Out-of-office answers to a machine help nobody (RFC 3834).
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
    attachments: [
      ...pictures.map((p) => ({ ...p, contentType: 'image/png', contentDisposition: 'inline' as const })),
      ...files,
    ],
  }
}

function failed(error: SmtpError, { envelope }: Letter, letterEnded: boolean): Outcome {
  if (error.rejectedErrors) {
    return {
      accepted: [],
      refused: refusedOf(error.rejectedErrors),
      error: said(error.rejectedErrors),
      final: false,
    }
  }
  // A 5xx to MAIL or DATA is about this mail. One to AUTH, or a bad certificate, is about a setting that somebody will fix.
  const final = error.permanent === true && (error.code === 'EENVELOPE' || error.code === 'EMESSAGE')
  const uncertain = letterEnded && error.responseCode === undefined
  const words = oneAnswer(error)
  return {
    accepted: [],
    refused: final ? Object.fromEntries(envelope.map((address) => [address, words])) : {},
    error: uncertain
      ? `${words}; the end of the letter had been sent, so the server may have it already`
      : words,
    final,
  }
}

const refusedOf = (errors: readonly SmtpError[]) =>
  Object.fromEntries(
    errors
      .filter((e) => e.permanent === true && e.recipient)
      .map((e) => [e.recipient as string, oneAnswer(e)]),
  )

/** `Name <address>` or an address, as the setting takes them. */
const plainAddress = (from: string) => /<([^<>]+)>$/.exec(from)?.[1] ?? from

const said = (errors: readonly SmtpError[]) =>
  errors.length === 0 ? null : errors.map((e) => `${e.recipient}: ${oneAnswer(e)}`).join('; ')

const oneAnswer = (error: SmtpError) =>
  (error.response ?? error.message).replaceAll(/\s+/g, ' ').trim().slice(0, 500)

/** nodemailer reports its steps only to a logger of this shape. */
function listener(hear: (entry: Record<string, unknown>) => void) {
  const level = (entry: unknown) => {
    if (typeof entry === 'object' && entry !== null) hear(entry as Record<string, unknown>)
  }
  return { level: () => {}, trace: level, debug: level, info: level, warn: level, error: level, fatal: level }
}
