// The questions between a key and its act; frequent, small acts have none.
import { count, money } from './format.mjs'
import { useKeys } from './keys.mjs'
import { html, useLayoutEffect, useRef, useState } from './preact.mjs'
import { t } from './words.mjs'

/** From this many on, the total is shown before they are approved. */
export const MANY = 50

/** @param {number} at */
const keyOf = (at) => String((at + 1) % 10)

/**
 * A choice of reasons, each with a key; the last one is typed.
 * @param {{ title: string, reasons: readonly string[], other: boolean, chosen: (reason: string, at: number) => void, close: () => void }} props
 */
export function Reasons({ title, reasons, other, chosen, close }) {
  const [typing, setTyping] = useState(false)
  const box = useRef(/** @type {HTMLElement | null} */ (null))
  const field = useRef(/** @type {HTMLInputElement | null} */ (null))
  useLayoutEffect(() => box.current?.focus(), [])
  useLayoutEffect(() => {
    if (typing) field.current?.focus()
  }, [typing])
  const choose = (/** @type {number} */ at) =>
    at < reasons.length ? chosen(`${keyOf(at)}: ${reasons[at]}`, at) : setTyping(true)
  const all = other ? [...reasons, t.otherReason] : reasons
  useKeys({
    ...Object.fromEntries(all.map((_, at) => [keyOf(at), () => choose(at)])),
    Escape: close,
  })
  const submit = (/** @type {any} */ event) => {
    event.preventDefault()
    chosen(`${keyOf(all.length - 1)}: ${event.target.elements.motivo.value.trim()}`, all.length - 1)
  }
  return html`
    <div class="panel" role="group" aria-label=${title} tabindex="-1" ref=${box}>
      <strong>${title}</strong>
      ${
        typing
          ? html`<form class="typed" onSubmit=${submit}>
              <label>${t.reason}<input ref=${field} name="motivo" required pattern=".*\\S.*" autocomplete="off"
                onKeyDown=${(/** @type {KeyboardEvent} */ event) => event.key === 'Escape' && close()} /></label>
              <button class="first">${t.confirm}</button>
            </form>`
          : html`<ol>${all.map((reason, at) => html`<li><button type="button" onClick=${() => choose(at)}><kbd>${keyOf(at)}</kbd> ${reason}</button></li>`)}</ol>`
      }
      <button type="button" class="quiet" onClick=${close}>${t.cancel} <kbd>esc</kbd></button>
    </div>
  `
}

/**
 * The total of a large approval.
 * @param {{ group: import('./groups.mjs').Group, rest: number, value: number, go: () => void, close: () => void }} props
 */
export function Weigh({ group, rest, value, go, close }) {
  const box = useRef(/** @type {HTMLElement | null} */ (null))
  useLayoutEffect(() => box.current?.focus(), [])
  useKeys({ a: go, Enter: go, Escape: close })
  const two = group.status === 'aguardando_segunda_aprovacao' ? 0 : Math.min(group.two, rest)
  return html`
    <div class="panel weigh" role="group" aria-label=${t.weigh.title} tabindex="-1" ref=${box}>
      <strong>${t.weigh.title}</strong>
      <ul>
        <li>${count(t.entries, rest)}, ${money(value)}</li>
        <li>${group.section}: ${group.title}</li>
        <li>${two > 0 ? count(t.weigh.second, two) : t.weigh.now}</li>
      </ul>
      <button type="button" class="first" onClick=${go}>${count(t.act.approve, rest)} <kbd>a</kbd></button>
      <button type="button" class="quiet" onClick=${close}>${t.cancel} <kbd>esc</kbd></button>
    </div>
  `
}

/**
 * A reason for the next decision, if its act asks for none.
 * @param {{ note: string, keep: (note: string) => void, close: () => void }} props
 */
export function Note({ note, keep, close }) {
  const field = useRef(/** @type {HTMLInputElement | null} */ (null))
  useLayoutEffect(() => field.current?.focus(), [])
  const submit = (/** @type {any} */ event) => {
    event.preventDefault()
    keep(event.target.elements.motivo.value.trim())
  }
  return html`
    <div class="panel" role="group" aria-label=${t.note}>
      <form class="typed" onSubmit=${submit}>
        <label>${t.note}<input ref=${field} name="motivo" defaultValue=${note} autocomplete="off"
          onKeyDown=${(/** @type {KeyboardEvent} */ event) => event.key === 'Escape' && close()} /></label>
        <button class="first">${t.keep}</button>
      </form>
    </div>
  `
}
