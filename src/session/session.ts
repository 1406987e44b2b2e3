import { cancelRunning } from '../db/cancel.ts'
import {
  alone,
  type Connection,
  endWithClient,
  type InRole,
  isDatabaseError,
  reserve,
  type Sql,
} from '../db/connection.ts'
import { whoAnswers } from '../db/pooling.ts'
import type { Session } from './rows.ts'
import { type Stop, takePart, takeSteps, type Watcher } from './steps.ts'

export { SessionInterrupted } from './interrupted.ts'
export type { SessionStep, Stop, Watcher } from './steps.ts'

export type Mode = 'manual' | 'auto'

export interface Request {
  readonly modo: string
  readonly dataInicio?: string | undefined
  readonly dataFim?: string | undefined
  readonly regras?: readonly string[] | undefined
}

/** How a worker reaches the database and learns that it should stop. */
export interface Reach extends Stop {
  /** Opens a connection that becomes conferente_dono. */
  open(): InRole
  /** Whether the session has ended: somebody else may have cancelled it. */
  over(id: bigint): Promise<boolean>
}

/** Another connection conducts this session. */
export class SessionBusy extends Error {
  constructor(sessionId: bigint) {
    super(`session ${sessionId} is conducted by another process`)
    this.name = 'SessionBusy'
  }
}

/** Milliseconds between two checks whether the session was cancelled. */
const LOOK = 1000

/**
 * Conducts a session step by step on one connection, which holds the session's lock. The database decides what each step does and
 * which comes next; each step is committed by itself.
 * @param signal once aborted, and the running query cancelled, the session is closed as falhou with `reason`
 * @returns the session's row; a failed rule or session does not throw
 * @throws {SessionInterrupted} after `signal`; errors of the connection, and of opening the session, unchanged
 */
export async function conductSession(
  sql: Sql,
  request: Request,
  watcher: Watcher,
  stop: Stop,
): Promise<Session> {
  const connection = await reserve(sql)
  try {
    const interrupted = await connection<Session[]>`select * from audit_interno.encerrar_interrompidas()`
    if (interrupted.length > 0) watcher.interrupted?.(interrupted)
    const [session] = await connection<[Session]>`
      select * from audit_interno.iniciar_sessao(${request.modo}, ${request.dataInicio ?? null}::date,
        ${request.dataFim ?? null}::date, ${request.regras ? [...request.regras] : null}::text[])`
    watcher.opened?.(session)
    await takeSteps(connection, session.id, watcher, stop)
    return await finished(connection, session.id, watcher)
  } finally {
    connection.release()
  }
}

/**
 * Conducts an existing session: an agendada one, or the rest of one whose conductor died. One that has ended is left alone. Its
 * detection is cut into parts, which other workers share.
 * @returns the session's row
 * @throws {SessionBusy} while another connection conducts it
 * @throws {SessionInterrupted} after `signal` or `pause`; NC004 when there is no such session; errors of the connection unchanged
 */
export async function resumeSession(id: bigint, watcher: Watcher, reach: Reach): Promise<Session> {
  return withConnection(id, reach, async (connection) => {
    const [taken] = await connection<{ mine: boolean }[]>`select audit_interno.retomar_sessao(${id}) as mine`
    if (!taken?.mine) throw new SessionBusy(id)
    watcher.opened?.(await sessionRow(connection, id))
    try {
      await takeSteps(connection, id, watcher, reach)
    } catch (error) {
      // It was cancelled between two steps.
      if (!(isDatabaseError(error) && error.code === '57014' && (await reach.over(id)))) throw error
    }
    return await finished(connection, id, watcher)
  })
}

/**
 * Does one part of a session's detection; nothing if it is done, another worker has it, or the session has ended.
 * @throws {SessionInterrupted} after `signal`; errors of the connection unchanged
 */
export async function detectPart(
  { sessao_id, ...part }: { sessao_id: bigint; regra: string; parte: number },
  watcher: Watcher,
  reach: Reach,
): Promise<void> {
  await withConnection(sessao_id, reach, async (connection) => {
    await takePart(connection, sessao_id, part, watcher, reach)
  })
}

/** Works on a session on a separate connection. What runs there is cancelled after `signal`, or when the session ends meanwhile. */
async function withConnection<T>(
  id: bigint,
  { open, over, signal }: Reach,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  const own = open()
  return alone(own, async (connection) => {
    await endWithClient(connection)
    const { key } = await whoAnswers(connection)
    const cancel = () => void cancelRunning(own, key).catch(() => {})
    signal.addEventListener('abort', cancel)
    let working = true
    const timer = setInterval(
      () =>
        void over(id).then(
          (ended) => ended && working && cancel(),
          () => {},
        ),
      LOOK,
    )
    try {
      return await work(connection)
    } finally {
      working = false
      clearInterval(timer)
      signal.removeEventListener('abort', cancel)
    }
  })
}

async function finished(connection: Connection, id: bigint, watcher: Watcher): Promise<Session> {
  const row = await sessionRow(connection, id)
  watcher.finished?.(row)
  return row
}

async function sessionRow(connection: Connection, id: bigint): Promise<Session> {
  const [row] = await connection<[Session]>`select s.* from audit.sessoes_processamento s where s.id = ${id}`
  return row
}
