import { Webhook } from 'standardwebhooks'
import type { InRole, Sql } from '../db/connection.ts'
import {
  type Attempt,
  type AttemptOptions,
  attemptDue,
  type Begun,
  type Delivery,
  type Due,
  makeAttempt,
} from '../mail/outbox.ts'
import { cloudEvent } from './event.ts'
import { type Notice, noticeSchema } from './facts.ts'
import { type PostOptions, post, type Reply } from './post.ts'
import { slackMessage } from './slack.ts'
import { teamsMessage } from './teams.ts'
import { wordsOf } from './words.ts'

interface Destination {
  readonly tipo: 'webhook' | 'teams' | 'slack'
  readonly endereco: string | null
  readonly segredo: string | null
}

/**
 * Makes one attempt to send a message to its channel, and records the result. A message that was not taken is tried again with the
 * same identifier.
 * @param sql one connection of a login with the rights of conferente_dono: nobody else may read a channel's address
 */
export function notify(sql: InRole, id: bigint, post: PostOptions, options?: AttemptOptions): Promise<void> {
  return makeAttempt(sql, id, byPost(post), options)
}

/** Composes and sends the messages to channels that are due, without a worker. First finds out what there is to report. */
export async function notifyDue(
  sql: Sql,
  post: PostOptions,
  due: Omit<Due, 'channels' | 'kinds'> = {},
): Promise<Delivery> {
  await sql`select from audit_interno.conferir_alarmes()`
  return attemptDue(sql, byPost(post), { kinds: KINDS, ...due, channels: true })
}

export const KINDS = ['abertas', 'pessoa', 'limite', 'autonomia', 'falha', 'resolvido', 'teste'] as const

const byPost =
  (options: PostOptions): Attempt =>
  async (begun, connection) => {
    let subject: string | null = null
    const failed = (error: string, final = false) => ({
      subject,
      accepted: [],
      refused: final ? Object.fromEntries(begun.faltam.map((name) => [name, error])) : {},
      error,
      final,
    })
    try {
      const notice = noticeSchema.parse(begun.conteudo)
      subject = wordsOf(notice).title
      const [to] = await connection<Destination[]>`
        select d.tipo, d.endereco, d.segredo from audit_interno.destino_canal(${begun.id}) as d`
      if (to?.endereco == null)
        return failed('the address of the channel is not in this database: save it again')
      const { headers, body } = messageFor(to, notice, begun)
      const reply = await post(to.endereco, headers, body, options)
      if (reply.status >= 200 && reply.status < 300)
        return { subject, accepted: begun.faltam, refused: {}, error: null, final: false }
      // By Standard Webhooks, a receiver that answers 410 wants no more messages.
      return failed(answerOf(reply, to), reply.status === 410)
    } catch (error) {
      return failed((error as Error).message.slice(0, 500))
    }
  }

interface Message {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

function messageFor({ tipo, segredo }: Destination, notice: Notice, { identificador }: Begun): Message {
  const json = { 'content-type': 'application/json' }
  if (tipo === 'teams') return { headers: json, body: JSON.stringify(teamsMessage(wordsOf(notice))) }
  if (tipo === 'slack') return { headers: json, body: JSON.stringify(slackMessage(wordsOf(notice))) }
  const body = JSON.stringify(cloudEvent(notice, identificador))
  const now = new Date()
  return {
    headers: {
      'content-type': 'application/cloudevents+json; charset=utf-8',
      'webhook-id': identificador,
      'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
      'webhook-signature': new Webhook(segredo ?? '').sign(identificador, now, body),
    },
    body,
  }
}

/** Shown to readers of the audit, so never a piece of the address or the secret, which some answers repeat. */
function answerOf({ status, body }: Reply, { endereco, segredo }: Destination): string {
  const words = body.replaceAll(/\s+/g, ' ').trim().slice(0, 200)
  const secrets = [...(endereco ?? '').split(/[/?&=]/).slice(3), segredo ?? ''].filter(
    (part) => part.length > 5,
  )
  const plain = /^[\w .,:'()-]+$/.test(words) && !secrets.some((secret) => words.includes(secret))
  const redirect = status >= 300 && status < 400 ? ' (redirects are not followed)' : ''
  return `HTTP ${status}${redirect}${plain ? `: ${words}` : ''}`
}
