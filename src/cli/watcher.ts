import { describe } from '../log/error.ts'
import type { SessionStep, Watcher } from '../session/session.ts'
import type { App, CommandLog } from './app.ts'
import { said } from './format.ts'
import { show } from './output.ts'
import { type Step, startStep } from './progress.ts'

/** Columns of a session's row. Not its message: that quotes errors, which quote values. */
const SHOWN = [
  'modo',
  'status',
  'inicio_processamento',
  'fim_processamento',
  'linhas_examinadas',
  'encontradas',
  'novas',
  'recorrentes',
  'suprimidas',
  'corrigidas',
  'falhas',
  'obsoletas',
  'resolvidas',
  'desfeitas',
  'refeitas',
  'limite_atingido',
] as const

/**
 * Prints on stderr what a session is doing, and logs it.
 * @param live whether a line may move: not where several sessions report at once
 */
export function createWatcher(app: App, live = true): Watcher {
  const { log } = app
  if (log === undefined) return people(app, live)
  return log.onStderr ? noting(app, log) : both(people(app, live), noting(app, log))
}

function people({ text, format }: App, live: boolean): Watcher {
  let step: Step | undefined
  return {
    interrupted: (sessions) =>
      show(text.notice.closedInterrupted(sessions.map(({ id }) => String(id)).join(', '))),
    opened: ({ id, modo, regras }) => show(text.notice.sessionOpened(String(id), modo, format.list(regras))),
    began: (next) => {
      step = startStep(label({ text, format }, next), format, live, show)
    },
    ended: (done, error) => {
      if (error) step?.failed(`${label({ text, format }, done)}: ${said(error.message)}`)
      else step?.done()
    },
  }
}

function noting({ text, format }: App, log: CommandLog): Watcher {
  let began = Date.now()
  const about = ({ etapa, regra, ordem, total }: SessionStep, sessao_id: bigint) => ({
    sessao_id,
    etapa,
    ...(regra !== null && { regra }),
    ...(etapa === 'parte' && { parte: ordem, partes: total }),
  })
  return {
    counting: true,
    interrupted: (sessions) => {
      for (const { id } of sessions) {
        log.note({ event: 'session.abandoned', level: 'warn', sessao_id: id }, text.log.abandoned(String(id)))
      }
    },
    opened: ({ id, modo, regras }) =>
      log.note({ event: 'session.opened', sessao_id: id, modo, regras }, text.log.opened(String(id), modo)),
    began: (step, id) => {
      began = Date.now()
      log.note({ event: 'step.began', ...about(step, id) }, text.log.began(label({ text, format }, step)))
    },
    ended: (step, error, id, { limite_atingido, ...counted } = { limite_atingido: null }) => {
      const ms = Date.now() - began
      const name = label({ text, format }, step)
      if (error) {
        const err = describe(error)
        const code = String(err['code'] ?? '')
        log.note(
          { event: 'step.failed', level: 'error', ...about(step, id), ms, err },
          text.log.failed(name, code),
        )
        return
      }
      log.note(
        { event: 'step.ended', ...about(step, id), ms, ...(step.regra !== null && counted) },
        text.log.ended(name, format.number(ms)),
      )
      if (step.etapa === 'limitar' && limite_atingido != null) {
        log.note(
          { event: 'session.limit', level: 'warn', sessao_id: id, limite: limite_atingido },
          text.log.limit(String(limite_atingido)),
        )
      }
    },
    finished: (session) => {
      const { id } = session
      const level = session.status === 'concluida' ? 'info' : 'error'
      const shown = Object.fromEntries(SHOWN.map((column) => [column, session[column]]))
      log.note(
        { event: 'session.finished', level, sessao_id: id, ...shown },
        text.log.finished(String(id), String(session.status)),
      )
    },
  }
}

function both(first: Watcher, second: Watcher): Watcher {
  return {
    counting: first.counting === true || second.counting === true,
    interrupted: (...given) => {
      first.interrupted?.(...given)
      second.interrupted?.(...given)
    },
    opened: (...given) => {
      first.opened?.(...given)
      second.opened?.(...given)
    },
    began: (...given) => {
      first.began?.(...given)
      second.began?.(...given)
    },
    ended: (...given) => {
      first.ended?.(...given)
      second.ended?.(...given)
    },
    finished: (...given) => {
      first.finished?.(...given)
      second.finished?.(...given)
    },
  }
}

function label({ text, format }: Pick<App, 'text' | 'format'>, step: SessionStep): string {
  const { etapa, regra, ordem, total } = step
  const name = `${text.step[etapa]}${regra === null ? '' : ` ${regra}`}`
  if (etapa === 'detectar' || (etapa === 'parte' && Number(total) > 1)) return `${name} (${ordem}/${total})`
  if (etapa === 'corrigir' && Number(ordem ?? 0) > 0) {
    return `${name} ${text.notice.correctedSoFar(format.number(ordem))}`
  }
  return name
}
