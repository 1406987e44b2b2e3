import ora from 'ora'
import type { Format } from './format.ts'
import { tell } from './output.ts'

export interface Step {
  /** Adds text to the line of the step. */
  update(text: string): void
  done(text?: string): void
  failed(text?: string): void
}

/**
 * Starts reporting a step on stderr: on a terminal a live line with the elapsed time, elsewhere plain lines.
 * @param say prints the plain lines
 */
export function startStep(text: string, format: Format, live = true, say = tell): Step {
  const began = Date.now()
  const elapsed = () => format.seconds(Date.now() - began)
  if (!live || !process.stderr.isTTY) {
    say(`- ${text}`)
    return {
      update: (more) => say(`  ${more}`),
      done: (more) => say(`  ✔ ${more ?? text} (${elapsed()})`),
      failed: (more) => say(`  ✖ ${more ?? text} (${elapsed()})`),
    }
  }
  // stdin is left alone: Ctrl-C has to stay a signal.
  const line = ora({ text, stream: process.stderr, discardStdin: false, suffixText: elapsed }).start()
  const end = (symbol: string, more = text) => {
    line.stopAndPersist({ symbol, text: `${more} (${elapsed()})`, suffixText: '' })
  }
  return {
    update: (more) => {
      line.text = `${text}: ${more}`
    },
    done: (more) => end('✔', more),
    failed: (more) => end('✖', more),
  }
}

/** Shows a step while it runs. */
export async function withStep<T>(
  text: string,
  format: Format,
  work: (step: Step) => Promise<T>,
  told: (result: T) => string | undefined = () => undefined,
): Promise<T> {
  const step = startStep(text, format)
  try {
    const result = await work(step)
    step.done(told(result))
    return result
  } catch (error) {
    step.failed()
    throw error
  }
}
