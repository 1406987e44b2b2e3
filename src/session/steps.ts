import { setTimeout as sleep } from 'node:timers/promises'
import { type Connection, freshen, isDatabaseError } from '../db/connection.ts'
import { SessionInterrupted } from './interrupted.ts'
import type { Counted, Session } from './rows.ts'

export interface SessionStep {
  readonly etapa:
    | 'detectar'
    | 'repartir'
    | 'partes'
    | 'parte'
    | 'juntar'
    | 'limitar'
    | 'corrigir'
    | 'finalizar'
    | 'fim'
  readonly regra: string | null
  readonly tempo_limite_ms: bigint | null
  readonly ordem: bigint | null
  readonly total: bigint | null
}

/** Watches a session being conducted. */
export interface Watcher {
  /** Sessions whose conductor died, now closed. */
  interrupted?(sessions: readonly Session[]): void
  opened?(session: Session): void
  began?(step: SessionStep, id: bigint): void
  ended?(step: SessionStep, error: Error | undefined, id: bigint, counted?: Counted): void
  /** It has ended; not called for an interrupted one. */
  finished?(session: Session): void
  /** Whether the end of each step brings the figures so far of the rule and the session: one more query for each. */
  readonly counting?: boolean
}

/** How work on a session learns that it should stop. */
export interface Stop {
  /** Once aborted, the running query is cancelled. */
  readonly signal: AbortSignal
  /** Once aborted, no further step begins: the rest is for the next conductor. */
  readonly pause?: AbortSignal
  /** With a reason the interrupted session is closed as falhou; without one it stays open for the next conductor. */
  readonly reason?: string
}

const RETRIES = 3
const RETRY = new Set(['40001', '40P01'])
/** Milliseconds between two attempts to take a part, while others work on all that are left. */
const WAIT = 200

/** Takes the steps of a session, one after the other, to its end. The database says what comes next. */
export async function takeSteps(
  connection: Connection,
  id: bigint,
  watcher: Watcher,
  stop: Stop,
): Promise<void> {
  const { signal, pause } = stop
  let failed: SessionStep | undefined
  for (;;) {
    const step = await nextStep(connection, id, stop)
    if (step.etapa === 'fim') return
    if (pause?.aborted) throw new SessionInterrupted(id)
    if (step.etapa === 'partes') {
      if (!(await takePart(connection, id, undefined, watcher, stop))) await rest(pause)
      continue
    }
    // A failure that does not move the session on would repeat for ever.
    const stuck = failed !== undefined && failed.etapa === step.etapa && failed.regra === step.regra
    watcher.began?.(step, id)
    try {
      if (signal.aborted) throw new SessionInterrupted(id)
      await inTransaction(connection, id, async () => {
        await limitTime(connection, step.tempo_limite_ms)
        // a cancel request between two queries has cancelled nothing
        if (signal.aborted) throw new SessionInterrupted(id)
        await connection`select audit_interno.executar_etapa(${id}, ${step.etapa}, ${step.regra})`
      })
      watcher.ended?.(step, undefined, id, watcher.counting ? await count(connection, id, step) : undefined)
    } catch (error) {
      watcher.ended?.(step, error as Error, id)
      if (signal.aborted && !isLost(error)) throw await interrupted(connection, id, step.etapa, stop)
      if (!isDatabaseError(error) || isLost(error)) throw error
      await recordFailure(connection, id, step.etapa, stuck ? null : step.regra, error.code, error.message)
      failed = step
    }
  }
}

async function nextStep(connection: Connection, id: bigint, stop: Stop): Promise<SessionStep> {
  try {
    const [next] = await connection<SessionStep[]>`select * from audit_interno.proxima_etapa(${id})`
    return next as SessionStep
  } catch (error) {
    if (stop.signal.aborted && isCancelled(error)) throw await interrupted(connection, id, null, stop)
    throw error
  }
}

/** Closes the session if a reason was given. A late cancel request may hit the closing, which is then repeated. */
async function interrupted(
  connection: Connection,
  id: bigint,
  step: string | null,
  { reason }: Stop,
): Promise<SessionInterrupted> {
  while (reason !== undefined) {
    try {
      await recordFailure(connection, id, step, null, '57014', reason)
      break
    } catch (error) {
      if (!isCancelled(error)) throw error
    }
  }
  return new SessionInterrupted(id)
}

