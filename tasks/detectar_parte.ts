import type { Task } from 'graphile-worker'
import { z } from 'zod'
import { detectPart, SessionInterrupted } from '../src/session/session.ts'
import type { WorkContext } from '../src/worker/context.ts'

const payload = z.object({
  sessao_id: z.coerce.bigint().positive(),
  regra: z.string().min(1),
  parte: z.number().int().positive(),
})

/** Helps with one part of a session's detection. Idempotent: a part is done once, whoever does it. */
export default function detectarParte(context: WorkContext): Task {
  return async (given) => {
    const part = payload.parse(given)
    try {
      await detectPart(part, context.watch(), context)
    } catch (error) {
      // Rolled back; whoever conducts the session takes it up, or calls for help again.
      if (!(error instanceof SessionInterrupted)) throw error
    }
  }
}
