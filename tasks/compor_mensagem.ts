import type { Task } from 'graphile-worker'
import { z } from 'zod'
import { alone } from '../src/db/connection.ts'
import { compose } from '../src/mail/outbox.ts'
import type { WorkContext } from '../src/worker/context.ts'

const payload = z.object({ notificacao_id: z.coerce.bigint().positive() })

/** Composes a message and queues its sending. Idempotent: a message that is already composed is left alone. */
export default function comporMensagem({ open }: WorkContext): Task {
  return async (given) => {
    const { notificacao_id } = payload.parse(given)
    await alone(open(), (sql) => compose(sql, notificacao_id))
  }
}
