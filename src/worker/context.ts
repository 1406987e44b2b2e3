import type { Summary } from '../notas/reading.ts'
import type { Reach, Watcher } from '../session/session.ts'
import type { Scheduled } from './schedule.ts'

/** The role whose rights the work has. */
export const OWNER = 'conferente_dono'

/** What every task receives. */
export interface WorkContext extends Reach {
  watch(): Watcher
  /** Aborted when the worker is asked to stop: begin nothing new. */
  readonly pause: AbortSignal
  /** Aborted when time is running out: cancel what runs. */
  readonly signal: AbortSignal
}

/** The folder of electronic notes that this worker reads. */
export interface Notes {
  readonly folder: string
  /** Certificates of trusted authorities. */
  readonly roots?: string
  /** Called after each reading. */
  readonly read?: (summary: Summary) => void
}

/** Receives what the worker reports. */
export interface WorkReport {
  watch(): Watcher
  /** The server is a standby: nothing can be done until it is promoted. */
  standby?(): void
  /** From here on jobs are taken: at once, or after a standby's promotion. */
  ready?(): void
  /** It has checked the schedule and looked for dead workers. */
  ticked?(): void
  scheduled?(entry: Scheduled): void
  released?(workers: readonly string[]): void
  jobFailed?(task: string, error: Error, last: boolean, sessionId?: string): void
  /** A tick, or the worker's own bookkeeping, failed; it will be tried again. */
  trouble?(message: string): void
}
