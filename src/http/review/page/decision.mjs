// The dialog of one decision: what it means, the reason, and what has to be typed.
import { decide, Refusal } from './api.mjs'
import { count, plain } from './format.mjs'
import { html, useEffect, useRef, useState } from './preact.mjs'
import { t } from './words.mjs'

const TOMORROW = () => new Date(Date.now() + 86_400_000).toISOString().slice(0, 10)

/**
 * @param {{ action: keyof typeof t.action, findings: any[], decided: (action: string, findings: any[], results: any[]) => void,
 *   cancel: () => void, leave: (why: string) => void }} props
 */
export function Decision({ action, findings, decided, cancel, leave }) {
  const dialog = useRef(/** @type {HTMLDialogElement | null} */ (null))
  // Sent once, however often it is clicked before the page is drawn again.
  const sent = useRef(false)
  const [busy, setBusy] = useState(false)
  const [refusal, setRefusal] = useState(/** @type {Refusal | undefined} */ (undefined))
  useEffect(() => dialog.current?.showModal(), [])

  const [finding] = findings
  const columns = finding.regraRegistrada?.colunas ?? Object.keys(finding.valoresOriginais)
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
        ...(action === 'correct' && { values: changes(finding, columns, elements) }),
        ...(action === 'except' && { until: new Date(`${elements.ate.value}T23:59:59`).toISOString() }),
      }
      decided(action, findings, await decide(action, findings, said))
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      if (error.login) leave(error.message)
      sent.current = false
      setRefusal(error)
      setBusy(false)
    }
  }
  return html`
    <dialog ref=${dialog} aria-labelledby="decision" onCancel=${(/** @type {Event} */ event) => busy && event.preventDefault()} onClose=${cancel}>
      <form class="decision" onSubmit=${submit}>
        <h2 id="decision">${t.action[action]}: ${count(t.of, findings.length)}</h2>
        <p>${t.explain[action]}</p>
        ${
          action === 'correct' &&
          columns.map(
            (/** @type {string} */ column) =>
              html`<label>${column}<input name=${`valor.${column}`} defaultValue=${startOf(finding, column)} /></label>`,
          )
        }
        ${action === 'except' && html`<label>${t.until}<input name="ate" type="date" required min=${TOMORROW()} /></label>`}
        <label>${t.reason}<textarea name="motivo" required rows="2" defaultValue=${action === 'approve' ? t.checked : ''}></textarea></label>
        ${refusal && html`<p role="alert" class="notice refused">${refusal.message} ${refusal.hint}</p>`}
        <div class="actions">
          <button disabled=${busy}>${t.confirm}</button>
          <button type="button" class="quiet" disabled=${busy} onClick=${() => dialog.current?.close()}>${t.cancel}</button>
        </div>
      </form>
    </dialog>
  `
}

/** @param {unknown} value */
const typed = (value) => (value === undefined || value === null ? '' : plain(value))

/**
 * What a field begins with: what was proposed or typed before, else what the row held.
 * @param {any} finding
 * @param {string} column
 */
function startOf({ valoresOriginais, valoresPropostos, valoresDigitados }, column) {
  return typed({ ...valoresOriginais, ...valoresPropostos, ...valoresDigitados }[column])
}

/**
 * The fields that differ from what the row held; one that was emptied becomes null.
 * @param {any} finding
 * @param {readonly string[]} columns
 * @param {any} elements
 */
function changes({ valoresOriginais }, columns, elements) {
  return Object.fromEntries(
    columns
      .map((column) => [column, elements[`valor.${column}`].value])
      .filter(([column, value]) => value !== typed(valoresOriginais[column]))
      .map(([column, value]) => [column, value === '' ? null : value]),
  )
}
