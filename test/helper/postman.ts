// A real SMTP server that behaves as told, and the mail that arrived.
import type { AddressInfo } from 'node:net'
import PostalMime, { type Attachment, type Email } from 'postal-mime'
import { SMTPServer, type SMTPServerOptions, type SMTPServerSession } from 'smtp-server'
import type { Test } from 'tap'
import type { Sql } from '../../src/db/connection.ts'
import { createMailer, type Mailer, type MailerOptions } from '../../src/mail/transport.ts'
import { CERT, KEY } from './certificate.ts'
import type { Scenario } from './scenario.ts'

export interface Arrived extends Email {
  readonly envelope: string[]
  readonly raw: string
}

/** The attachments that a mail program offers to save, without the pictures that the mail itself shows. */
export const anexos = (letter: Arrived | undefined) =>
  (letter?.attachments ?? []).filter(({ disposition }) => disposition === 'attachment')

export const contents = ({ content }: Attachment): Buffer => Buffer.from(content as ArrayBuffer)

export interface PostOffice {
  readonly port: number
  readonly arrived: Arrived[]
  /** One answer for each mail from now on, in order: a code to refuse it with, `cut` in the middle of it, or `lost` after it. */
  readonly answers: ('ok' | 'cut' | 'lost' | number)[]
  /** Address to code: recipients to refuse. */
  readonly refuse: Map<string, number>
  readonly sessions: { secure: boolean; user: string | undefined }[]
  close(): Promise<void>
}

export const refusal = (code: number, words = 'no') => Object.assign(new Error(words), { responseCode: code })

export async function postOffice(t: Test, options: SMTPServerOptions = {}, port = 0): Promise<PostOffice> {
  const arrived: Arrived[] = []
  const answers: PostOffice['answers'] = []
  const refuse = new Map<string, number>()
  const sessions: PostOffice['sessions'] = []
  const sockets = new Map<string, () => void>()
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: options.secure || options.cert ? [] : ['STARTTLS'],
    logger: false,
    ...options,
    onRcptTo({ address }, _session, done) {
      const code = refuse.get(address)
      done(code === undefined ? null : refusal(code, `mailbox of ${address}`))
    },
    onData(stream, session, done) {
      const answer = answers.shift() ?? 'ok'
      sessions.push({ secure: session.secure, user: session.user || undefined })
      if (answer === 'cut') {
        stream.once('data', () => cut(session))
        stream.resume()
        return
      }
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', async () => {
        if (typeof answer === 'number') return done(refusal(answer))
        const raw = Buffer.concat(chunks)
        const envelope = session.envelope.rcptTo.map(({ address }) => address)
        arrived.push({ ...(await PostalMime.parse(raw)), envelope, raw: raw.toString('latin1') })
        if (answer === 'lost') cut(session)
        else done()
      })
    },
  })
  function cut({ id }: SMTPServerSession) {
    sockets.get(id)?.()
  }
  // The session's id and its socket meet only here; without this no connection could be cut in the middle.
  const { connections } = server as unknown as {
    connections: Set<{ id: string; _socket: { destroy(): void } }>
  }
  const known = { get: (id: string) => [...connections].find((c) => c.id === id) }
  sockets.get = (id: string) => () => known.get(id)?._socket.destroy()
  server.on('error', () => {})
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()))
  t.teardown(close)
  return {
    port: (server.server.address() as AddressInfo).port,
    arrived,
    answers,
    refuse,
    sessions,
    close,
  }
}

export const TLS: SMTPServerOptions = { key: KEY, cert: CERT }

export function makeSender(t: Test, url: string, options: MailerOptions = {}): Mailer {
  const mailer = createMailer(url, { timeout: 30_000, ...options })
  t.teardown(() => mailer.close())
  return mailer
}

/** A session that found something, with all recipients set. */
export async function theSession(c: Scenario, ...addresses: string[]): Promise<bigint> {
  await receive(c.sql, 'correio.destinatarios', addresses)
  await c.book({ id: 1, confianca: 0.5, valor: 1234.56 })
  const session = await c.runSession()
  return session['id'] as bigint
}

export const receive = (sql: Sql, key: string, addresses: readonly string[]) =>
  sql`select audit.alterar_configuracao(${key}, ${sql.json(addresses)}, 'teste')`

/** Skips the wait before the next attempt. */
export const afterwards = (sql: Sql) =>
  sql`update audit.notificacoes set proxima_tentativa = now() - interval '1 second' where proxima_tentativa is not null`
