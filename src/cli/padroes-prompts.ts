import { confirm, isCancel } from '@clack/prompts'
import type { App } from './app.ts'

/** Asks whether to save a pattern, after showing what it matches. */
export async function askPattern({ text }: App, pattern: string): Promise<boolean> {
  const answer = await confirm({
    message: text.result.patternAsk(pattern),
    initialValue: false,
    active: text.yesNo(true),
    inactive: text.yesNo(false),
  })
  return !isCancel(answer) && answer
}
