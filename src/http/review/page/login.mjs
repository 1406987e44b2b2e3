// The door: at the beginning, and when a sign-in ends while somebody works.
import { post, Refusal, tabs } from './api.mjs'
import { html, useEffect, useLayoutEffect, useRef, useState } from './preact.mjs'
import { whoAmI } from './queries.mjs'
import { BASE, t, WAYS } from './words.mjs'

/** @typedef {import('./queries.mjs').Person} Person */

/** The secret of a one-time link: behind #, so that no server and no mail scanner sees it. @returns {string | null} */
export const invitation = () => new URLSearchParams(location.hash.slice(1)).get('convite')

/** Keeps the place in the page, without the secret. */
export const dropInvitation = () => history.replaceState(null, '', location.pathname + location.search)

/** @param {unknown} error */
const saidBy = (error) => {
  if (!(error instanceof Refusal)) throw error
  return [error.message, error.hint].filter(Boolean).join('. ')
}

/** The ways to sign in. @param {{ apart?: boolean }} props apart: in another tab, because this one has something under way */
function Ways({ apart = false }) {
  const [said, setSaid] = useState('')
  const ask = async (/** @type {any} */ event) => {
    event.preventDefault()
    setSaid('')
    try {
      await post('entrar/pedido', { endereco: event.target.elements.endereco.value.trim() })
      setSaid(t.door.mailed.sent)
    } catch (error) {
      setSaid(saidBy(error))
    }
  }
  if (!WAYS.any) return html`<p>${t.door.none}</p>`
  const here = encodeURIComponent(location.pathname + location.search)
  return html`
    ${WAYS.sso && html`<p><a class="button first" href=${`${BASE}/entrar?para=${here}`} target=${apart ? '_blank' : undefined}>${t.door.sso}</a></p>`}
    ${
      WAYS.mail &&
      html`<form class="typed" onSubmit=${ask}>
        <label>${t.door.mailed.address}<input name="endereco" type="email" required maxlength="254" autocomplete="email" /></label>
        <button>${t.door.mailed.send}</button>
      </form>`
    }
    <p role="status">${said}</p>
    <p class="soft">${WAYS.sso || WAYS.mail ? t.door.link : t.door.linkOnly}<br /><code>${t.door.command}</code></p>
  `
}

/**
 * @param {{ refusal: string, end: string | undefined, recognise: () => void }} props end: where one signs out of the company's login too;
 *   recognise: looks again who has signed in, as in another tab
 */
export function Login({ refusal, end, recognise }) {
  useReturn(recognise)
  return html`
    <header class="top"><strong>Conferente</strong> <span>${t.heading}</span></header>
    <main class="plain login">
      <h1>${t.door.title}</h1>
      ${refusal && html`<p role="alert" class="notice refused">${refusal}</p>`}
      ${end && html`<p class="notice missed">${t.door.stillIn} <a href=${end}>${t.door.leaveToo}</a></p>`}
      <${Ways} />
    </main>
  `
}

/**
 * The screen of a one-time link, which is used up only when its button is pressed.
 * @param {{ secret: string, entered: () => void, drop: () => void }} props
 */
export function Invited({ secret, entered, drop }) {
  const [refused, setRefused] = useState('')
  const [busy, setBusy] = useState(false)
  const enter = async () => {
    setBusy(true)
    try {
      await post('entrar/convite', { convite: secret })
      entered()
    } catch (error) {
      setRefused(saidBy(error))
    } finally {
      setBusy(false)
    }
  }
  return html`
    <header class="top"><strong>Conferente</strong> <span>${t.heading}</span></header>
    <main class="plain login">
      <h1>${t.door.invited.title}</h1>
      ${refused && html`<p role="alert" class="notice refused">${refused}</p>`}
      <p>${t.door.invited.once}</p>
      <div class="actions">
        <button type="button" class="first" disabled=${busy} onClick=${enter}>${t.door.invited.enter}</button>
        <button type="button" onClick=${drop}>${t.door.invited.drop}</button>
      </div>
    </main>
  `
}

/** Whenever somebody may have signed in elsewhere in this browser. @param {() => void} look */
function useReturn(look) {
  useEffect(() => {
    const back = () => document.visibilityState === 'visible' && look()
    tabs.addEventListener('message', look)
    addEventListener('focus', back)
    addEventListener('visibilitychange', back)
    return () => {
      tabs.removeEventListener('message', look)
      removeEventListener('focus', back)
      removeEventListener('visibilitychange', back)
    }
  }, [])
}

/**
 * Shown over the page, which stays as it is: what was under way continues once the same person has signed in again, in any tab.
 * @param {{ why: string, entered: (who: Person) => void, leave: () => void }} props
 */
export function LoginAgain({ why, entered, leave }) {
  const [refused, setRefused] = useState(why)
  const dialog = useRef(/** @type {HTMLDialogElement | null} */ (null))
  const look = () => {
    whoAmI().then(entered, (error) => setRefused(saidBy(error)))
  }
  useReturn(look)
  // before the next key press can go elsewhere
  useLayoutEffect(() => {
    const before = /** @type {HTMLElement | null} */ (document.activeElement)
    dialog.current?.showModal()
    look()
    return () => before?.isConnected && before.focus()
  }, [])
  return html`
    <dialog ref=${dialog} aria-labelledby="again" onCancel=${(/** @type {Event} */ event) => event.preventDefault()}>
      <h2 id="again">${t.door.again.title}</h2>
      <p role="alert" class="notice refused">${refused}</p>
      <p>${t.door.again.nothingLost}</p>
      <${Ways} apart />
      <div class="actions">
        <button type="button" class="first" onClick=${look}>${t.door.again.done}</button>
        <button type="button" onClick=${leave}>${t.leave}</button>
      </div>
    </dialog>
  `
}
