// The dialog of one decision: what it means, the reason, and what has to be typed.
import { decide, Refusal, record, today } from './api.mjs'
import { count } from './format.mjs'
import { html, useEffect, useRef, useState } from './preact.mjs'
import { changes, Fields } from './typed.mjs'
import { t } from './words.mjs'

/** @param {string} day */
const dayAfter = (day) => new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10)

/**
 * @param {{ action: keyof typeof t.action, findings: any[], leftOut: number, operation?: string, decided: (action: string, findings: any[], results: any[]) => void,
 *   close: (refused: boolean) => void, leave: (why: string) => void }} props
 */
export function Decision({ action, findings, leftOut, operation, decided, close, leave }) {
  const dialog = useRef(/** @type {HTMLDialogElement | null} */ (null))
  // Sent once, however often it is clicked before the page is drawn again.
  const sent = useRef(false)
  const [busy, setBusy] = useState(false)
  const [refusal, setRefusal] = useState(/** @type {Refusal | undefined} */ (undefined))
  const [row, setRow] = useState(/** @type {any[] | undefined} */ (undefined))
  const [soonest, setSoonest] = useState('')
  const [finding] = findings

  /** @param {unknown} error */
  const refused = (error) => {
    if (!(error instanceof Refusal)) throw error
    if (error.login) leave(error.message)
    setRefusal(error)
  }
  useEffect(() => {
    const before = /** @type {HTMLElement | null} */ (document.activeElement)
    dialog.current?.showModal()
    if (action === 'correct') record(finding.id).then(({ verRegistro }) => setRow(verRegistro.nodes), refused)
    if (action === 'except') today().then((day) => setSoonest(dayAfter(day)), refused)
    // Back to where the keyboard was; if that is gone, to the page.
    return () => (before?.isConnected ? before : document.querySelector('main'))?.focus()
  }, [])

  /** @param {any} event */
  const submit = async (event) => {
    event.preventDefault()
    if (sent.current) return
    sent.current = true
    const { elements } = event.target
    setBusy(true)
    try {
      const said = {
        reason: elements.motivo.value,
        operation,
        ...(action === 'revert' && { wrong: elements.erradas.checked }),
        ...(row && { values: changes(row, elements) }),
        ...(action === 'except' && { until: `${elements.ate.value}T23:59:59` }),
      }
      decided(action, findings, await decide(action, findings, said))
    } catch (error) {
      sent.current = false
      setBusy(false)
      refused(error)
    }
  }
  const waiting = busy || (action === 'correct' && row === undefined)
  return html`
    <dialog ref=${dialog} aria-labelledby="decision" onCancel=${(/** @type {Event} */ event) => busy && event.preventDefault()}
      onClose=${() => close(refusal !== undefined)}>
      <form class="decision" onSubmit=${submit}>
        <h2 id="decision">${t.action[action]}: ${count(t.of, findings.length)}</h2>
        <p>${t.explain[action]}</p>
        ${leftOut > 0 && html`<p>${count(t.leftOut, leftOut)}</p>`}
        ${row && html`<${Fields} row=${row} finding=${finding} />`}
        ${action === 'except' && html`<label>${t.until}<input name="ate" type="date" required min=${soonest} /></label>`}
        ${action === 'revert' && html`<label class="check"><input name="erradas" type="checkbox" /> ${t.wrong}</label>`}
        <label>${t.reason}<textarea name="motivo" required rows="2" defaultValue=${action === 'approve' ? t.checked : ''}></textarea></label>
        ${refusal && html`<p role="alert" class="notice refused">${refusal.message} ${refusal.hint}</p>`}
        <div class="actions">
          <button disabled=${waiting}>${t.confirm}</button>
          <button type="button" class="quiet" disabled=${busy} onClick=${() => dialog.current?.close()}>${t.cancel}</button>
        </div>
      </form>
    </dialog>
  `
}
