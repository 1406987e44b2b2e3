import type { App } from './app.ts'
import { CommandError } from './errors.ts'
import { plain } from './format.ts'
import { tell } from './output.ts'

/** Something that runs until it is stopped. */
export interface Service {
  /** Settles when the service cannot go on. */
  readonly done?: Promise<void>
  stop(): Promise<void>
}

/**
 * Runs services until a signal asks for the end, or one of them cannot go on; then stops them all.
 * @param seconds the longest they may take to end after the signal; then the process ends anyway
 * @throws {CommandError} when one of them stopped by itself
 */
export async function runUntilAsked(
  app: App,
  seconds: number,
  services: readonly Service[],
): Promise<number> {
  const { text, signal, format } = app
  const stopAll = () => Promise.all(services.map((service) => service.stop()))
  const asked = new Promise<'asked'>((resolve) => {
    if (signal.aborted) resolve('asked')
    else signal.addEventListener('abort', () => resolve('asked'), { once: true })
  })
  try {
    const ended = services.flatMap(({ done }) => done ?? [])
    if ((await Promise.race([asked, ...ended])) !== 'asked') throw new CommandError(text.worker.stopped)
  } catch (error) {
    await stopAll()
    throw error instanceof CommandError ? error : new CommandError(plain((error as Error).message))
  }
  tell(text.worker.stopping(format.number(seconds)))
  // After the deadline we end anyway: other workers will find our jobs without an owner.
  const deadline = setTimeout(() => {
    tell(text.worker.late)
    process.exit(1)
  }, seconds * 1000)
  await stopAll()
  clearTimeout(deadline)
  tell(text.worker.ended)
  return 0
}
