import { isDatabaseError, type Row, type Sql } from './db.ts'

type Connection = Awaited<ReturnType<Sql['reserve']>>

export type Mode = 'manual' | 'auto'

export interface Request {
  readonly modo: string
  readonly dataInicio?: string | undefined
  readonly dataFim?: string | undefined
  readonly regras?: readonly string[] | undefined
}

export interface SessionStep {
  readonly etapa: 'detectar' | 'limitar' | 'corrigir' | 'finalizar' | 'fim'
  readonly regra: string | null
  readonly tempo_limite_ms: bigint | null
  readonly ordem: bigint | null
  readonly total: bigint | null
}

/** Whoever watches a session being conducted. */
export interface Watcher {
  /** Sessions whose conductor had died, now closed. */
  interrupted?(sessions: readonly Row[]): void
  opened?(session: Row): void
  began?(step: SessionStep): void
  ended?(step: SessionStep, error?: Error): void
}

export class SessionInterrupted extends Error {
  readonly sessionId: bigint
  constructor(sessionId: bigint) {
    super(`session ${sessionId} interrupted`)
    this.name = 'SessionInterrupted'
    this.sessionId = sessionId
  }
}

const RETRIES = 3
const RETRY = new Set(['40001', '40P01'])

/**
 * Conducts a session step by step on one connection, which holds the session's lock. What each step does, and which
 * comes next, the database decides; each is committed by itself.
 * @param signal once aborted, and the running query cancelled, the session is closed as falhou with `reason`
 * @returns the session's row; a failed rule or session does not throw
 * @throws {SessionInterrupted} after `signal`; errors of the connection, and of opening the session, as they are
 */
export async function conductSession(
  sql: Sql,
  request: Request,
  watcher: Watcher,
  { signal, reason }: { signal: AbortSignal; reason: string },
): Promise<Row> {
  const connection = await sql.reserve()
  try {
    const interrupted = await connection`select * from audit_interno.encerrar_interrompidas()`
    if (interrupted.length > 0) watcher.interrupted?.(interrupted)
    const [session] = await connection`
      select * from audit_interno.iniciar_sessao(${request.modo}, ${request.dataInicio ?? null}::date,
        ${request.dataFim ?? null}::date, ${request.regras ? [...request.regras] : null}::text[])`
    const id = (session as Row)['id'] as bigint
    watcher.opened?.(session as Row)
    await takeSteps(connection, id, watcher, signal, reason)
    const [final] = await connection`select * from audit.sessoes_processamento where id = ${id}`
    return final as Row
  } finally {
    connection.release()
  }
}

async function takeSteps(
  connection: Connection,
  id: bigint,
  watcher: Watcher,
  signal: AbortSignal,
  reason: string,
): Promise<void> {
  let failed: SessionStep | undefined
  for (;;) {
    const [next] = await connection<SessionStep[]>`select * from audit_interno.proxima_etapa(${id})`
    const step = next as SessionStep
    if (step.etapa === 'fim') return
    // A failure that did not move the session on would come round for ever.
    const stuck = failed !== undefined && failed.etapa === step.etapa && failed.regra === step.regra
    watcher.began?.(step)
    try {
      if (signal.aborted) throw new SessionInterrupted(id)
      await takeStep(connection, id, step)
      watcher.ended?.(step)
    } catch (error) {
      watcher.ended?.(step, error as Error)
      if (signal.aborted && !isLost(error)) {
        await recordFailure(connection, id, step.etapa, null, '57014', reason)
        throw new SessionInterrupted(id)
      }
      if (!isDatabaseError(error) || isLost(error)) throw error
      await recordFailure(connection, id, step.etapa, stuck ? null : step.regra, error.code, error.message)
      failed = step
    }
  }
}

async function takeStep(connection: Connection, id: bigint, step: SessionStep): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await connection`begin`
      if (step.tempo_limite_ms !== null) {
        await connection`select set_config('statement_timeout', ${String(step.tempo_limite_ms)}, true)`
      }
      await connection`select audit_interno.executar_etapa(${id}, ${step.etapa}, ${step.regra})`
      await connection`commit`
      return
    } catch (error) {
      // A connection that is gone must not be written to: the driver would crash the process.
      if (isLost(error)) throw error
      await connection`rollback`
      if (!isDatabaseError(error) || !RETRY.has(error.code) || attempt > RETRIES) throw error
    }
  }
}

async function recordFailure(
  connection: Connection,
  id: bigint,
  step: string,
  rule: string | null,
  code: string,
  message: string,
): Promise<void> {
  await connection`select audit_interno.registrar_falha_etapa(${id}, ${step}, ${rule}, ${code}, ${message})`
}

/** The connection is gone: the server ended it, or the driver lost it. */
function isLost(error: unknown): boolean {
  if (error instanceof SessionInterrupted) return false
  return !isDatabaseError(error) || /^(08...|57P0[1-5])$/.test(error.code)
}
