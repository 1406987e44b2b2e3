import { EventEmitter } from 'node:events'
import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { Logger } from '@graphile/logger'
import { type Runner, run, type TaskList, type WorkerEvents } from 'graphile-worker'
import comporMensagem from '../tasks/compor_mensagem.ts'
import detectarParte from '../tasks/detectar_parte.ts'
import enviarMensagem from '../tasks/enviar_mensagem.ts'
import processarSessao from '../tasks/processar_sessao.ts'
import { connect, type Row } from './db.ts'
import type { Attempt } from './mail/deliver.ts'
import type { Mailer } from './mail/transport.ts'
import { scheduleDue } from './schedule.ts'
import type { Reach, Watcher } from './session.ts'

const OWNER = 'conferente_dono'
/** How long a job may look abandoned before it is: its worker marks itself within a tick. */
const GRACE = '30 seconds'

/** What every task is given. */
export interface WorkContext extends Reach {
  watch(): Watcher
  /** Aborted when the worker is asked to stop: begin nothing new. */
  readonly pause: AbortSignal
  /** Aborted when time is running out: cancel what runs. */
  readonly signal: AbortSignal
}

/** Whoever is told what the worker does. */
export interface WorkReport {
  watch(): Watcher
  /** The server is a standby: nothing can be done until it is promoted. */
  standby?(): void
  /** From here on jobs are taken: at once, or after a standby's promotion. */
  ready?(): void
  /** It has looked at the schedule and after the dead. */
  ticked?(): void
  scheduled?(entry: Row): void
  released?(workers: readonly string[]): void
  jobFailed?(task: string, error: Error, last: boolean, sessionId?: string): void
  /** A tick, or the worker's own bookkeeping, failed; it is tried again. */
  trouble?(message: string): void
}

export interface WorkOptions {
  /** Milliseconds from `stop` until everything is finished or handed back. */
  readonly stopWithin?: number
  /** Milliseconds between two looks at the schedule. */
  readonly tick?: number
  readonly grace?: string
  /** Without it messages are composed, and wait for a worker that can send them. */
  readonly mail?: { readonly mailer: Mailer } & Pick<Attempt, 'attach' | 'mailed'>
  /** Jobs at once in this process: each is one busy connection. */
  readonly jobs?: number
}

export interface Worker {
  /** Rejects when the worker cannot go on. */
  readonly done: Promise<void>
  stop(): Promise<void>
}

/**
 * Works off the queue until stopped, and keeps the schedule. Any number of workers may share a database.
 * Against a standby it waits for the promotion: the queue's own library would be started and never take a job.
 * @param url of a login that is a member of conferente_dono
 */
