import { ReachError } from './reach.ts'

/** Runs work for a caller as soon as the caller's share allows. */
export type Share = <T>(who: string, work: () => Promise<T>) => Promise<T>

/**
 * A caller gets at most so many of a pool's connections; further work waits for one of the caller's own to come free, so that
 * a busy caller keeps nobody else waiting.
 * @param queue how many pieces of one caller's work may wait; they take places of the server as a whole
 * @throws {ReachError} when that many already wait
 */
export function shares(most: number, queue = 200): Share {
  const callers = new Map<string, { held: number; waiting: (() => void)[] }>()

  async function enter(who: string): Promise<void> {
    const caller = callers.get(who) ?? { held: 0, waiting: [] }
    callers.set(who, caller)
    if (caller.held < most) caller.held += 1
    else if (caller.waiting.length >= queue) throw new ReachError('too many of one caller wait already')
    else await new Promise<void>((resolve) => caller.waiting.push(resolve))
  }

  function leave(who: string): void {
    const caller = callers.get(who)
    const next = caller?.waiting.shift()
    // The place goes over to who waits for it, and is never free in between.
    if (next) next()
    else if (caller && --caller.held === 0) callers.delete(who)
  }

  return async (who, work) => {
    await enter(who)
    try {
      return await work()
    } finally {
      leave(who)
    }
  }
}
