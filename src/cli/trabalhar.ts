import type { Command } from 'commander'
import { publicMessage } from '../log/error.ts'
import type { Notes, WorkReport } from '../worker/context.ts'
import type { Worker } from '../worker/worker.ts'
import type { App, Database } from './app.ts'
import { createParsers } from './arguments.ts'
import { command } from './command.ts'
import { said } from './format.ts'
import { runUntilAsked } from './lifetime.ts'
import { brought } from './notas.ts'
import { tell } from './output.ts'
import { withDatabase } from './with-database.ts'

interface Options {
  readonly prazo: number
  readonly simultaneos: number
}

export function register(program: Command, app: App): void {
  workOptions(command(program, app, 'trabalhar'), app).action(async (options: Options) => {
    await withDatabase(app, { role: 'conferente_dono', own: true }, async (database) =>
      runUntilAsked(app, options.prazo, [await openWorker(app, database, options)]),
    )
  })
}

export function workOptions(command: Command, { text }: App): Command {
  const parse = createParsers(text)
  return command
    .option('--prazo <segundos>', text.option.stopWithin, parse.integer(5, 3600), 20)
    .option('--simultaneos <n>', text.option.jobs, parse.integer(1, 64), 2)
}

/** Starts a worker that sends mail and reports on stderr, and prints when it is ready. */
export async function openWorker(app: App, { url, sql }: Database, options: Options): Promise<Worker> {
  app.cancel = undefined // a signal ends the work in order; nothing is cancelled at once
  const [{ startWorker }, { createWatcher }, { openMail, tellMail }, { openChannels }] = await Promise.all([
    import('../worker/worker.ts'),
    import('./watcher.ts'),
    import('./mail.ts'),
    import('./channels.ts'),
  ])
  await tellMail(app, sql)
  const mail = await openMail(app, url)
  const worker = await startWorker(url, createReport(app, createWatcher), {
    stopWithin: options.prazo * 1000,
    jobs: options.simultaneos,
    ...(mail && { mail }),
    channels: await openChannels(app),
    ...notesOf(app),
    ...(app.settings.stampRoots !== undefined && { stampRoots: app.settings.stampRoots }),
  })
  return { done: worker.done, stop: () => worker.stop().finally(() => mail?.mailer.close()) }
}

/** The folder of electronic notes, where one is set. */
function notesOf(app: App): { notes?: Notes } {
  const { notesDir: folder, notesRoots: roots } = app.settings
  if (folder === undefined) return {}
  return {
    notes: {
      folder,
      ...(roots !== undefined && { roots }),
      read: (summary) => {
        // Readings without news happen four times an hour.
        if (summary.novas + summary.canceladas + summary.recusados === 0) return
        tell(brought(app, summary), {
          event: 'notes.read',
          ...(summary.recusados > 0 && { level: 'warn' }),
        })
      },
    },
  }
}

function createReport(app: App, createWatcher: typeof import('./watcher.ts').createWatcher): WorkReport {
  const { text, format } = app
  return {
    watch: () => createWatcher(app, false),
    standby: () => tell(text.worker.standby, { event: 'worker.standby', level: 'warn' }),
    ready: () => tell(text.worker.ready, { event: 'worker.ready' }),
    scheduled: ({ previsto_para, sessao_id, erro_mensagem }) =>
      erro_mensagem == null
        ? tell(text.worker.scheduled(format.time(previsto_para), String(sessao_id)), {
            event: 'session.scheduled',
            sessao_id,
          })
        : tell(text.worker.notScheduled(format.time(previsto_para), said(erro_mensagem)), {
            event: 'schedule.failed',
            level: 'error',
          }),
    released: (workers) =>
      tell(text.worker.released(workers.join(', ')), { event: 'jobs.released', level: 'warn' }),
    jobFailed: (task, error, last, sessao_id) =>
      tell(
        last
          ? text.worker.jobLost(task, said(publicMessage(error)))
          : text.worker.jobFailed(task, said(publicMessage(error))),
        { event: 'job.failed', level: last ? 'error' : 'warn', tarefa: task, sessao_id },
      ),
    trouble: (message) =>
      tell(text.worker.trouble(said(message)), { event: 'worker.trouble', level: 'warn' }),
  }
}