export async function startWorker(
  url: string,
  report: WorkReport,
  { stopWithin = 20_000, tick = 15_000, grace = GRACE, jobs = 2, mail }: WorkOptions = {},
): Promise<Worker> {
  const pause = new AbortController()
  const hard = new AbortController()
  const name = `conferente trabalhar ${hostname()} ${process.pid}`
  const open = () => connect(url, { max: 1, name, role: OWNER })
  // Holds the locks by which others see that these workers are alive: one connection, used for nothing else.
  const keeper = open()
  const over = async (id: bigint) => {
    const [session] = await keeper`
      select from audit.sessoes_processamento where id = ${id} and status in ('agendada', 'em_andamento')`
    return session === undefined
  }
  const context: WorkContext = { open, over, watch: report.watch, pause: pause.signal, signal: hard.signal }
  const taskList: TaskList = {
    processar_sessao: processarSessao(context),
    detectar_parte: detectarParte(context),
    compor_mensagem: comporMensagem(context),
    ...(mail && { enviar_mensagem: enviarMensagem(context, mail.mailer, mail) }),
  }
  // Jobs are locked in the name of the pool, which is known once it is made.
  const pools: string[] = []
  const events: WorkerEvents = new EventEmitter()
  events.on('pool:create', ({ workerPool }) => pools.push(workerPool.id))
  const begin = async (): Promise<Runner> => {
    const runner = await run({
      connectionString: asOwner(url),
      taskList,
      concurrency: jobs,
      noHandleSignals: true,
      parsedCronItems: [],
      events,
      logger: quietLogger(report),
      preset: {
        worker: {
          gracefulShutdownAbortTimeout: stopWithin,
          // Other values can leave a job that finishes during shutdown locked, and it would run again hours later.
          completeJobBatchDelay: 0,
          failJobBatchDelay: 0,
        },
      },
    })
    if (!pause.signal.aborted) {
      report.ready?.()
      beat()
    }
    return runner
  }
  events.on('job:error', ({ job, error }) => {
    if (pause.signal.aborted) return
    const { sessao_id } = (job.payload ?? {}) as { sessao_id?: string }
    report.jobFailed?.(
      job.task_identifier,
      error as Error,
      job.attempts >= job.max_attempts,
      sessao_id?.toString(),
    )
  })

  async function keepHouse(): Promise<void> {
    await keeper`select audit_interno.marcar_trabalhadores(${pools}::text[])`
    const [released] = await keeper<{ nomes: string[] | null }[]>`
      select audit_interno.liberar_trabalhos(${Object.keys(taskList)}::text[], ${grace}::interval) as nomes`
    if (released?.nomes) report.released?.(released.nomes)
    // What people did from psql: their own transactions may not hold the head of the chain.
    await keeper`select audit_interno.selar()`
    // Those whose job has failed for the last time, or whose conductor was no worker.
    await keeper`select from audit_interno.encerrar_interrompidas()`
    await keeper`select from audit_interno.encerrar_mensagens()`
    await keeper`select from audit_interno.conferir_ausencia()`
    const entry = await scheduleDue(keeper)
    if (entry) report.scheduled?.(entry)
    report.ticked?.()
  }
  let timer: NodeJS.Timeout | undefined
  let ticking: Promise<void> = Promise.resolve()
  const beat = () => {
    ticking = keepHouse()
      .catch((error: Error) => report.trouble?.(error.message))
      .then(() => {
        if (!pause.signal.aborted) timer = setTimeout(beat, tick)
      })
  }
  const promoted = async (): Promise<boolean> => {
    while (!pause.signal.aborted && (await isStandby().catch(() => true))) {
      await sleep(tick, undefined, { signal: pause.signal }).catch(() => {})
    }
    return !pause.signal.aborted
  }
  const isStandby = async (): Promise<boolean> => {
    const [server] = await keeper<{ standby: boolean }[]>`select pg_is_in_recovery() as standby`
    return server?.standby === true
  }

  let begun: Promise<Runner | undefined>
  try {
    // Before graphile-worker, which would try to make its tables in a database that is not ours.
    await keeper`select from audit_interno.agenda()`
    if (await isStandby()) {
      report.standby?.()
      begun = promoted().then((now) => (now ? begin() : undefined))
    } else {
      begun = Promise.resolve(await begin())
    }
  } catch (error) {
    await keeper.end({ timeout: 0 })
    throw error
  }
  const done = begun.then((runner) => runner?.promise)
  done.catch(() => {})
  return {
    done,
    async stop() {
      if (pause.signal.aborted) return
      pause.abort()
      clearTimeout(timer)
      // What has not come to the end of its step by then is cancelled, and has the rest of the time to be handed back.
      const cancel = setTimeout(() => hard.abort(), stopWithin * 0.7)
      try {
        const running = await begun.catch(() => undefined)
        await running?.stop().catch(() => {}) // stopped by itself already
        await running?.promise.catch(() => {})
        await ticking
      } finally {
        clearTimeout(cancel)
        await keeper.end({ timeout: 1 })
      }
    },
  }
}

/** The worker's tables belong to the owner; node-postgres becomes a role by way of the start-up options. */
function asOwner(url: string): string {
  const address = new URL(url)
  const given = address.searchParams.get('options')
  address.searchParams.set(
    'options',
    [given, `-c role=${OWNER} -c idle_session_timeout=0`].filter(Boolean).join(' '),
  )
  return address.href
}

/** graphile-worker tells of failed jobs by their stack; those are told by our own event instead. */
function quietLogger(report: WorkReport): Logger {
  return new Logger(() => (level, message) => {
    if (level !== 'error' || message.startsWith('Failed task')) return
    report.trouble?.(message.split('\n')[0] ?? '')
  })
}
