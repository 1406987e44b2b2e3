import { EventEmitter } from 'node:events'
import { Logger } from '@graphile/logger'
import { type Runner, type RunnerOptions, run, type TaskList, type WorkerEvents } from 'graphile-worker'
import { poolAs } from '../db/pool.ts'
import { OWNER, type WorkReport } from './context.ts'

interface QueueOptions {
  readonly tasks: TaskList
  /** Jobs at once. */
  readonly jobs: number
  readonly stopWithin: number
  /** Once aborted, a job that fails counts as handed back. */
  readonly pause: AbortSignal
  readonly failed: WorkReport['jobFailed']
  readonly trouble: (message: string) => void
}

export interface Queue {
  /** Names under which this process locks jobs: known once it runs. */
  readonly pools: readonly string[]
  run(): Promise<Runner>
}

/** The queue, by graphile-worker. */
export function createQueue(url: string, options: QueueOptions): Queue {
  const pools: string[] = []
  const events: WorkerEvents = new EventEmitter()
  events.on('pool:create', ({ workerPool }) => pools.push(workerPool.id))
  events.on('pool:listen:notification', ({ message }) => {
    // Any login that may connect can send this message, and the library would stop for good. It is meant for a release whose tables
    // the running one does not know; a worker that starts then is refused by the tables themselves.
    if (message.channel === 'worker:migrate') message.channel = ''
  })
  events.on('job:error', ({ job, error }) => {
    if (options.pause.aborted) return
    const { sessao_id } = (job.payload ?? {}) as { sessao_id?: string }
    options.failed?.(
      job.task_identifier,
      error as Error,
      job.attempts >= job.max_attempts,
      sessao_id?.toString(),
    )
  })
  // the worker's tables belong to the owner
  const pool = poolAs(OWNER, url, ({ message }) => options.trouble(message))
  const end = () => pool.end()
  return {
    pools,
    async run() {
      const runner = await run({ ...runnerOptions(events, options), pgPool: pool }).catch((error) =>
        end().then(() => Promise.reject(error)),
      )
      runner.promise.then(end, end)
      return runner
    },
  }
}

function runnerOptions(
  events: WorkerEvents,
  { tasks, jobs, stopWithin, trouble }: QueueOptions,
): RunnerOptions {
  return {
    taskList: tasks,
    concurrency: jobs,
    noHandleSignals: true,
    parsedCronItems: [],
    events,
    logger: quietLogger(trouble),
    preset: {
      worker: {
        gracefulShutdownAbortTimeout: stopWithin,
        // With other values a job that finishes during shutdown may stay locked, and would run again hours later.
        completeJobBatchDelay: 0,
        failJobBatchDelay: 0,
      },
    },
  }
}

/** graphile-worker logs failed jobs with their stack; our own event reports them instead. */
function quietLogger(trouble: (message: string) => void): Logger {
  return new Logger(() => (level, message) => {
    if (level !== 'error' || message.startsWith('Failed task')) return
    trouble(message.split('\n')[0] ?? '')
  })
}
