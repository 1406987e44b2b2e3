// The door: at the beginning, and when a token runs out while somebody works.
import { Refusal, token } from './api.mjs'
import { html, useLayoutEffect, useRef, useState } from './preact.mjs'
import { whoAmI } from './queries.mjs'
import { t } from './words.mjs'

/**
 * Tries a token that somebody typed.
 * @param {string} value
 * @returns {Promise<import('./queries.mjs').Person>}
 */
async function enter(value) {
  // What no header may hold, as from a text that was cut short, would look as if the server were silent.
  if (!/^[\w.~+/-]+=*$/.test(value)) throw new Refusal(t.tokenMalformed)
  token.set(value)
  return await whoAmI()
}

/**
 * @param {{ refusal: string, entered: (who: import('./queries.mjs').Person) => void, leave?: () => void }} props
 */
function Form({ refusal, entered, leave }) {
  const [refused, setRefused] = useState(refusal)
  const [busy, setBusy] = useState(false)
  const submit = async (/** @type {any} */ event) => {
    event.preventDefault()
    setBusy(true)
    try {
      entered(await enter(event.target.elements.token.value.trim()))
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      setRefused(error.message)
    } finally {
      setBusy(false)
    }
  }
  return html`
    <form class="login" onSubmit=${submit}>
      ${refused && html`<p role="alert" class="notice refused">${refused}</p>`}
      <label for="token">${t.token}</label>
      <input id="token" name="token" type="password" autocomplete="off" required aria-describedby="token-help" />
      <p id="token-help">${t.tokenHelp}</p>
      <div class="actions">
        <button class="first" disabled=${busy}>${t.enter}</button>
        ${leave && html`<button type="button" onClick=${leave}>${t.leave}</button>`}
      </div>
    </form>
  `
}

/** @param {{ refusal: string, entered: (who: import('./queries.mjs').Person) => void }} props */
export function Login({ refusal, entered }) {
  return html`
    <header class="top"><strong>Conferente</strong> <span>${t.heading}</span></header>
    <main class="plain"><h1>${t.heading}</h1><${Form} refusal=${refusal} entered=${entered} /></main>
  `
}

/**
 * Over the page, which stays as it is: what was under way goes on once the same person has entered again.
 * @param {{ why: string, entered: (who: import('./queries.mjs').Person) => void, leave: () => void }} props
 */
export function LoginAgain({ why, entered, leave }) {
  const dialog = useRef(/** @type {HTMLDialogElement | null} */ (null))
  // before the next key can fall beside it
  useLayoutEffect(() => {
    const before = /** @type {HTMLElement | null} */ (document.activeElement)
    dialog.current?.showModal()
    return () => before?.isConnected && before.focus()
  }, [])
  return html`
    <dialog ref=${dialog} aria-labelledby="again" onCancel=${(/** @type {Event} */ event) => event.preventDefault()}>
      <h2 id="again">${t.again.title}</h2>
      <p>${t.again.nothingLost}</p>
      <${Form} refusal=${why} entered=${entered} leave=${leave} />
    </dialog>
  `
}
