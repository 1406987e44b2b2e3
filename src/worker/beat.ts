import type { WorkReport } from './context.ts'

/** Works at once, then again `pause` milliseconds after each end, until stopped. */
export function beat(work: () => Promise<void>, pause: number, report: WorkReport) {
  let timer: NodeJS.Timeout | undefined
  let stopped = false
  let last: Promise<void>
  const next = () => {
    last = work()
      .catch((error: Error) => report.trouble?.(error.message))
      .then(() => {
        if (!stopped) timer = setTimeout(next, pause)
      })
  }
  next()
  return {
    stop() {
      stopped = true
      clearTimeout(timer)
    },
    /** Settles once the current run has ended. */
    last: () => last,
  }
}
