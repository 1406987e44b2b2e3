import { text as ask, confirm, intro, isCancel, outro, select } from '@clack/prompts'
import { nextRuns, possible } from '../worker/schedule.ts'
import type { App } from './app.ts'

export interface ScheduleSettings {
  readonly cron: string
  readonly fuso: string
  readonly modo: string
}

export type ScheduleChange = Partial<ScheduleSettings> & { readonly motivo: string }

class Cancelled extends Error {}

/** Asks for the schedule on the terminal; each answer starts with what is in force. Undefined when the person gives up. */
export async function askSchedule(
  { text: { agenda, yesNo }, settings }: App,
  before: ScheduleSettings,
): Promise<ScheduleChange | undefined> {
  intro(agenda.title)
  try {
    const cron = answered(
      await ask({
        message: agenda.askCron,
        initialValue: before.cron,
        validate: (value) =>
          possible({ ...before, cron: value ?? '' }) ? undefined : agenda.never(value ?? ''),
      }),
    ).trim()
    const fuso = answered(
      await ask({
        message: agenda.askZone,
        initialValue: before.fuso,
        validate: (value) =>
          possible({ ...before, fuso: value ?? '' }) ? undefined : agenda.unknownZone(value ?? ''),
      }),
    ).trim()
    const modo = answered(
      await select({
        message: agenda.askMode,
        initialValue: before.modo,
        options: [
          { value: 'auto', label: 'auto', hint: agenda.auto },
          { value: 'manual', label: 'manual', hint: agenda.manual },
        ],
      }),
    )
    const motivo = answered(
      await ask({
        message: agenda.askReason,
        validate: (value) => (value?.trim() ? undefined : agenda.reasonNeeded),
      }),
    )
    const [first] = nextRuns({ cron, fuso }, new Date(), 1)
    const style = { timeZone: fuso, dateStyle: 'full', timeStyle: 'short' } as const
    const message = agenda.confirm(new Intl.DateTimeFormat(settings.language, style).format(first))
    const agreed = await confirm({ message, active: yesNo(true), inactive: yesNo(false) })
    if (!answered(agreed)) return undefined
    outro(agenda.done)
    return { cron, fuso, modo, motivo }
  } catch (error) {
    if (error instanceof Cancelled) return undefined
    throw error
  }
}

function answered<T>(answer: T): Exclude<T, symbol> {
  if (isCancel(answer)) throw new Cancelled()
  return answer as Exclude<T, symbol>
}
