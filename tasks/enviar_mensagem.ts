import type { Task } from 'graphile-worker'
import { z } from 'zod'
import { type Attempt, send } from '../src/mail/deliver.ts'
import type { Mailer } from '../src/mail/transport.ts'
import type { WorkContext } from '../src/worker/context.ts'

const payload = z.object({ notificacao_id: z.coerce.bigint().positive() })

/**
 * Makes one attempt to send a message. Idempotent: looks at the delivery row first, and sends to those who have not received it
 * yet. If it fails, graphile-worker tries again, waiting longer each time; after the last attempt the message is given up.
 */
export default function enviarMensagem(
  { open }: WorkContext,
  mailer: Mailer,
  { attach, mailed }: Pick<Attempt, 'attach' | 'mailed'>,
): Task {
  return async (given, { job }) => {
    const { notificacao_id } = payload.parse(given)
    const sql = open()
    try {
      await send(sql, notificacao_id, mailer, { attach, mailed, last: job.attempts >= job.max_attempts })
    } finally {
      await sql.end({ timeout: 1 })
    }
  }
}
