// What all screens share: what waits, the acts under way, their results, and what may be undone.
import { named } from './acts.mjs'
import { Refusal } from './api.mjs'
import { useDesk } from './desk.mjs'
import { outcome } from './format.mjs'
import { takeBack, useLine } from './line.mjs'
import { useRef, useState } from './preact.mjs'
import { useShown } from './shown.mjs'
import { t } from './words.mjs'

/**
 * @typedef {import('./line.mjs').Notice} Notice
 * @typedef {import('./line.mjs').Done} Done
 * @typedef {import('./line.mjs').What} What
 * @typedef {ReturnType<typeof useOffice>} Office
 */

/** Acts that their author may undo as a whole; a rollback is undone by rolling it back. */
const TAKEN_BACK = ['approve', 'reject', 'confirm', 'correct', 'postpone', 'forward', 'comment', 'revert']

/** What a notice says beside the result. @param {readonly import('./acts.mjs').Result[]} results */
const beside = (results) => ({
  hint: [...new Set(results.map(({ aviso }) => aviso).filter(Boolean))].join(' ') || undefined,
  conflicts: results.filter(({ status }) => status === 'conflito'),
})

/**
 * Longer than a screen: what a screen may ask for is listed in one place.
 * @param {import('./queries.mjs').Person} me
 */
export function useOffice(me) {
  const [notice, setNotice] = useState(/** @type {Notice | undefined} */ (undefined))
  const [done, setDone] = useState(/** @type {readonly Done[]} */ ([]))
  const undoable = useRef(/** @type {Done[]} */ ([]))
  const waiting = useRef(0)
  const seen = useRef(/** @type {Map<string, number>} */ (new Map()))
  const tell = (/** @type {string} */ text) => setNotice({ kind: 'missed', text })

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

  const { desk, failed, load, clear } = useDesk(me, waiting, refused)
  const { forget, itemsOf, memoryOf } = useShown(me)

  /**
   * Shows the result of an act, and remembers it.
   * @param {What} what
   * @param {readonly import('./acts.mjs').Result[]} results
   */
  const settle = (what, results) => {
    const { missed, text } = outcome(what.became ? named(what.became, results) : results)
    const operation = results.find(({ operacaoId }) => operacaoId)?.operacaoId ?? undefined
    setNotice({ kind: missed > 0 ? 'missed' : 'done', text: `${what.title}. ${text}`, ...beside(results) })
    if (what.word === 'undo') return
    const entry = { section: '', value: 0, ...what, text, operation }
    setDone((before) => [...before, entry])
    if (operation !== undefined && TAKEN_BACK.includes(what.word)) undoable.current.push(entry)
    if (what.whole) clear(what.key)
  }

  const { pending, send } = useLine({ waiting, load, forget, settle, tell: setNotice, refused })
  const undone = (/** @type {string} */ operation) =>
    setDone((before) => before.filter((entry) => entry.operation !== operation))

  return {
    desk,
    failed,
    notice,
    pending,
    done,
    seen: seen.current,
    load,
    refused,
    tell,
    quiet: () => setNotice(undefined),
    settle,
    send,
    takeBack: () => takeBack({ undoable, send, forget, undone, nothing: () => tell(t.nothingToUndo) }),
    itemsOf,
    memoryOf,
    /** The reasons offered for an act. @param {'rejeitar' | 'adiar'} act */
    reasons: (act) => (desk?.reasons ?? []).filter(({ ato }) => ato === act).map(({ texto }) => texto),
    canUndo: () => undoable.current.length > 0,
  }
}
