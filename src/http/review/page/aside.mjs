// The questions before findings are postponed, forwarded or commented on: a key or two.
import { date } from './format.mjs'
import { useKeys } from './keys.mjs'
import { Reasons } from './panel.mjs'
import { html, useEffect, useLayoutEffect, useRef, useState } from './preact.mjs'
import { people } from './queries.mjs'
import { t } from './words.mjs'

/** @typedef {import('./acts.mjs').Said} Said */

const DAY = 86_400_000
/** @param {string} today @param {number} days */
const later = (today, days) => new Date(Date.parse(today) + days * DAY).toISOString().slice(0, 10)
/** @param {string} today */
const monday = (today) => later(today, 8 - (new Date(today).getUTCDay() || 7))
/** This many people have a key of their own. */
const PEOPLE = 7

/**
 * @param {{ word: import('./acts.mjs').Aside, title: string, office: import('./office.mjs').Office, me: string, reason: string,
 *   chosen: (said: Said) => void, close: () => void }} props reason: where none is asked for
 */
export function Aside({ word, title, office, me, reason, chosen, close }) {
  const [ate, setAte] = useState(/** @type {string | null | undefined} */ (undefined))
  const [known, setKnown] = useState(/** @type {readonly string[] | undefined} */ (undefined))
  useEffect(() => {
    if (word === 'forward')
      people().then(
        (some) => setKnown(some.filter((name) => name !== me).slice(0, PEOPLE)),
        () => setKnown([]),
      )
  }, [])
  const today = office.desk?.today ?? ''
  const reasons = office.reasons('adiar')
  if (word === 'comment')
    return html`<${Pick} title=${title} choices=${[]} other="" label=${t.aside.words} pick=${(/** @type {string} */ motivo) => chosen({ motivo })} close=${close} />`
  if (word === 'forward') {
    if (known === undefined) return html`<p class="soft" role="status">${t.loading}</p>`
    const roles = ['revisor', 'administrador'].filter((role) => !known.includes(role))
    const choices = [...known, ...roles].map((name) => ({
      name: t.aside.role[/** @type {keyof typeof t.aside.role} */ (name)] ?? name,
      value: name,
    }))
    return html`<${Pick} title=${title} choices=${choices.slice(0, 9)} other=${t.aside.another} label=${t.aside.to}
      pick=${(/** @type {string} */ para) => chosen({ motivo: reason, para })} close=${close} />`
  }
  if (ate === undefined) {
    const choices = [
      { name: `${t.aside.tomorrow}, ${date(later(today, 1), today)}`, value: later(today, 1) },
      { name: `${t.aside.monday}, ${date(monday(today), today)}`, value: monday(today) },
      { name: t.aside.changed, value: null },
    ]
    const pick = (/** @type {string | null} */ day) =>
      reasons.length > 0 ? setAte(day) : chosen({ motivo: reason, ate: day })
    return html`<${Pick} title=${title} choices=${choices} other=${t.aside.day} label=${t.aside.until} type="date" least=${later(today, 1)} pick=${pick} close=${close} />`
  }
  return html`<${Reasons} title=${title} reasons=${reasons} other=${true} chosen=${(/** @type {string} */ motivo) => chosen({ motivo, ate })} close=${close} />`
}

/**
 * A choice among a few, each with a key; another one is typed.
 * @param {{ title: string, choices: readonly { name: string, value: string | null }[], other: string, label: string, type?: string, least?: string,
 *   pick: (value: any) => void, close: () => void }} props
 */
function Pick({ title, choices, other, label, type = 'text', least, pick, close }) {
  const [typing, setTyping] = useState(choices.length === 0)
  const box = useRef(/** @type {HTMLElement | null} */ (null))
  const field = useRef(/** @type {HTMLInputElement | null} */ (null))
  useLayoutEffect(() => (typing ? field.current : box.current)?.focus(), [typing])
  const keys = [
    ...choices.map(
      ({ value }) =>
        () =>
          pick(value),
    ),
    () => setTyping(true),
  ]
  useKeys({
    ...(!typing && Object.fromEntries(keys.map((go, at) => [String((at + 1) % 10), go]))),
    Escape: close,
  })
  const submit = (/** @type {any} */ event) => {
    event.preventDefault()
    pick(event.target.elements.valor.value.trim())
  }
  return html`
    <div class="panel" role="group" aria-label=${title} tabindex="-1" ref=${box}>
      <strong>${title}</strong>
      ${
        typing
          ? html`<form class="typed" onSubmit=${submit}>
              <label>${label}<input ref=${field} name="valor" type=${type} min=${least} required pattern=".*\\S.*" autocomplete="off"
                onKeyDown=${(/** @type {KeyboardEvent} */ event) => event.key === 'Escape' && close()} /></label>
              <button class="first">${t.confirm}</button>
            </form>`
          : html`<ol>${[...choices.map(({ name }) => name), other].map(
              (name, at) =>
                html`<li><button type="button" onClick=${keys[at]}><kbd>${(at + 1) % 10}</kbd> ${name}</button></li>`,
            )}</ol>`
      }
      <button type="button" class="quiet" onClick=${close}>${t.cancel} <kbd>esc</kbd></button>
    </div>
  `
}
