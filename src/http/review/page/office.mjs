// What all screens share: what waits, the acts under way, one after the other, what they came to, and what may be taken back.
import { isAside, named, revertOperation, undo } from './acts.mjs'
import { Refusal } from './api.mjs'
import { outcome, say } from './format.mjs'
import { filterOf } from './groups.mjs'
import { useEffect, useRef, useState } from './preact.mjs'
import { desk as ask, items } from './queries.mjs'
import { begin } from './start.mjs'
import { t } from './words.mjs'

/**
 * @typedef {{ kind: 'done' | 'missed' | 'refused' | 'slow', text: string, hint?: string | undefined, conflicts?: readonly any[] }} Notice
 * @typedef {{ key: string, title: string, section: string, value: number, count: number, text: string, operation: string | undefined,
 *   word: string }} Done
 * @typedef {{ key: string, title: string, section?: string, value?: number, count: number, word: string, whole?: boolean,
 *   part?: boolean, became?: string }} What an act, for people; whole: nothing is left of the group then; part: the group stays in hand meanwhile
 * @typedef {{ visto: unknown, items: any[], next: string | null }} Shown
 * @typedef {ReturnType<typeof useOffice>} Office
 */

/** Acts that their author may take back as a whole; a rollback by rolling it back. */
const OWN = ['approve', 'reject', 'confirm', 'correct', 'postpone', 'forward', 'comment']

/**
 * @param {import('./queries.mjs').Person} me
 */
export function useOffice(me) {
  const [desk, setDesk] = useState(/** @type {Awaited<ReturnType<typeof ask>> | undefined} */ (undefined))
  const [failed, setFailed] = useState(false)
  const [notice, setNotice] = useState(/** @type {Notice | undefined} */ (undefined))
  const [pending, setPending] = useState(/** @type {ReadonlySet<string>} */ (new Set()))
  const [done, setDone] = useState(/** @type {readonly Done[]} */ ([]))
  const chain = useRef(/** @type {Promise<unknown>} */ (Promise.resolve()))
  const waiting = useRef(0)
  // The last question asked: an answer to an earlier one comes too late and is dropped.
  const last = useRef(0)
  const undoable = useRef(/** @type {Done[]} */ ([]))
  const cache = useRef(/** @type {Map<string, Promise<Shown>>} */ (new Map()))
  const memory = useRef(
    /** @type {Map<string, { left: Set<string>, at: number, note: string }>} */ (new Map()),
  )
  const seen = useRef(/** @type {Map<string, number>} */ (new Map()))

  /**
   * @param {unknown} error
   * @param {string} [title]
   */
  const refused = (error, title) => {
    if (!(error instanceof Refusal)) throw error
    setNotice({
      kind: 'refused',
      text: title ? `${title}: ${error.message}` : error.message,
      hint: error.hint,
    })
  }

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
    // Somebody who comes back to the page sees what became of it meanwhile.
    const back = () => document.visibilityState === 'visible' && waiting.current === 0 && load()
    addEventListener('visibilitychange', back)
    return () => removeEventListener('visibilitychange', back)
  }, [])

  /**
   * Says what an act came to, and remembers it.
   * @param {What} what
   * @param {readonly import('./acts.mjs').Result[]} results
   */
  const settle = (what, results) => {
    const { missed, text } = outcome(what.became ? named(what.became, results) : results)
    const operation = results.find(({ operacaoId }) => operacaoId)?.operacaoId ?? undefined
    setNotice({
      kind: missed > 0 ? 'missed' : 'done',
      text: `${what.title}. ${text}`,
      hint: [...new Set(results.map(({ aviso }) => aviso).filter(Boolean))].join(' ') || undefined,
      conflicts: results.filter(({ status }) => status === 'conflito'),
    })
    if (what.word === 'undo') return
    const entry = { section: '', value: 0, ...what, text, operation }
    setDone((before) => [...before, entry])
    if (operation !== undefined && (OWN.includes(what.word) || what.word === 'revert'))
      undoable.current.push(entry)
    if (what.whole) {
      setDesk(
        (before) => before && { ...before, groups: before.groups.filter(({ grupo }) => grupo !== what.key) },
      )
    }
  }

  /**
   * Does something after what is under way; the page goes on meanwhile.
   * @param {What} what
   * @param {(slow: () => void) => Promise<readonly import('./acts.mjs').Result[] | undefined>} work
   * @returns {Promise<boolean>} whether it was done
   */
  const send = (what, work) => {
    waiting.current += 1
    if (!what.part) setPending((before) => new Set(before).add(what.key))
    const run = async () => {
      let went = false
      // what was shown is no more, unless the database was not reached
      let moved = true
      try {
        const results = await work(() => setNotice({ kind: 'slow', text: say(t.slow, { what: what.title }) }))
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

  /**
   * Takes back the last act, also one that is still under way.
   * @returns {Promise<string | undefined>} the group it was about
   */
  const takeBack = async () => {
    /** @type {Done | undefined} */
    let was
    const what = { key: 'undo', title: t.action.undo, count: 1, word: 'undo' }
    const went = await send(what, async (slow) => {
      was = undoable.current.pop()
      if (was?.operation === undefined) {
        setNotice({ kind: 'missed', text: t.nothingToUndo })
        return undefined
      }
      what.title = say(t.undone, { what: was.title })
      try {
        const results =
          was.word === 'revert'
            ? await revertOperation(was.operation, t.reasonFor.undo, false, slow)
            : await undo(was.operation, t.reasonFor.undo, slow).then((some) =>
                was && isAside(was.word) ? named('retirada', some) : some,
              )
        const { key, operation } = was
        forget(key)
        setDone((before) => before.filter((entry) => entry.operation !== operation))
        return results
      } catch (error) {
        // It may still be tried again, unless the database has said no.
        if (error instanceof Refusal && error.code === undefined) undoable.current.push(was)
        throw error
      }
    })
    return went ? was?.key : undefined
  }

  /** @param {string} key */
  const forget = (key) => {
    for (const name of cache.current.keys()) if (name.startsWith(`${key}:`)) cache.current.delete(name)
  }

  /**
   * What a group holds, asked for once; with it what of the group was seen then.
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

  /** What a person has left out of a group, and where in it. @param {string} key */
  const memoryOf = (key) => {
    const kept = memory.current.get(key) ?? { left: new Set(), at: 0, note: '' }
    memory.current.set(key, kept)
    return kept
  }

  return {
    desk,
    failed,
    notice,
    pending,
    done,
    seen: seen.current,
    load,
    refused,
    tell: (/** @type {string} */ text) => setNotice({ kind: 'missed', text }),
    quiet: () => setNotice(undefined),
    settle,
    send,
    takeBack,
    itemsOf,
    memoryOf,
    /** What is offered as the reason of an act. @param {'rejeitar' | 'adiar'} act */
    reasons: (act) => (desk?.reasons ?? []).filter(({ ato }) => ato === act).map(({ texto }) => texto),
    canUndo: () => undoable.current.length > 0,
  }
}

/**
 * Changes when what a group holds does.
 * @param {import('./groups.mjs').Group} group
 */
export const stamp = ({ key, count, visto }) => `${key}:${count}:${/** @type {any} */ (visto)?.ate}`
