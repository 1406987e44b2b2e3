import { isCancel, password } from '@clack/prompts'
import { CommandError } from './errors.ts'

/** What is typed is not shown. */
export async function askHidden(message: string, interrupted: string): Promise<string> {
  const answer = await password({ message })
  if (isCancel(answer)) throw new CommandError(interrupted)
  return answer?.trim() ?? ''
}
