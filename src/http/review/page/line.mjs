// The acts under way, one after the other, and those done that may be undone.
import { isAside, named, revertOperation, undo } from './acts.mjs'
import { Refusal } from './api.mjs'
import { say } from './format.mjs'
import { useRef, useState } from './preact.mjs'
import { t } from './words.mjs'

/**
 * @typedef {import('./acts.mjs').Result} Result
 * @typedef {{ kind: 'done' | 'missed' | 'refused' | 'slow', text: string, hint?: string | undefined, conflicts?: readonly any[] }} Notice
 * @typedef {{ key: string, title: string, section: string, value: number, count: number, text: string, operation: string | undefined,
 *   word: string }} Done
 * @typedef {{ key: string, title: string, section?: string, value?: number, count: number, word: string, whole?: boolean,
 *   part?: boolean, became?: string }} What an act, for people; whole: nothing is left of the group then; part: the group stays in hand meanwhile
 */

/**
 * @param {{ waiting: { current: number }, load: () => Promise<void>, forget: (key: string) => void, settle: (what: What, results: readonly Result[]) => void,
 *   tell: (notice: Notice) => void, refused: (error: unknown, title?: string) => void }} office
 *   waiting: how many acts are under way; forget: what was shown of a group; settle: says what an act came to
 */
export function useLine({ waiting, load, forget, settle, tell, refused }) {
  const [pending, setPending] = useState(/** @type {ReadonlySet<string>} */ (new Set()))
  const chain = useRef(/** @type {Promise<unknown>} */ (Promise.resolve()))

  /**
   * Does something after what is under way; the page stays usable meanwhile.
   * @param {What} what
   * @param {(slow: () => void) => Promise<readonly Result[] | undefined>} work
   * @returns {Promise<boolean>} whether it was done
   */
  const send = (what, work) => {
    waiting.current += 1
    if (!what.part) setPending((before) => new Set(before).add(what.key))
    const run = async () => {
      let went = false
      // what was shown is out of date, unless the database was not reached
      let moved = true
      try {
        const results = await work(() => tell({ kind: 'slow', text: say(t.slow, { what: what.title }) }))
        if (results) {
          settle(what, results)
          went = true
        }
      } catch (error) {
        refused(error, what.title)
        moved = /** @type {Refusal} */ (error).code !== undefined
      }
      if (moved) forget(what.key)
      waiting.current -= 1
      if (waiting.current === 0) await load()
      setPending((before) => new Set([...before].filter((key) => key !== what.key)))
      return went
    }
    const mine = chain.current.then(run)
    chain.current = mine
    return mine
  }
  return { pending, send }
}

/**
 * Takes back the last act, even one that is still under way.
 * @param {{ undoable: { current: Done[] }, send: ReturnType<typeof useLine>['send'], forget: (key: string) => void,
 *   undone: (operation: string) => void, nothing: () => void }} office undoable: what may be undone, the last at the end
 * @returns {Promise<string | undefined>} the group it was about
 */
export async function takeBack({ undoable, send, forget, undone, nothing }) {
  /** @type {Done | undefined} */
  let was
  const what = { key: 'undo', title: t.action.undo, count: 1, word: 'undo' }
  const went = await send(what, async (slow) => {
    was = undoable.current.pop()
    if (was?.operation === undefined) {
      nothing()
      return undefined
    }
    what.title = say(t.undone, { what: was.title })
    try {
      const results = await takenBack(was.word, was.operation, slow)
      forget(was.key)
      undone(was.operation)
      return results
    } catch (error) {
      // It may be tried again, unless the database has refused.
      if (error instanceof Refusal && error.code === undefined) undoable.current.push(was)
      throw error
    }
  })
  return went ? was?.key : undefined
}

/** @param {string} word @param {string} operation @param {() => void} slow */
async function takenBack(word, operation, slow) {
  if (word === 'revert') return revertOperation(operation, t.reasonFor.undo, false, slow)
  const results = await undo(operation, t.reasonFor.undo, slow)
  return isAside(word) ? named('retirada', results) : results
}
