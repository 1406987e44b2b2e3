import { confirm, isCancel } from '@clack/prompts'
import type { App } from './app.ts'

/** Asks whether what was just shown is to be corrected. */
export async function askApproval({ text, format }: App, findings: number): Promise<boolean> {
  const answer = await confirm({
    message: text.approval.ask(format.number(findings)),
    initialValue: false,
    active: text.yesNo(true),
    inactive: text.yesNo(false),
  })
  return !isCancel(answer) && answer
}
