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

/** How a session that is being conducted is told to stop. */
export interface Stop {
  /** Once aborted, the running query is cancelled. */
  readonly signal: AbortSignal
  /** Once aborted, no further step is begun: what remains is for the next conductor. */
  readonly pause?: AbortSignal
  /** With it the interrupted session is closed as falhou; without it the session stays open for the next conductor. */
  readonly reason?: string
}

/** Another connection conducts this session. */
export class SessionBusy extends Error {
  constructor(sessionId: bigint) {
    super(`session ${sessionId} is conducted by another process`)
    this.name = 'SessionBusy'
  }
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
export async function conductSession(sql: Sql, request: Request, watcher: Watcher, stop: Stop): Promise<Row> {
  const connection = await sql.reserve()
  try {
    const interrupted = await connection`select * from audit_interno.encerrar_interrompidas()`
    if (interrupted.length > 0) watcher.interrupted?.(interrupted)
    const [session] = await connection`
      select * from audit_interno.iniciar_sessao(${request.modo}, ${request.dataInicio ?? null}::date,
        ${request.dataFim ?? null}::date, ${request.regras ? [...request.regras] : null}::text[])`
    const id = (session as Row)['id'] as bigint
    watcher.opened?.(session as Row)
    await takeSteps(connection, id, watcher, stop)
    return await sessionRow(connection, id)
  } finally {
    connection.release()
  }
}

/**
 * Conducts a session that exists already: an agendada one, or what is left of one whose conductor died. One that has
 * ended is left alone.
 * @param open opens connections with the rights of conferente_dono: one conducts, another cancels
 * @returns the session's row
 * @throws {SessionBusy} while another connection conducts it
 * @throws {SessionInterrupted} after `stop`; NC004 when there is no such session; errors of the connection as they are
 */
export async function resumeSession(open: () => Sql, id: bigint, watcher: Watcher, stop: Stop): Promise<Row> {
  // A connection of its own, ended with the session: its lock goes with it, and a lost one is in nobody's way.
  const own = open()
  let cancel: (() => void) | undefined
  try {
    const connection = await own.reserve()
    const [taken] = await connection<{ mine: boolean; pid: number }[]>`
      select audit_interno.retomar_sessao(${id}) as mine, pg_backend_pid() as pid`
    if (!taken?.mine) throw new SessionBusy(id)
    cancel = () => void cancelBackend(open(), taken.pid).catch(() => {})
    stop.signal.addEventListener('abort', cancel)
    watcher.opened?.(await sessionRow(connection, id))
    await takeSteps(connection, id, watcher, stop)
    return await sessionRow(connection, id)
  } finally {
    if (cancel) stop.signal.removeEventListener('abort', cancel)
    await own.end({ timeout: 1 })
  }
}

async function sessionRow(connection: Connection, id: bigint): Promise<Row> {
  const [row] = await connection`select s.* from audit.sessoes_processamento s where s.id = ${id}`
  return row ?? {}
}

/** As the login itself: its own backend it may always cancel, whatever role it has become. */
async function cancelBackend(sql: Sql, pid: number): Promise<void> {
  try {
    await sql.begin(async (tx) => {
      await tx`set local role none`
      await tx`select pg_cancel_backend(${pid})`
    })
  } finally {
    await sql.end({ timeout: 1 })
  }
}

async function takeSteps(
  connection: Connection,
  id: bigint,
  watcher: Watcher,
  { signal, pause, reason }: Stop,
): Promise<void> {
  let failed: SessionStep | undefined
  for (;;) {
    const [next] = await connection<SessionStep[]>`select * from audit_interno.proxima_etapa(${id})`
    const step = next as SessionStep
    if (step.etapa === 'fim') return
    if (pause?.aborted) throw new SessionInterrupted(id)
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
        if (reason === undefined) throw new SessionInterrupted(id)
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
