// What waits, loaded again whenever it may have changed.
import { useEffect, useRef, useState } from './preact.mjs'
import { desk as ask } from './queries.mjs'
import { begin } from './start.mjs'

/**
 * @param {import('./queries.mjs').Person} me
 * @param {{ current: number }} waiting how many acts are under way
 * @param {(error: unknown) => void} refused
 */
export function useDesk(me, waiting, refused) {
  const [desk, setDesk] = useState(/** @type {Awaited<ReturnType<typeof ask>> | undefined} */ (undefined))
  const [failed, setFailed] = useState(false)
  // The number of the last question: an answer to an earlier one comes too late and is dropped.
  const last = useRef(0)

  const load = async () => {
    last.current += 1
    const mine = last.current
    try {
      const found = await (begin('desk') ?? ask(me.nome))
      if (mine !== last.current) return
      setDesk(found)
      setFailed(false)
    } catch (error) {
      if (mine !== last.current) return
      setFailed(true)
      refused(error)
    }
  }

  useEffect(() => {
    load()
    // Somebody who comes back to the page sees what has happened meanwhile.
    const back = () => document.visibilityState === 'visible' && waiting.current === 0 && load()
    addEventListener('visibilitychange', back)
    return () => removeEventListener('visibilitychange', back)
  }, [])

  /** Removes at once a group that is decided as a whole. @param {string} key */
  const clear = (key) =>
    setDesk((before) => before && { ...before, groups: before.groups.filter(({ grupo }) => grupo !== key) })

  return { desk, failed, load, clear }
}
