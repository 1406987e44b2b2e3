import type { Task } from 'graphile-worker'
import { z } from 'zod'
import { detectPart, SessionInterrupted } from '../src/session/session.ts'
import type { WorkContext } from '../src/worker/context.ts'

const payload = z.object({
  sessao_id: z.coerce.bigint().positive(),
  regra: z.string().min(1),
  parte: z.number().int().positive(),
})

/** Detects one part of a session. Idempotent: a part is done once, whichever worker takes it. */
export default function detectarParte(context: WorkContext): Task {
  return async (given) => {
    const part = payload.parse(given)
    try {
      await detectPart(part, context.watch(), context)
    } catch (error) {
      // It was rolled back; the process that runs the session does the part, or queues it again.
      if (!(error instanceof SessionInterrupted)) throw error
    }
  }
}
