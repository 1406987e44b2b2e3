import { type queueAsPromised, promise as queued } from 'fastq'
import { ReachError } from './reach.ts'

/** Runs work for a caller as soon as the caller's share allows. */
export type Share = <T>(who: string, work: () => Promise<T>) => Promise<T>

/**
 * Limits a caller's connections of a pool; further work waits until one of the caller's own comes free, so that a busy caller keeps
 * nobody else waiting.
 * @param most pieces of one caller's work at the same time
 * @param waiting how many more may wait; they take places of the whole server
 * @throws {ReachError} when that many already wait
 */
export function shares(most: number, waiting = 200): Share {
  const callers = new Map<string, queueAsPromised>()
  return async (who, work) => {
    const queue = callers.get(who) ?? queued(async (run: typeof work) => run(), most)
    if (queue.length() >= waiting) throw new ReachError('too many of one caller wait already')
    callers.set(who, queue)
    try {
      return await queue.push(work)
    } finally {
      if (queue.idle()) callers.delete(who)
    }
  }
}
