import { EventEmitter } from 'node:events'
import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { Logger } from '@graphile/logger'
import { type Runner, type RunnerOptions, run, type TaskList, type WorkerEvents } from 'graphile-worker'
import comporMensagem from '../../tasks/compor_mensagem.ts'
import detectarParte from '../../tasks/detectar_parte.ts'
import enviarMensagem from '../../tasks/enviar_mensagem.ts'
import processarSessao from '../../tasks/processar_sessao.ts'
import { connect, type Sql, withOptions } from '../db/connection.ts'
import type { Attempt } from '../mail/deliver.ts'
import type { Mailer } from '../mail/transport.ts'
import type { WorkContext, WorkReport } from './context.ts'
import { keepHouse } from './housekeeping.ts'

const OWNER = 'conferente_dono'
/** How long a job may look abandoned before it is: its worker marks itself within a tick. */
const GRACE = '30 seconds'

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
  const house = { pools, tasks: Object.keys(taskList), grace }
  let heart: ReturnType<typeof beat> | undefined
  const standby = watchStandby(keeper, report)
  // What the queue cannot do on a standby is told as that, and once.
  const trouble = (message: string) => {
    standby.look().then(
      (waiting) => waiting || report.trouble?.(message),
      () => report.trouble?.(message),
    )
  }
  const begin = async (): Promise<Runner> => {
    const runner = await run(queueOptions(url, { taskList, events, jobs, stopWithin, trouble }))
    if (!pause.signal.aborted) {
      report.ready?.()
      heart = beat(
        async () => {
          if (!(await standby.look())) await keepHouse(keeper, house, report)
        },
        tick,
        report,
      )
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

  let begun: Promise<Runner | undefined>
  try {
    // Before graphile-worker, which would try to make its tables in a database that is not ours.
    await keeper`select from audit_interno.agenda()`
    begun = (await standby.look())
      ? standby.over(tick, pause.signal).then((over) => (over ? begin() : undefined))
      : Promise.resolve(await begin())
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
      heart?.stop()
      // What has not come to the end of its step by then is cancelled, and has the rest of the time to be handed back.
      const cancel = setTimeout(() => hard.abort(), stopWithin * 0.7)
      try {
        const running = await begun.catch(() => undefined)
        await running?.stop().catch(() => {}) // stopped by itself already
        await running?.promise.catch(() => {})
        await heart?.last()
      } finally {
        clearTimeout(cancel)
        await keeper.end({ timeout: 1 })
      }
    },
  }
}

/** Whether the server is a standby. It may become one and be promoted again at any time, which is told once each time. */
function watchStandby(sql: Sql, report: WorkReport) {
  let known = false
  const ask = async () => {
    const [server] = await sql<{ standby: boolean }[]>`select pg_is_in_recovery() as standby`
    return server?.standby === true
  }
  return {
    async look(): Promise<boolean> {
      const now = await ask()
      if (now !== known) {
        known = now
        if (now) report.standby?.()
        else report.ready?.()
      }
      return now
    },
    /** Waits until it is none any more; false when asked to stop before. */
    async over(pause: number, stop: AbortSignal): Promise<boolean> {
      while (!stop.aborted && (await ask().catch(() => true))) {
        await sleep(pause, undefined, { signal: stop }).catch(() => {})
      }
      known = false
      return !stop.aborted
    },
  }
}

interface Queue {
  readonly taskList: TaskList
  readonly events: WorkerEvents
  readonly jobs: number
  readonly stopWithin: number
  readonly trouble: (message: string) => void
}

function queueOptions(url: string, { taskList, events, jobs, stopWithin, trouble }: Queue): RunnerOptions {
  return {
    // the worker's tables belong to the owner
    connectionString: withOptions(url, `-c role=${OWNER} -c idle_session_timeout=0`),
    taskList,
    concurrency: jobs,
    noHandleSignals: true,
    parsedCronItems: [],
    events,
    logger: quietLogger(trouble),
    preset: {
      worker: {
        gracefulShutdownAbortTimeout: stopWithin,
        // Other values can leave a job that finishes during shutdown locked, and it would run again hours later.
        completeJobBatchDelay: 0,
        failJobBatchDelay: 0,
      },
    },
  }
}

/** Works at once, then again each time `pause` milliseconds after it has ended, until stopped. */
function beat(work: () => Promise<void>, pause: number, report: WorkReport) {
  let timer: NodeJS.Timeout | undefined
  let stopped = false
  let last: Promise<void>
  const next = () => {
    last = work()
      .catch((error: Error) => report.trouble?.(error.message))
      .then(() => {
        if (!stopped) timer = setTimeout(next, pause)
      })
  }
  next()
  return {
    stop() {
      stopped = true
      clearTimeout(timer)
    },
    /** Settles once what runs has ended. */
    last: () => last,
  }
}

/** graphile-worker logs failed jobs with their stack; our own event reports them instead. */
function quietLogger(trouble: (message: string) => void): Logger {
  return new Logger(() => (level, message) => {
    if (level !== 'error' || message.startsWith('Failed task')) return
    trouble(message.split('\n')[0] ?? '')
  })
}
