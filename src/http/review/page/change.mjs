// The form of a change: its fields, the reason, and any refusal. It stays as it is until the change is made.
import { html, useLayoutEffect, useRef, useState } from './preact.mjs'
import { t } from './words.mjs'

/** Typed text that cannot be read, with a message. */
export class Unreadable extends Error {}

/**
 * @template T
 * @param {{ title: string, fields: object, read: (elements: any) => T | undefined, save: (value: T, reason: string) => Promise<boolean>,
 *   close: () => void, focused?: boolean }} props read: what is to be saved, nothing when it is as it was; save: whether it was;
 *   focused: takes the keyboard
 */
export function Change({ title, fields, read, save, close, focused = true }) {
  const form = useRef(/** @type {HTMLFormElement | null} */ (null))
  // Sent once, however often it is clicked before the page is drawn again.
  const sent = useRef(false)
  const [busy, setBusy] = useState(false)
  const [wrong, setWrong] = useState('')
  useLayoutEffect(() => {
    if (focused)
      /** @type {HTMLElement | null | undefined} */ (
        form.current?.querySelector('input:not([type=checkbox]), select, textarea')
      )?.focus()
  }, [])
  const submit = async (/** @type {any} */ event) => {
    event.preventDefault()
    if (sent.current) return
    setWrong('')
    try {
      const value = read(event.target.elements)
      if (value === undefined) return setWrong(t.ruling.nothingChanged)
      sent.current = true
      setBusy(true)
      if (await save(value, event.target.elements.motivo.value.trim())) close()
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error
      setWrong(error.message)
    } finally {
      sent.current = false
      setBusy(false)
    }
  }
  return html`
    <form class="change panel" aria-label=${title} ref=${form} onSubmit=${submit}
      onKeyDown=${(/** @type {KeyboardEvent} */ event) => event.key === 'Escape' && close()}>
      ${fields}
      <label class="reason">${t.ruling.why}<input name="motivo" required pattern=".*\\S.*" autocomplete="off" maxlength="1000" /></label>
      ${wrong && html`<p role="alert" class="notice missed">${wrong}</p>`}
      <div class="actions">
        <button class="first" disabled=${busy}>${t.ruling.save}</button>
        <button type="button" class="quiet" onClick=${close}>${t.cancel} <kbd>esc</kbd></button>
      </div>
    </form>
  `
}

/**
 * Changes a setting, and shows the result.
 * @param {import('./office.mjs').Office} office
 * @param {string} title
 * @param {(slow: () => void) => Promise<unknown>} work gives the database's warning, where it has one
 */
export const makeChange = (office, title, work) =>
  office.send({ key: `set ${title}`, title, section: '', count: 1, word: 'set' }, async (slow) => {
    const aviso = await work(slow)
    return [{ id: title, status: 'mudanca', aviso: typeof aviso === 'string' ? aviso : null }]
  })

/**
 * A typed number, with a comma or a point before its decimals, as text that loses no digit; null when empty.
 * @param {string} typed
 * @param {string} what
 * @returns {string | null}
 */
export function decimal(typed, what) {
  const text = typed.trim().replace(/\s/g, '')
  if (text === '') return null
  // Thousands by points where a comma follows: 1.234.567,89.
  const plain =
    /^\d{1,3}(\.\d{3})+(,\d+)?$/.test(text) && (text.includes(',') || text.split('.').length > 2)
      ? text.replaceAll('.', '').replace(',', '.')
      : text.replace(',', '.')
  if (!/^-?\d+(\.\d+)?$/.test(plain))
    throw new Unreadable(`${what}: ${t.ruling.unreadable.replace('{what}', typed)}`)
  return plain
}
