import { hostname } from 'node:os'
import type { Runner, TaskList } from 'graphile-worker'
import avisarCanal from '../../tasks/avisar_canal.ts'
import carimbarCabeca from '../../tasks/carimbar_cabeca.ts'
import comporMensagem from '../../tasks/compor_mensagem.ts'
import detectarParte from '../../tasks/detectar_parte.ts'
import enviarMensagem from '../../tasks/enviar_mensagem.ts'
import lerNotas from '../../tasks/ler_notas.ts'
import processarSessao from '../../tasks/processar_sessao.ts'
import type { PostOptions } from '../channels/post.ts'
import { createResolve } from '../channels/reach.ts'
import { connect, connectAs } from '../db/connection.ts'
import { inRole } from '../db/transaction.ts'
import type { Attempt } from '../mail/deliver.ts'
import type { Mailer } from '../mail/transport.ts'
import { beat } from './beat.ts'
import { type Notes, OWNER, type WorkContext, type WorkReport } from './context.ts'
import { keepHouse } from './housekeeping.ts'
import { createQueue } from './queue.ts'
import { watchStandby } from './standby.ts'

/** How long a job may look abandoned before it is: its worker marks itself within a tick. */
const GRACE = '30 seconds'

export interface WorkOptions {
  /** Milliseconds from `stop` until everything is finished or handed back. */
  readonly stopWithin?: number
  /** Milliseconds between two checks of the schedule. */
  readonly tick?: number
  readonly grace?: string
  /** Without it messages are composed, and wait for a worker that can send them. */
  readonly mail?: { readonly mailer: Mailer } & Pick<Attempt, 'attach' | 'mailed'>
  /** How messages to channels are sent; by default only to public addresses. */
  readonly channels?: { readonly post: PostOptions } & Pick<Attempt, 'mailed'>
  /** Certificates of authorities whose stamps are trusted, a PEM file. Without it any authority is. */
  readonly stampRoots?: string
  /** Without it, only workers that have a folder read notes. */
  readonly notes?: Notes
  /** Jobs at once in this process: each is one busy connection. */
  readonly jobs?: number
}

export interface Worker {
  /** Rejects when the worker cannot go on. */
  readonly done: Promise<void>
  stop(): Promise<void>
}

/**
 * Works off the queue until stopped, and keeps the schedule. Any number of workers may share a database. On a standby it waits for
 * the promotion: the queue's own library would start and never take a job.
 * @param url of a login that is a member of conferente_dono
 */
export async function startWorker(
  url: string,
  report: WorkReport,
  { stopWithin = 20_000, tick = 15_000, grace = GRACE, jobs = 2, ...means }: WorkOptions = {},
): Promise<Worker> {
  const pause = new AbortController()
  const hard = new AbortController()
  const { open, keeper, asOwner, over } = connections(url)
  const standby = watchStandby(keeper, report)
  const tasks = taskList({ open, over, watch: report.watch, pause: pause.signal, signal: hard.signal }, means)
  const queue = createQueue(url, {
    tasks,
    jobs,
    stopWithin,
    pause: pause.signal,
    failed: report.jobFailed,
    trouble: standby.trouble,
  })
  const house = { pools: queue.pools, tasks: Object.keys(tasks), grace, notes: means.notes !== undefined }
  const tend = async () => {
    if (!(await standby.look())) await keepHouse(asOwner, house, report)
  }
  let heart: ReturnType<typeof beat> | undefined
  const begin = async (): Promise<Runner> => {
    const runner = await queue.run()
    if (pause.signal.aborted) return runner
    report.ready?.()
    heart = beat(tend, tick, report)
    return runner
  }

  let begun: Promise<Runner | undefined>
  try {
    // Before graphile-worker, which would try to create its tables in a database that is not ours.
    await asOwner((sql) => sql`select from audit_interno.agenda()`)
    begun = (await standby.look())
      ? standby.over(tick, pause.signal).then((over) => (over ? begin() : undefined))
      : Promise.resolve(await begin())
  } catch (error) {
    await keeper.end({ timeout: 0 })
    throw error
  }
  const done = begun.then((runner) => runner?.promise)
  done.catch(() => {}) // the caller that waits for it gets the error
  const stop = async () => {
    if (pause.signal.aborted) return
    pause.abort()
    heart?.stop()
    // A step that has not ended by then is cancelled, which leaves time to hand the job back.
    const cancel = setTimeout(() => hard.abort(), stopWithin * 0.7)
    try {
      await ended(begun)
      await heart?.last()
    } finally {
      clearTimeout(cancel)
      await keeper.end({ timeout: 1 })
    }
  }
  return { done, stop }
}

async function ended(begun: Promise<Runner | undefined>): Promise<void> {
  const running = await begun.catch(() => undefined)
  await running?.stop().catch(() => {}) // stopped by itself already
  await running?.promise.catch(() => {})
}

/** This process's own connections, with the owner's rights. */
function connections(url: string) {
  const name = `conferente trabalhar ${hostname()} ${process.pid}`
  const open = () => connectAs(OWNER, url, { name })
  // Holds the locks by which others see that these workers are alive: one connection, used for nothing else. It may be lost and
  // come back at any time, so it becomes the owner each time.
  const keeper = connect(url, { max: 1, name })
  const asOwner = inRole(keeper, OWNER)
  const over = async (id: bigint) => {
    const [session] = await asOwner(
      (sql) => sql`
        select from audit.sessoes_processamento where id = ${id} and status in ('agendada', 'em_andamento')`,
    )
    return session === undefined
  }
  return { open, keeper, asOwner, over }
}

const taskList = (
  context: WorkContext,
  { mail, channels = { post: { resolve: createResolve([]) } }, notes, stampRoots }: WorkOptions,
): TaskList => ({
  processar_sessao: processarSessao(context),
  detectar_parte: detectarParte(context),
  compor_mensagem: comporMensagem(context),
  avisar_canal: avisarCanal(context, channels),
  carimbar_cabeca: carimbarCabeca(context, channels.post, stampRoots),
  ...(mail && { enviar_mensagem: enviarMensagem(context, mail.mailer, mail) }),
  ...(notes && { ler_notas: lerNotas(context, notes) }),
})
