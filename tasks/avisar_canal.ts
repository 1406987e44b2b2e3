import type { Task } from 'graphile-worker'
import { z } from 'zod'
import { notify } from '../src/channels/deliver.ts'
import type { PostOptions } from '../src/channels/post.ts'
import type { AttemptOptions } from '../src/mail/outbox.ts'
import type { WorkContext } from '../src/worker/context.ts'

const payload = z.object({ notificacao_id: z.coerce.bigint().positive() })

/**
 * Makes one attempt to send a message to a channel. Idempotent: looks at the delivery row first. If it fails, graphile-worker tries
 * again, waiting longer each time; after the last attempt the message is given up.
 */
export default function avisarCanal(
  { open }: WorkContext,
  { post, mailed }: { readonly post: PostOptions } & Pick<AttemptOptions, 'mailed'>,
): Task {
  return async (given, { job }) => {
    const { notificacao_id } = payload.parse(given)
    const sql = open()
    try {
      await notify(sql, notificacao_id, post, { mailed, last: job.attempts >= job.max_attempts })
    } finally {
      await sql.end({ timeout: 1 })
    }
  }
}
