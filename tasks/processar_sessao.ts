import type { Task } from 'graphile-worker'
import { z } from 'zod'
import { resumeSession, SessionBusy, SessionInterrupted } from '../src/session/session.ts'
import type { WorkContext } from '../src/worker/context.ts'

const payload = z.object({ sessao_id: z.coerce.bigint().positive() })

/** Milliseconds until we look again at a session that another process is still running. */
const BUSY_DELAY = 10_000

/**
 * Runs a queued session to its end. Idempotent: an ended session is left alone; one that a dead worker left behind is resumed
 * after its last committed step.
 */
export default function processarSessao(context: WorkContext): Task {
  return async (given, { addJob }) => {
    const { sessao_id } = payload.parse(given)
    try {
      await resumeSession(sessao_id, context.watch(), context)
    } catch (error) {
      if (!(error instanceof SessionInterrupted || error instanceof SessionBusy)) throw error
      // Handed back as a new job that goes first: a failed job would wait longer with each attempt, and be given up in the end.
      await addJob(
        'processar_sessao',
        { sessao_id: String(sessao_id) },
        {
          jobKey: `processar_sessao:${sessao_id}`,
          queueName: 'processamento',
          priority: -1,
          ...(error instanceof SessionBusy && { runAt: new Date(Date.now() + BUSY_DELAY) }),
        },
      )
    }
  }
}
