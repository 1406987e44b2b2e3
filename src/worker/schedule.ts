import { Cron } from 'croner'
import type { Sql, Transaction } from '../db/connection.ts'

export interface Schedule {
  /** Five fields: minute, hour, day of month, month, day of week. */
  readonly cron: string
  /** The IANA zone in which they are read. */
  readonly fuso: string
}

/**
 * Next due times after `from`. Across a change to or from daylight saving a daily time comes once; in a gap it moves to the end of
 * the gap.
 */
export function nextRuns({ cron, fuso }: Schedule, from: Date, count: number): Date[] {
  return pattern({ cron, fuso }).nextRuns(count, from)
}

/** Whether a schedule ever comes due: not if it is malformed, its zone is unknown here, or the calendar has no such day. */
export function possible(schedule: Schedule): boolean {
  try {
    return nextRuns(schedule, new Date(), 1).length > 0
  } catch {
    return false
  }
}

/** Last due time at or before `now`. */
export function lastRun(schedule: Schedule, now: Date): Date | undefined {
  return pattern(schedule).previousRuns(1, new Date(now.getTime() + 1))[0]
}

/** A row of audit.agendamentos, by the columns that are read by name. */
export interface Scheduled {
  readonly previsto_para: Date
  readonly sessao_id: bigint | null
  readonly erro_mensagem: string | null
}

/**
 * Queues the session of the last due time that has none yet. If several were missed, only the last is queued, because the
 * incremental window covers the gap. Safe however many processes do this at once.
 * @param at the moment to look from; by default the server's clock
 * @returns the row of audit.agendamentos that this call made or tried again, if any
 */
export async function scheduleDue(sql: Sql | Transaction, at?: Date): Promise<Scheduled | undefined> {
  const [agenda] = await sql<(Schedule & { depois_de: Date; agora: Date })[]>`
    select * from audit_interno.agenda()`
  if (!agenda) return undefined
  const due = lastRun(agenda, at ?? agenda.agora)
  if (due === undefined || due <= agenda.depois_de) return undefined
  const [entry] = await sql<Scheduled[]>`select * from audit_interno.agendar_sessao(${due})`
  return entry
}

function pattern({ cron, fuso }: Schedule): Cron {
  return new Cron(cron, { timezone: fuso, paused: true, mode: '5-part' })
}
