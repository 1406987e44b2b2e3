// What was shown of each group, and the current place in it.
import { filterOf } from './groups.mjs'
import { useRef } from './preact.mjs'
import { items } from './queries.mjs'

/** @typedef {{ visto: unknown, items: any[], next: string | null }} Shown */

/** @param {import('./queries.mjs').Person} me */
export function useShown(me) {
  const cache = useRef(/** @type {Map<string, Promise<Shown>>} */ (new Map()))
  const memory = useRef(
    /** @type {Map<string, { left: Set<string>, at: number, note: string }>} */ (new Map()),
  )

  /** Forgets what was shown of a group. @param {string} key */
  const forget = (key) => {
    for (const name of cache.current.keys()) if (name.startsWith(`${key}:`)) cache.current.delete(name)
  }

  /**
   * What a group holds, loaded once, together with what was seen of the group then.
   * @param {import('./groups.mjs').Group} group
   * @param {Shown} [before] to which the next page is added
   */
  const itemsOf = (group, before) => {
    const name = stamp(group)
    const kept = cache.current.get(name)
    if (kept && !before) return kept
    const asked = items(filterOf(group, me.nome), group.flagged, before?.next ?? null).then((page) => ({
      visto: before?.visto ?? group.visto,
      items: [...(before?.items ?? []), ...page.items],
      next: page.next,
    }))
    cache.current.set(name, asked)
    asked.catch(() => cache.current.delete(name))
    return asked
  }

  /** What a person has left out of a group, and the current place in it. @param {string} key */
  const memoryOf = (key) => {
    const kept = memory.current.get(key) ?? { left: new Set(), at: 0, note: '' }
    memory.current.set(key, kept)
    return kept
  }

  return { forget, itemsOf, memoryOf }
}

/**
 * Changes when what a group holds does.
 * @param {import('./groups.mjs').Group} group
 */
export const stamp = ({ key, count, visto }) => `${key}:${count}:${/** @type {any} */ (visto)?.ate}`
