import type { Command } from 'commander'
import type { WorkReport } from '../worker.ts'
import { type App, withDatabase } from './app.ts'
import { createParsers } from './arguments.ts'
import { CommandError } from './errors.ts'
import { plain } from './format.ts'
import { tell } from './output.ts'

interface Options {
  readonly prazo: number
  readonly simultaneos: number
}

export function register(program: Command, app: App): void {
  const { text } = app
  const parse = createParsers(text)
  program
    .command('trabalhar')
    .description(text.command.trabalhar)
    .option('--prazo <segundos>', text.option.stopWithin, parse.integer(5, 3600), 20)
    .option('--simultaneos <n>', text.option.jobs, parse.integer(1, 64), 2)
    .addHelpText('after', text.example.trabalhar)
    .action(async ({ prazo, simultaneos }: Options) => {
      await withDatabase(app, { role: 'conferente_dono' }, ({ url }) => work(app, url, prazo, simultaneos))
    })
}

async function work(app: App, url: string, seconds: number, jobs: number): Promise<number> {
  const { text, signal } = app
  app.cancel = undefined // a signal ends the work in order; nothing is cancelled at once
  const [{ startWorker }, { createWatcher }] = await Promise.all([
    import('../worker.ts'),
    import('./watcher.ts'),
  ])
  const worker = await startWorker(url, createReport(app, createWatcher), {
    stopWithin: seconds * 1000,
    jobs,
  })
  tell(text.worker.ready)
  const asked = new Promise<'asked'>((resolve) => {
    if (signal.aborted) resolve('asked')
    else signal.addEventListener('abort', () => resolve('asked'), { once: true })
  })
  try {
    if ((await Promise.race([asked, worker.done])) !== 'asked') throw new CommandError(text.worker.stopped)
  } catch (error) {
    await worker.stop()
    throw error instanceof CommandError ? error : new CommandError(plain((error as Error).message))
  }
  tell(text.worker.stopping(app.format.number(seconds)))
  // Past the deadline we go all the same: other workers find our jobs without an owner.
  const deadline = setTimeout(() => {
    tell(text.worker.late)
    process.exit(1)
  }, seconds * 1000)
  await worker.stop()
  clearTimeout(deadline)
  tell(text.worker.ended)
  return 0
}

function createReport(app: App, createWatcher: typeof import('./watcher.ts').createWatcher): WorkReport {
  const { text, format } = app
  return {
    watch: () => createWatcher(app, false),
    scheduled: ({ previsto_para, sessao_id, erro_mensagem }) =>
      tell(
        erro_mensagem == null
          ? text.worker.scheduled(format.time(previsto_para), String(sessao_id))
          : text.worker.notScheduled(format.time(previsto_para), plain(erro_mensagem)),
      ),
    released: (workers) => tell(text.worker.released(workers.join(', '))),
    jobFailed: (task, error, last) =>
      tell(
        last
          ? text.worker.jobLost(task, plain(error.message))
          : text.worker.jobFailed(task, plain(error.message)),
      ),
    trouble: (message) => tell(text.worker.trouble(plain(message))),
  }
}
