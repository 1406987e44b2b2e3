import type { SessionStep, Watcher } from '../session.ts'
import type { App } from './app.ts'
import { plain } from './format.ts'
import { tell } from './output.ts'
import { type Step, startStep } from './progress.ts'

/**
 * Tells on stderr what a session is doing.
 * @param live whether a line may move: not where several are told of at once
 */
export function createWatcher({ text, format }: App, live = true): Watcher {
  let step: Step | undefined
  const label = ({ etapa, regra, ordem, total }: SessionStep) => {
    const name = `${text.step[etapa]}${regra === null ? '' : ` ${regra}`}`
    if (etapa === 'detectar' || (etapa === 'parte' && Number(total) > 1)) return `${name} (${ordem}/${total})`
    if (etapa === 'corrigir' && Number(ordem ?? 0) > 0) {
      return `${name} ${text.notice.correctedSoFar(format.number(ordem))}`
    }
    return name
  }
  return {
    interrupted: (sessions) =>
      tell(text.notice.closedInterrupted(sessions.map(({ id }) => String(id)).join(', '))),
    opened: ({ id, modo, regras }) => tell(text.notice.sessionOpened(String(id), modo, format.list(regras))),
    began: (next) => {
      step = startStep(label(next), format, live)
    },
    ended: (done, error) => {
      if (error) step?.failed(`${label(done)}: ${plain(error.message)}`)
      else step?.done()
    },
  }
}
