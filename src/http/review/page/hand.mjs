// The group in hand: what it is, what it holds, and the keys that decide it.
import { decideGroup, decideSome, leave } from './acts.mjs'
import { Aside } from './aside.mjs'
import { Decision } from './decision.mjs'
import { count, daysBetween, money, number, proposes, say, share, shares } from './format.mjs'
import { Items } from './items.mjs'
import { useKeys } from './keys.mjs'
import { stamp } from './office.mjs'
import { MANY, Note, Reasons, Weigh } from './panel.mjs'
import { html, useEffect, useRef, useState } from './preact.mjs'
import { t } from './words.mjs'

/** @typedef {import('./groups.mjs').Group} Group @typedef {import('./acts.mjs').Word} Word */

/**
 * @param {{ group: Group, office: import('./office.mjs').Office, decides: boolean, me: string, hits: ReadonlySet<string>, moveOn: () => void,
 *   back: () => void, focused: boolean }} props moveOn: to the next group; focused: take the keyboard
 */
export function Hand({ group, office, decides, me, hits, moveOn, back, focused }) {
  const memory = office.memoryOf(group.key)
  const [shown, setShown] = useState(/** @type {import('./office.mjs').Shown | undefined} */ (undefined))
  const [failed, setFailed] = useState(false)
  const [at, setAt] = useState(memory.at)
  const [moved, setMoved] = useState(0)
  const [left, setLeft] = useState(/** @type {ReadonlySet<string>} */ (memory.left))
  const [open, setOpen] = useState(/** @type {string | undefined} */ (undefined))
  const [panel, setPanel] = useState(
    /** @type {{ kind: 'weigh' | 'reject' | 'note' | import('./acts.mjs').Aside, only?: any } | undefined} */ (
      undefined
    ),
  )
  const [dialog, setDialog] = useState(
    /** @type {{ action: 'correct' | 'except', finding: any } | undefined} */ (undefined),
  )
  const title = useRef(/** @type {HTMLElement | null} */ (null))

  const load = (/** @type {import('./office.mjs').Shown} */ before) => {
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
    // Whoever types a search goes on typing while it changes what is in hand.
    if (focused && !document.activeElement?.matches('[type=search]')) title.current?.focus()
  }, [focused])
  useEffect(() => {
    const first = shown?.items.findIndex(({ id }) => hits.has(id)) ?? -1
    if (first >= 0) choose(first, false)
  }, [hits, shown === undefined])

  const findings = shown?.items ?? []
  const here = Math.min(at, findings.length - 1)
  const finding = findings[here]
  const rest = group.count - left.size
  const value = findings.reduce(
    (sum, { id, valorEmRisco }) => (left.has(id) ? sum - Number(valorEmRisco) : sum),
    group.value,
  )
  const what = { key: group.key, title: group.title, section: group.section, value: group.value }

  const choose = (/** @type {number} */ next, focus = true) => {
    memory.at = next
    setAt(next)
    setMoved(focus ? moved + 1 : 0)
  }
  const step = (/** @type {number} */ by) => {
    const next = Math.max(0, here + by)
    if (next >= findings.length && shown?.next) load(shown)
    else choose(Math.min(next, findings.length - 1))
  }
  const toggle = (/** @type {string} */ id) => {
    const next = new Set(memory.left)
    if (!next.delete(id)) next.add(id)
    memory.left = next
    setLeft(next)
  }
  const look = (/** @type {string} */ id) => setOpen(open === id ? undefined : id)
  const close = () => {
    setPanel(undefined)
    title.current?.focus()
  }

  /**
   * @param {Word} word
   * @param {string} reason
   * @param {any} [only] one of the group's findings
   */
  const decide = (word, reason, only) => {
    setPanel(undefined)
    const said = memory.note ? `${reason}. ${memory.note}` : reason
    memory.note = ''
    if (only) {
      setOpen(undefined)
      office.send({ ...what, count: 1, word, part: true }, (slow) => decideSome(word, [only], said, slow))
      return
    }
    const exceto = [...memory.left, ...(group.own ? [] : group.mine)]
    const { visto } = /** @type {import('./office.mjs').Shown} */ (shown)
    office.send({ ...what, count: rest, word, whole: left.size === 0 && group.mine.length === 0 }, (slow) =>
      group.own
        ? decideSome(
            word,
            group.mine.filter((id) => !exceto.includes(id)).map((id) => ({ id })),
            said,
            slow,
          )
        : decideGroup(word, { grupo: group.grupo, visto, exceto, motivo: said }, slow),
    )
    memory.left = new Set()
    moveOn()
  }

  /**
   * @param {import('./acts.mjs').Aside} word
   * @param {import('./acts.mjs').Said} said
   * @param {any} [only]
   */
  const putAside = (word, said, only) => {
    setPanel(undefined)
    const kept =
      memory.note && word !== 'comment' ? { ...said, motivo: `${said.motivo}. ${memory.note}` } : said
    if (word !== 'comment') memory.note = ''
    if (only) {
      setOpen(undefined)
      title.current?.focus()
      office.send({ ...what, count: 1, word, part: true }, (slow) => leave(word, [only.id], kept, slow))
      return
    }
    const exceto = [...memory.left]
    const { visto } = /** @type {import('./office.mjs').Shown} */ (shown)
    const whole = left.size === 0 && group.mine.length === 0
    office.send({ ...what, count: rest, word, whole }, (slow) =>
      group.own
        ? leave(
            word,
            group.mine.filter((id) => !exceto.includes(id)),
            kept,
            slow,
          )
        : decideGroup(word, { grupo: group.grupo, visto, exceto: [...exceto, ...group.mine], ...kept }, slow),
    )
    memory.left = new Set()
    moveOn()
  }
  /** @param {import('./acts.mjs').Aside} word @param {any} [only] */
  const beginAside = (word, only) => {
    const why = shown === undefined ? t.notYet : rest === 0 && !only ? t.nothingLeft : undefined
    if (why) return office.tell(why)
    office.quiet()
    setPanel({ kind: word, only })
  }

  /** Why an act is not possible now, or nothing. @param {Word} word @param {any} [only] */
  const obstacle = (word, only) => {
    if (shown === undefined) return t.notYet
    if (rest === 0 && !only) return t.nothingLeft
    if (word === 'approve' && (only ? !proposes(only) : group.flagged)) return t.onlyFlagged
    if (word === 'approve' && group.own) return t.ownProposal
    return undefined
  }
  /** @param {Word} word @param {any} [only] */
  const begin = (word, only) => {
    const why = obstacle(word, only)
    if (why) return office.tell(why)
    office.quiet()
    if (word === 'reject') return setPanel({ kind: 'reject', only })
    const n = only ? 1 : rest
    if (word === 'approve' && !only && (rest > MANY || value >= (office.desk?.twoPeople ?? 0)))
      return setPanel({ kind: 'weigh' })
    decide(word, count(t.reasonFor[word], n), only)
  }
  const correct = (/** @type {any} */ one) => one && setDialog({ action: 'correct', finding: one })

  useKeys(
    panel || dialog
      ? {}
      : {
          ArrowDown: () => step(1),
          ArrowUp: () => step(-1),
          o: finding && (() => look(finding.id)),
          ...(decides && {
            ' ': finding && !group.own && (() => toggle(finding.id)),
            a: () => begin('approve'),
            r: () => begin('reject'),
            p: group.flagged && (() => begin('confirm')),
            e: () => correct(finding),
            s: () => beginAside('postpone'),
            f: () => beginAside('forward'),
            c: () => finding && beginAside('comment', finding),
            m: () => setPanel({ kind: 'note' }),
          }),
        },
  )

  const acts =
    decides &&
    [
      !group.flagged && !group.own && { word: 'approve', key: 'a', go: () => begin('approve') },
      group.flagged && { word: 'confirm', key: 'p', go: () => begin('confirm') },
      { word: 'reject', key: 'r', go: () => begin('reject') },
    ].filter((act) => act !== false)
  // What was never right before is rejected rather than approved.
  if (acts && group.unlikely && !group.flagged) acts.reverse()

  return html`
    <section class="hand" aria-labelledby="hand">
      <button type="button" class="back" onClick=${back}>‹ ${t.groups}</button>
      <h2 id="hand" tabindex="-1" ref=${title}>${group.title}${group.supplier && html` <small class="soft" lang="pt-BR">${group.supplier}</small>`}</h2>
      <p class="sentence">${group.sentence} ${group.own && t.ownProposal} ${group.forwarded && say(t.forwardedTo, { who: group.forwarded })}</p>
      <${Tally} group=${group} today=${office.desk?.today ?? ''} />
      ${
        panel === undefined &&
        acts &&
        html`
          <div class="acts">
            ${acts.map(
              ({ word, key, go }, index) => html`
                <button type="button" class=${index === 0 ? 'first' : ''} aria-keyshortcuts=${key} onClick=${go}>
                  ${count(t.act[/** @type {Word} */ (word)], rest)} <kbd>${key}</kbd></button>
              `,
            )}
            <span class="more">
              <button type="button" aria-keyshortcuts="e" disabled=${!finding} onClick=${() => correct(finding)}>${t.act.correct} <kbd>e</kbd></button>
              <button type="button" aria-keyshortcuts="s" onClick=${() => beginAside('postpone')}>${t.act.postpone} <kbd>s</kbd></button>
              <button type="button" aria-keyshortcuts="f" onClick=${() => beginAside('forward')}>${t.act.forward} <kbd>f</kbd></button>
              <button type="button" aria-keyshortcuts="c" disabled=${!finding} onClick=${() => beginAside('comment', finding)}>${t.act.comment} <kbd>c</kbd></button>
              <button type="button" aria-keyshortcuts="m" onClick=${() => setPanel({ kind: 'note' })}>${t.act.note} <kbd>m</kbd></button>
            </span>
            ${left.size > 0 && html`<span class="soft" role="status">${count(t.leftOut, left.size)}</span>`}
            ${memory.note && html`<span class="soft">${t.reason}: ${memory.note}</span>`}
          </div>
        `
      }
      ${panel?.kind === 'weigh' && html`<${Weigh} group=${group} rest=${rest} value=${value} go=${() => decide('approve', count(t.reasonFor.approve, rest))} close=${close} />`}
      ${
        panel?.kind === 'reject' &&
        html`<${Reasons} title=${count(t.act.reject, panel.only ? 1 : rest)} reasons=${office.reasons('rejeitar')} other=${true}
          chosen=${(/** @type {string} */ reason) => decide('reject', reason, panel.only)} close=${close} />`
      }
      ${
        (panel?.kind === 'postpone' || panel?.kind === 'forward' || panel?.kind === 'comment') &&
        html`<${Aside} word=${panel.kind} office=${office} me=${me} close=${close} title=${count(t.aside[panel.kind], panel.only ? 1 : rest)}
          reason=${count(t.reasonFor[panel.kind === 'forward' ? 'forward' : 'postpone'], panel.only ? 1 : rest)}
          chosen=${(/** @type {import('./acts.mjs').Said} */ said) => putAside(/** @type {any} */ (panel).kind, said, panel.only)} />`
      }
      ${
        panel?.kind === 'note' &&
        html`<${Note} note=${memory.note} close=${close} keep=${(/** @type {string} */ note) => {
          memory.note = note
          close()
        }} />`
      }
      ${finding && html`<p class="why" lang="pt-BR"><strong>${say(t.numbered, { id: finding.id })}</strong> ${finding.justificativa}</p>`}
      ${failed && html`<p><button type="button" onClick=${() => load(/** @type {any} */ (shown))}>${t.tryAgain}</button></p>`}
      ${shown === undefined && !failed && html`<p class="soft" role="status">${t.loading}</p>`}
      ${
        findings.length > 0 &&
        html`
          <${Items} findings=${findings} today=${office.desk?.today ?? ''} at=${here} left=${left} hits=${hits} open=${open} moved=${moved}
            choose=${(/** @type {number} */ next) => choose(next, false)} toggle=${decides && !group.own ? toggle : undefined} look=${look}
            details=${(/** @type {any} */ one) =>
              decides &&
              html`
                ${!group.own && proposes(one) && html`<button type="button" onClick=${() => begin('approve', one)}>${t.only.approve}</button>`}
                <button type="button" onClick=${() => begin('reject', one)}>${t.only.reject}</button>
                ${!group.own && html`<button type="button" onClick=${() => begin('confirm', one)}>${t.only.confirm}</button>`}
                <button type="button" onClick=${() => correct(one)}>${t.act.correct}</button>
                <button type="button" onClick=${() => beginAside('postpone', one)}>${t.only.postpone}</button>
                <button type="button" onClick=${() => beginAside('forward', one)}>${t.only.forward}</button>
                ${one.status !== 'aguardando_segunda_aprovacao' && html`<button type="button" onClick=${() => setDialog({ action: 'except', finding: one })}>${t.action.except}</button>`}
              `} />
          ${shown?.next && html`<button type="button" onClick=${() => load(shown)}>${say(t.more, { n: findings.length, total: group.count })}</button>`}
        `
      }
      ${
        dialog &&
        html`<${Decision} action=${dialog.action} finding=${dialog.finding} office=${office} what=${{ ...what, count: 1 }}
          close=${() => setDialog(undefined)} />`
      }
    </section>
  `
}

/** @param {{ group: Group, today: string }} props */
function Tally({ group, today }) {
  const { count: n, value, from, to, alike, right, two, since, status } = group
  const days = today && since ? daysBetween(since.slice(0, 10), today) : 0
  const fact = (/** @type {unknown} */ figure, /** @type {string} */ name, tone = '') =>
    html`<div class=${tone}><dt>${name}</dt><dd>${figure}</dd></div>`
  return html`
    <dl class="tally">
      ${fact(number(n), n === 1 ? t.tally.one : t.tally.many)}
      ${fact(money(value), t.tally.value)}
      ${fact(shares(from, to), t.tally.confidence)}
      ${fact(alike === 0 ? t.tally.none : say(t.tally.of, { right, alike, share: share(right / alike) }), t.tally.alike)}
      ${fact(days === 0 ? t.tally.today : count(t.days, days), t.tally.oldest)}
      ${two > 0 && status !== 'aguardando_segunda_aprovacao' && fact(two >= n ? t.tally.all : two, t.tally.two, 'warn')}
    </dl>
  `
}
