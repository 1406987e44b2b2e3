import type { Task } from 'graphile-worker'
import { z } from 'zod'
import { resumeSession } from '../src/session.ts'
import type { WorkContext } from '../src/worker.ts'

const payload = z.object({ sessao_id: z.coerce.bigint().positive() })

/**
 * Conducts a queued session to its end. Idempotent: an ended session is left alone, one that a dead worker left is resumed
 * after its last committed step.
 */
export default function processarSessao({ sql, watch, pause, signal }: WorkContext): Task {
  return async (given) => {
    const { sessao_id } = payload.parse(given)
    await resumeSession(sql, sessao_id, watch(), { signal, pause })
  }
}
