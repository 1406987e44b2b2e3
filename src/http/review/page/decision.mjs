// The dialog of a decision that needs typing: what it means, the reason, and the values.
import { correct, decideSome, except, revert } from './acts.mjs'
import { Refusal } from './api.mjs'
import { folded, label, say } from './format.mjs'
import { useModal } from './modal.mjs'
import { html, useEffect, useLayoutEffect, useRef, useState } from './preact.mjs'
import { today } from './queries.mjs'
import { LABELS, labelsIn, labelsLike, record } from './row.mjs'
import { changes, Fields } from './typed.mjs'
import { LANGUAGE, t } from './words.mjs'

/** @param {string} day */
const dayAfter = (day) => new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10)

/**
 * The labels that the ledger has in the columns of a rule.
 * @param {any} rule undefined: none are asked for
 * @param {import('./office.mjs').Office} office
 */
function useLabels(rule, office) {
  const [ledger, setLedger] = useState(/** @type {Awaited<ReturnType<typeof labelsIn>>} */ (new Map()))
  useEffect(() => {
    // a ledger too large to answer in time offers no labels, and refuses none
    if (rule) labelsIn(rule.nome, rule.colunas).then(setLedger, () => {})
  }, [rule?.nome])

  /** Known labels: those of the ledger, and those that the rules propose elsewhere. @param {string} column */
  const labelsOf = (column) => {
    const start = `${column} → `
    const changes = office.desk?.groups.map(({ mudanca }) => mudanca) ?? []
    return [
      ...new Set([
        ...(ledger.get(column) ?? []).map(({ rotulo }) => rotulo),
        ...changes.filter((change) => change?.startsWith(start)).map((change) => change.slice(start.length)),
      ]),
    ].toSorted((a, b) => a.localeCompare(b, LANGUAGE))
  }

  /**
   * The labels of the ledger that contain a text; undefined if the column has none, or the ledger does not answer in time.
   * @param {string} column
   * @param {string} text
   * @returns {Promise<readonly string[] | undefined>}
   */
  const like = async (column, text) => {
    const all = ledger.get(column) ?? []
    if (all.length === 0) return undefined
    const here = labelsOf(column).filter((one) => folded(one).includes(folded(text)))
    if (all.length < LABELS || here.includes(text)) return here
    return labelsLike(rule.nome, column, text).catch(() => undefined)
  }
  return { labelsOf, like }
}

/**
 * @param {'correct' | 'except' | 'revert' | 'reopen'} action
 * @param {any} finding
 * @param {any} elements what was filled in
 * @param {{ row: any[] | undefined, like: (column: string, text: string) => Promise<readonly string[] | undefined>, late: () => void }} of late: it takes long
 */
async function carryOut(action, finding, elements, { row, like, late }) {
  const motivo = elements.motivo.value
  switch (action) {
    case 'correct': {
      const values = changes(row ?? [], elements)
      for (const [column, value] of Object.entries(values)) {
        const known = value === null ? undefined : await like(column, String(value))
        if (known && !known.includes(String(value)))
          throw new Refusal(say(t.unknownLabel, { column: label(column), value }))
      }
      return correct(finding.id, values, motivo, late)
    }
    case 'except':
      return except(finding, elements.ate.value, motivo, late)
    case 'revert':
      return revert([finding.id], motivo, elements.erradas.checked, late)
    case 'reopen':
      return decideSome('reopen', [finding], motivo, late)
  }
}

/**
 * A form for one finding. Longer than a screen, since sending, waiting and refusal all show in it.
 * @param {{ action: 'correct' | 'except' | 'revert' | 'reopen', finding: any, office: import('./office.mjs').Office,
 *   what: { key: string, title: string, section?: string, value?: number, count: number }, close: () => void, done?: () => void }} props
 */
export function Decision({ action, finding, office, what, close, done }) {
  const dialog = useModal()
  // Sent once, however often it is clicked before the page is drawn again.
  const sent = useRef(false)
  const [busy, setBusy] = useState(false)
  const [refusal, setRefusal] = useState(/** @type {Refusal | undefined} */ (undefined))
  const [slow, setSlow] = useState(false)
  const [row, setRow] = useState(/** @type {any[] | undefined} */ (undefined))
  const [soonest, setSoonest] = useState('')
  const { id, regra } = finding
  const rule = office.desk?.rules.find((/** @type {any} */ { nome }) => nome === regra)
  const { labelsOf, like } = useLabels(action === 'correct' ? rule : undefined, office)

  /** @param {unknown} error */
  const refused = (error) => {
    if (!(error instanceof Refusal)) throw error
    setRefusal(error)
  }
  // before the next key press can go elsewhere
  useLayoutEffect(() => {
    if (action === 'correct') record(id).then(setRow, refused)
    if (action === 'except') today().then((day) => setSoonest(dayAfter(day)), refused)
  }, [])

  /** @param {any} event */
  const submit = async (event) => {
    event.preventDefault()
    if (sent.current) return
    sent.current = true
    setBusy(true)
    setRefusal(undefined)
    try {
      office.settle(
        { ...what, word: action },
        await carryOut(action, finding, event.target.elements, { row, like, late: () => setSlow(true) }),
      )
      close()
      done?.()
      await office.load()
    } catch (error) {
      refused(error)
    } finally {
      sent.current = false
      setBusy(false)
      setSlow(false)
    }
  }
  const waiting = busy || (action === 'correct' && row === undefined)
  return html`
    <dialog ref=${dialog} aria-labelledby="decision" onCancel=${(/** @type {Event} */ event) => busy && event.preventDefault()} onClose=${close}>
      <form class="decision" onSubmit=${submit}>
        <h2 id="decision">${t.action[action]} <small class="soft">${say(t.numbered, { id })}</small></h2>
        <p>${t.explain[action]}</p>
        ${row && html`<${Fields} row=${row} finding=${finding} columns=${rule?.colunas ?? []} labelsOf=${labelsOf} like=${like} />`}
        ${action === 'except' && html`<label>${t.until}<input name="ate" type="date" required min=${soonest} /></label>`}
        ${action === 'revert' && html`<label class="check"><input name="erradas" type="checkbox" /> ${t.wrong}</label>`}
        <label>${t.reason}<textarea name="motivo" required rows="2"></textarea></label>
        ${refusal && html`<p role="alert" class="notice refused">${refusal.message} ${refusal.hint}</p>`}
        ${slow && html`<p role="status" class="notice missed">${say(t.slow, { what: t.action[action] })}</p>`}
        <div class="actions">
          <button class="first" disabled=${waiting}>${t.confirm}</button>
          <button type="button" disabled=${busy} onClick=${() => dialog.current?.close()}>${t.cancel}</button>
        </div>
      </form>
    </dialog>
  `
}
