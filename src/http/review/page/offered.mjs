// The buttons for the current group, the questions before an act, and the buttons for a single entry.
import { Aside } from './aside.mjs'
import { count, proposes } from './format.mjs'
import { Note, Reasons, Weigh } from './panel.mjs'
import { html } from './preact.mjs'
import { t } from './words.mjs'

/** @typedef {import('./deciding.mjs').Deciding} Deciding @typedef {import('./groups.mjs').Group} Group */

/**
 * The buttons over the group; their keys do the same.
 * @param {{ group: Group, deciding: Deciding, rest: number, out: number, note: string, finding: any }} props out: how many were left out
 */
export function Offered({ group, deciding, rest, out, note, finding }) {
  const { begin, beginAside, correct } = deciding
  const acts = /** @type {const} */ ([
    { word: 'approve', key: 'a', offered: !group.flagged && !group.own },
    { word: 'confirm', key: 'p', offered: group.flagged },
    { word: 'reject', key: 'r', offered: true },
  ]).filter(({ offered }) => offered)
  // What was never right before is more often rejected, so that comes first.
  if (group.unlikely && !group.flagged) acts.reverse()
  return html`
    <div class="acts">
      ${acts.map(
        ({ word, key }, index) => html`
          <button type="button" class=${index === 0 ? 'first' : ''} aria-keyshortcuts=${key} onClick=${() => begin(word)}>
            ${count(t.act[word], rest)} <kbd>${key}</kbd></button>
        `,
      )}
      <span class="more">
        <button type="button" aria-keyshortcuts="e" disabled=${!finding} onClick=${() => correct(finding)}>${t.act.correct} <kbd>e</kbd></button>
        <button type="button" aria-keyshortcuts="s" onClick=${() => beginAside('postpone')}>${t.act.postpone} <kbd>s</kbd></button>
        <button type="button" aria-keyshortcuts="f" onClick=${() => beginAside('forward')}>${t.act.forward} <kbd>f</kbd></button>
        <button type="button" aria-keyshortcuts="c" disabled=${!finding} onClick=${() => beginAside('comment', finding)}>${t.act.comment} <kbd>c</kbd></button>
        <button type="button" aria-keyshortcuts="m" onClick=${deciding.note}>${t.act.note} <kbd>m</kbd></button>
      </span>
      ${out > 0 && html`<span class="soft" role="status">${count(t.leftOut, out)}</span>`}
      ${note && html`<span class="soft">${t.reason}: ${note}</span>`}
    </div>
  `
}

/**
 * The questions before an act.
 * @param {{ group: Group, deciding: Deciding, office: import('./office.mjs').Office, me: string, memory: import('./deciding.mjs').Memory,
 *   rest: number, value: number }} props
 */
export function Asked({ group, deciding, office, me, memory, rest, value }) {
  const { panel, decide, putAside, close } = deciding
  if (panel === undefined) return null
  const { kind, only } = panel
  const n = only ? 1 : rest
  switch (kind) {
    case 'weigh':
      return html`<${Weigh} group=${group} rest=${rest} value=${value} go=${() => decide('approve', count(t.reasonFor.approve, rest))} close=${close} />`
    case 'reject':
      return html`<${Reasons} title=${count(t.act.reject, n)} reasons=${office.reasons('rejeitar')} other=${true}
        chosen=${(/** @type {string} */ reason) => decide('reject', reason, only)} close=${close} />`
    case 'note':
      return html`<${Note} note=${memory.note} close=${close} keep=${(/** @type {string} */ note) => {
        memory.note = note
        close()
      }} />`
    default:
      return html`<${Aside} word=${kind} office=${office} me=${me} close=${close} title=${count(t.aside[kind], n)}
        reason=${count(t.reasonFor[kind === 'forward' ? 'forward' : 'postpone'], n)}
        chosen=${(/** @type {import('./acts.mjs').Said} */ said) => putAside(kind, said, only)} />`
  }
}

/**
 * The acts over one entry of the group.
 * @param {{ group: Group, deciding: Deciding, finding: any }} props
 */
export function Alone({ group, deciding, finding }) {
  const { begin, beginAside, correct, except } = deciding
  return html`
    ${!group.own && proposes(finding) && html`<button type="button" onClick=${() => begin('approve', finding)}>${t.only.approve}</button>`}
    <button type="button" onClick=${() => begin('reject', finding)}>${t.only.reject}</button>
    ${!group.own && html`<button type="button" onClick=${() => begin('confirm', finding)}>${t.only.confirm}</button>`}
    <button type="button" onClick=${() => correct(finding)}>${t.act.correct}</button>
    <button type="button" onClick=${() => beginAside('postpone', finding)}>${t.only.postpone}</button>
    <button type="button" onClick=${() => beginAside('forward', finding)}>${t.only.forward}</button>
    ${finding.status !== 'aguardando_segunda_aprovacao' && html`<button type="button" onClick=${() => except(finding)}>${t.action.except}</button>`}
  `
}
