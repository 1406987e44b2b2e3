// What a person does with the current group, or with one entry of it: the questions first, obstacles, and the request.
import { decideGroup, decideSome, leave } from './acts.mjs'
import { count, proposes } from './format.mjs'
import { MANY } from './panel.mjs'
import { useState } from './preact.mjs'
import { t } from './words.mjs'

/**
 * @typedef {import('./groups.mjs').Group} Group
 * @typedef {import('./acts.mjs').Word} Word
 * @typedef {import('./acts.mjs').Aside} Aside
 * @typedef {{ kind: 'weigh' | 'reject' | 'note' | Aside, only?: any }} Panel what is asked before the act; only: one of the group's findings
 * @typedef {{ left: Set<string>, at: number, note: string }} Memory what a person has left out of a group, where in it, and the next reason
 * @typedef {ReturnType<typeof useDeciding>} Deciding
 */

/**
 * @param {{ group: Group, office: import('./office.mjs').Office, memory: Memory, shown: import('./shown.mjs').Shown | undefined,
 *   rest: number, value: number, moveOn: () => void, settled: () => void, focus: () => void }} of rest, value: of the group without what was left
 *   out; settled: one entry is decided, and closes
 */
export function useDeciding({ group, office, memory, shown, rest, value, moveOn, settled, focus }) {
  const [panel, setPanel] = useState(/** @type {Panel | undefined} */ (undefined))
  const [dialog, setDialog] = useState(
    /** @type {{ action: 'correct' | 'except', finding: any } | undefined} */ (undefined),
  )
  const what = { key: group.key, title: group.title, section: group.section, value: group.value }
  const close = () => {
    setPanel(undefined)
    focus()
  }

  const send = sending({ group, office, memory, shown, rest, what, moveOn, settled })
  /** @param {Word} word @param {string} reason @param {any} [only] one of the group's findings */
  const decide = (word, reason, only) => {
    setPanel(undefined)
    send.decide(word, reason, only)
  }
  /** @param {Aside} word @param {import('./acts.mjs').Said} said @param {any} [only] */
  const putAside = (word, said, only) => {
    setPanel(undefined)
    if (only) focus()
    send.putAside(word, said, only)
  }

  /** Says why an act is not possible, or closes what is open. @param {Word | Aside} word @param {any} only */
  const free = (word, only) => {
    const why = obstacle(word, only, { group, shown, rest })
    if (why) office.tell(why)
    else office.quiet()
    return why === undefined
  }
  /** @param {Aside} word @param {any} [only] */
  const beginAside = (word, only) => free(word, only) && setPanel({ kind: word, only })
  /** @param {Word} word @param {any} [only] */
  const begin = (word, only) => {
    if (!free(word, only)) return
    if (word === 'reject') return setPanel({ kind: 'reject', only })
    if (word === 'approve' && !only && (rest > MANY || value >= (office.desk?.twoPeople ?? 0)))
      return setPanel({ kind: 'weigh' })
    decide(word, count(t.reasonFor[word], only ? 1 : rest), only)
  }

  return {
    panel,
    dialog,
    what,
    begin,
    beginAside,
    decide,
    putAside,
    close,
    note: () => setPanel({ kind: 'note' }),
    correct: (/** @type {any} */ one) => one && setDialog({ action: 'correct', finding: one }),
    except: (/** @type {any} */ one) => setDialog({ action: 'except', finding: one }),
    endDialog: () => setDialog(undefined),
  }
}

/**
 * The requests themselves, with the next reason that memory holds.
 * @param {{ group: Group, office: import('./office.mjs').Office, memory: Memory, shown: import('./shown.mjs').Shown | undefined,
 *   rest: number, what: { key: string, title: string, section: string, value: number }, moveOn: () => void, settled: () => void }} of
 */
function sending({ group, office, memory, shown, rest, what, moveOn, settled }) {
  /**
   * Sends an act over the group, without what was left out, and moves on.
   * @param {Word | Aside} word
   * @param {(exceto: readonly string[], slow: () => void) => Promise<import('./acts.mjs').Result[]>} work
   */
  const sendAll = (word, work) => {
    const exceto = [...memory.left]
    const whole = exceto.length === 0 && group.mine.length === 0
    office.send({ ...what, count: rest, word, whole }, (slow) => work(exceto, slow))
    memory.left = new Set()
    moveOn()
  }
  /**
   * Sends an act over one entry, which closes; the group stays in hand.
   * @param {Word | Aside} word
   * @param {(slow: () => void) => Promise<import('./acts.mjs').Result[]>} work
   */
  const sendOne = (word, work) => {
    settled()
    office.send({ ...what, count: 1, word, part: true }, work)
  }
  const own = (/** @type {readonly string[]} */ exceto) => group.mine.filter((id) => !exceto.includes(id))
  const seen = () => ({
    grupo: group.grupo,
    visto: /** @type {import('./shown.mjs').Shown} */ (shown).visto,
  })
  const noted = (/** @type {string} */ reason) => {
    const whole = memory.note ? `${reason}. ${memory.note}` : reason
    memory.note = ''
    return whole
  }

  /** @param {Word} word @param {string} reason @param {any} [only] one of the group's findings */
  const decide = (word, reason, only) => {
    const motivo = noted(reason)
    if (only) return sendOne(word, (slow) => decideSome(word, [only], motivo, slow))
    const asked = seen()
    const mine = (/** @type {readonly string[]} */ exceto) => own(exceto).map((id) => ({ id }))
    sendAll(word, (exceto, slow) =>
      group.own
        ? decideSome(word, mine(exceto), motivo, slow)
        : decideGroup(word, { ...asked, exceto: [...exceto, ...group.mine], motivo }, slow),
    )
  }

  /** @param {Aside} word @param {import('./acts.mjs').Said} said @param {any} [only] */
  const putAside = (word, said, only) => {
    const kept = word === 'comment' ? said : { ...said, motivo: noted(said.motivo) }
    if (only) return sendOne(word, (slow) => leave(word, [only.id], kept, slow))
    const asked = seen()
    sendAll(word, (exceto, slow) =>
      group.own
        ? leave(word, own(exceto), kept, slow)
        : decideGroup(word, { ...asked, exceto: [...exceto, ...group.mine], ...kept }, slow),
    )
  }

  return { decide, putAside }
}

/**
 * Why an act is not possible now, or nothing.
 * @param {Word | Aside} word
 * @param {any} only one of the group's findings
 * @param {{ group: Group, shown: unknown, rest: number }} hand
 */
function obstacle(word, only, { group, shown, rest }) {
  if (shown === undefined) return t.notYet
  if (rest === 0 && !only) return t.nothingLeft
  if (word === 'approve' && (only ? !proposes(only) : group.flagged)) return t.onlyFlagged
  if (word === 'approve' && group.own) return t.ownProposal
  return undefined
}
