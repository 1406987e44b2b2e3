import { isCancel, select } from '@clack/prompts'
import type { App } from './app.ts'

/** Asks whether the corrections were wrong, which counts against their rules. Undefined when the person gives up. */
export async function askWhy({ text: { rollback } }: App): Promise<string | undefined> {
  const answer = await select({
    message: rollback.ask,
    initialValue: 'outra-razao',
    options: [
      { value: 'outra-razao', label: 'outra-razao', hint: rollback.other },
      { value: 'erradas', label: 'erradas', hint: rollback.wrong },
    ],
  })
  return isCancel(answer) ? undefined : answer
}
