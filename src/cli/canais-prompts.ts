import { isCancel, password } from '@clack/prompts'
import { CommandError } from './errors.ts'

/** Asks without showing what is typed. */
export async function askHidden(message: string, interrupted: string): Promise<string> {
  const answer = await password({ message })
  if (isCancel(answer)) throw new CommandError(interrupted)
  return answer?.trim() ?? ''
}
