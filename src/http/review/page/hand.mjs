// The current group: what it is, what it holds, and the keys that decide it.

import { useDeciding } from './deciding.mjs'
import { Decision } from './decision.mjs'
import { count, say } from './format.mjs'
import { Items } from './items.mjs'
import { useKeys } from './keys.mjs'
import { Alone, Asked, Offered } from './offered.mjs'
import { html, useEffect, useRef, useState } from './preact.mjs'
import { stamp } from './shown.mjs'
import { Tally } from './tally.mjs'
import { t } from './words.mjs'

/** @typedef {import('./groups.mjs').Group} Group */

/**
 * What a group holds, the current row, and which rows are left out or open.
 * Longer than a screen: its acts change the same few states.
 * @param {Group} group
 * @param {import('./office.mjs').Office} office
 * @param {ReadonlySet<string>} hits what a search has found
 */
function useEntries(group, office, hits) {
  const memory = office.memoryOf(group.key)
  const [shown, setShown] = useState(/** @type {import('./shown.mjs').Shown | undefined} */ (undefined))
  const [failed, setFailed] = useState(false)
  const [at, setAt] = useState(memory.at)
  const [moved, setMoved] = useState(0)
  const [left, setLeft] = useState(/** @type {ReadonlySet<string>} */ (memory.left))
  const [open, setOpen] = useState(/** @type {string | undefined} */ (undefined))

  const load = (/** @type {import('./shown.mjs').Shown} */ before) => {
    let wanted = true
    setFailed(false)
    office.itemsOf(group, before).then(
      (page) => wanted && setShown(page),
      (error) => {
        if (!wanted) return
        setFailed(true)
        office.refused(error, group.title)
      },
    )
    return () => {
      wanted = false
    }
  }
  useEffect(() => load(/** @type {any} */ (undefined)), [stamp(group)])
  useEffect(() => {
    const first = shown?.items.findIndex(({ id }) => hits.has(id)) ?? -1
    if (first >= 0) choose(first, false)
  }, [hits, shown === undefined])

  const findings = shown?.items ?? []
  const here = Math.min(at, findings.length - 1)
  const choose = (/** @type {number} */ next, focus = true) => {
    memory.at = next
    setAt(next)
    setMoved(focus ? moved + 1 : 0)
  }
  return {
    memory,
    shown,
    failed,
    findings,
    here,
    moved,
    left,
    open,
    finding: findings[here],
    choose,
    more: () => load(/** @type {any} */ (shown)),
    step(/** @type {number} */ by) {
      const next = Math.max(0, here + by)
      if (next >= findings.length && shown?.next) load(shown)
      else choose(Math.min(next, findings.length - 1))
    },
    toggle(/** @type {string} */ id) {
      const next = new Set(memory.left)
      if (!next.delete(id)) next.add(id)
      memory.left = next
      setLeft(next)
    },
    look: (/** @type {string} */ id) => setOpen(open === id ? undefined : id),
    shut: () => setOpen(undefined),
  }
}

/**
 * The group in hand. Longer than a screen, so that each key stands beside what it acts on.
 * @param {{ group: Group, office: import('./office.mjs').Office, decides: boolean, me: string, hits: ReadonlySet<string>, moveOn: () => void,
 *   back: () => void, focused: boolean }} props moveOn: to the next group; focused: take the keyboard
 */
export function Hand({ group, office, decides, me, hits, moveOn, back, focused }) {
  const title = useRef(/** @type {HTMLElement | null} */ (null))
  const entries = useEntries(group, office, hits)
  const { memory, shown, failed, findings, finding, here, left, open, toggle, look } = entries
  const rest = group.count - left.size
  const value = findings.reduce(
    (sum, { id, valorEmRisco }) => (left.has(id) ? sum - Number(valorEmRisco) : sum),
    group.value,
  )
  const focus = () => title.current?.focus()
  const deciding = useDeciding({
    ...{ group, office, memory, shown, rest, value, moveOn, focus },
    settled: entries.shut,
  })
  const { panel, dialog, begin, beginAside } = deciding
  useEffect(() => {
    // Somebody who types a search keeps typing while it changes the current group.
    if (focused && !document.activeElement?.matches('[type=search]')) focus()
  }, [focused])
  useKeys(
    panel || dialog
      ? {}
      : {
          ArrowDown: () => entries.step(1),
          ArrowUp: () => entries.step(-1),
          o: finding && (() => look(finding.id)),
          ...(decides && {
            ' ': finding && !group.own && (() => toggle(finding.id)),
            a: () => begin('approve'),
            r: () => begin('reject'),
            p: group.flagged && (() => begin('confirm')),
            e: () => deciding.correct(finding),
            s: () => beginAside('postpone'),
            f: () => beginAside('forward'),
            c: () => finding && beginAside('comment', finding),
            m: deciding.note,
          }),
        },
  )
  const today = office.desk?.today ?? ''
  return html`
    <section class="hand" aria-labelledby="hand">
      <button type="button" class="back" onClick=${back}>‹ ${t.groups}</button>
      <h2 id="hand" tabindex="-1" ref=${title}>${group.title}${group.supplier && html` <small class="soft" lang="pt-BR">${group.supplier}</small>`}</h2>
      <p class="sentence">${group.sentence} ${group.own && t.ownProposal} ${group.forwarded && say(t.forwardedTo, { who: group.forwarded })}</p>
      ${group.closed > 0 && html`<p class="notice missed">${count(t.closed.group, group.closed)}</p>`}
      <${Tally} group=${group} today=${today} />
      ${decides && panel === undefined && html`<${Offered} group=${group} deciding=${deciding} rest=${rest} out=${left.size} note=${memory.note} finding=${finding} />`}
      <${Asked} group=${group} deciding=${deciding} office=${office} me=${me} memory=${memory} rest=${rest} value=${value} />
      ${finding && html`<p class="why" lang="pt-BR"><strong>${say(t.numbered, { id: finding.id })}</strong> ${finding.justificativa}</p>`}
      ${failed && html`<p><button type="button" onClick=${entries.more}>${t.tryAgain}</button></p>`}
      ${shown === undefined && !failed && html`<p class="soft" role="status">${t.loading}</p>`}
      ${
        findings.length > 0 &&
        html`
          <${Items} findings=${findings} today=${today} at=${here} left=${left} hits=${hits} open=${open} moved=${entries.moved}
            choose=${(/** @type {number} */ next) => entries.choose(next, false)} toggle=${decides && !group.own ? toggle : undefined} look=${look}
            details=${(/** @type {any} */ one) => decides && html`<${Alone} group=${group} deciding=${deciding} finding=${one} />`} />
          ${shown?.next && html`<button type="button" onClick=${entries.more}>${say(t.more, { n: findings.length, total: group.count })}</button>`}
        `
      }
      ${
        dialog &&
        html`<${Decision} action=${dialog.action} finding=${dialog.finding} office=${office} what=${{ ...deciding.what, count: 1 }}
          close=${deciding.endDialog} />`
      }
    </section>
  `
}