/**
 * Takes one part of a session's detection and does it, in one transaction; if it fails, only its rule fails.
 * @param wanted the part in question; any, if left out
 * @returns whether there was one to take: not if others work on it or it is done
 * @throws {SessionInterrupted} after `signal`; errors of the connection unchanged
 */
export async function takePart(
  connection: Connection,
  id: bigint,
  wanted: { regra: string; parte: number } | undefined,
  watcher: Watcher,
  { signal }: Pick<Stop, 'signal'>,
): Promise<boolean> {
  let part: SessionStep | undefined
  try {
    if (signal.aborted) throw new SessionInterrupted(id)
    await inTransaction(connection, id, async () => {
      const [taken] = await connection<SessionStep[]>`
        select * from audit_interno.tomar_parte(${id}, ${wanted?.regra ?? null}, ${wanted?.parte ?? null})`
      if (!taken) return
      if (part === undefined) watcher.began?.({ ...taken, etapa: 'parte' }, id)
      part = { ...taken, etapa: 'parte' }
      await limitTime(connection, part.tempo_limite_ms)
      if (signal.aborted) throw new SessionInterrupted(id)
      await connection`select audit_interno.detectar_parte(${id}, ${part.regra}, ${part.ordem}::integer)`
    })
  } catch (error) {
    if (part) watcher.ended?.(part, error as Error, id)
    if (signal.aborted && !isLost(error)) throw new SessionInterrupted(id)
    if (!part || !isDatabaseError(error) || isLost(error)) throw error
    // If the rule has failed or the session has ended meanwhile, this changes nothing.
    await recordFailure(connection, id, 'detectar', part.regra, error.code, error.message)
    return true
  }
  if (part) {
    watcher.ended?.(part, undefined, id, watcher.counting ? await count(connection, id, part) : undefined)
  }
  return part !== undefined
}

/** An error here must not make a finished step count as failed. */
async function count(
  connection: Connection,
  id: bigint,
  { regra }: SessionStep,
): Promise<Counted | undefined> {
  try {
    const [row] = await connection<Counted[]>`
      select s.limite_atingido, r.linhas_examinadas, r.encontradas, r.novas, r.corrigidas, r.falhas, r.obsoletas
      from audit.sessoes_processamento s
      left join audit.execucoes_regra r on r.sessao_id = s.id and r.regra = ${regra}
      where s.id = ${id}`
    return row
  } catch (error) {
    if (isLost(error)) throw error
    return undefined
  }
}

async function limitTime(connection: Connection, milliseconds: bigint | null): Promise<void> {
  if (milliseconds === null) return
  await connection`select set_config('statement_timeout', ${String(milliseconds)}, true)`
}

async function inTransaction(connection: Connection, id: bigint, work: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await freshen(connection, id)
      await connection`begin`
      await work()
      await connection`commit`
      return
    } catch (error) {
      // A lost connection must not be written to: the driver would crash the process.
      if (isLost(error)) throw error
      await takeBack(connection)
      if (!isDatabaseError(error) || !RETRY.has(error.code) || attempt > RETRIES) throw error
    }
  }
}

async function takeBack(connection: Connection): Promise<void> {
  for (;;) {
    try {
      await connection`rollback`
      return
    } catch (error) {
      if (!isCancelled(error)) throw error
    }
  }
}

async function recordFailure(
  connection: Connection,
  id: bigint,
  step: string | null,
  rule: string | null,
  code: string,
  message: string,
): Promise<void> {
  await inTransaction(connection, id, async () => {
    await connection`select audit_interno.registrar_falha_etapa(${id}, ${step}, ${rule}, ${code}, ${message})`
  })
}

/**
 * Whether the connection is gone: the server ended it, or the driver lost it. The code alone proves nothing: a foreign server has
 * the same.
 */
function isLost(error: unknown): boolean {
  if (error instanceof SessionInterrupted) return false
  return !isDatabaseError(error) || /^(FATAL|PANIC)$/.test(error.severity)
}

const isCancelled = (error: unknown) => isDatabaseError(error) && error.code === '57014'

const rest = (pause?: AbortSignal) => sleep(WAIT, undefined, pause ? { signal: pause } : {}).catch(() => {})
