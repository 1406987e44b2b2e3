// What waits, as a spreadsheet, and the decisions that come back: the result of each line, as the database gives it.
import { download, Refusal, upload } from './api.mjs'
import { count, say, statusName } from './format.mjs'
import { useModal } from './modal.mjs'
import { html, useLayoutEffect, useRef, useState } from './preact.mjs'
import { t } from './words.mjs'

/**
 * @typedef {{ linha: number, id: number | null, decisao: string | null, resultado: 'feita' | 'sem_efeito' | 'deixada', explicacao: string | null,
 *   status: string, motivo: string | null, operacao_id: number | null, aviso: string | null }} Line
 * @typedef {'aprovar' | 'rejeitar' | 'confirmar' | 'adiar'} Act
 */

/** @type {Record<Act, import('./acts.mjs').Word | import('./acts.mjs').Aside>} */
const WORD = { aprovar: 'approve', rejeitar: 'reject', confirmar: 'confirm', adiar: 'postpone' }

async function get() {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(await download())
  link.download = t.sheet.fileName
  link.click()
  URL.revokeObjectURL(link.href)
}

/** @param {{ office: import('./office.mjs').Office, decides: boolean, close: () => void }} props */
export function Sheet({ office, decides, close }) {
  const dialog = useModal()
  const [busy, setBusy] = useState(false)
  const [said, setSaid] = useState('')
  const [refusal, setRefusal] = useState(/** @type {Refusal | undefined} */ (undefined))
  const [lines, setLines] = useState(/** @type {Line[] | undefined} */ (undefined))
  const results = useRef(/** @type {HTMLElement | null} */ (null))
  useLayoutEffect(() => results.current?.focus(), [lines])

  /** @param {() => Promise<void>} work */
  const run = async (work) => {
    setBusy(true)
    setRefusal(undefined)
    try {
      await work()
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      setRefusal(error)
    } finally {
      setBusy(false)
      setSaid('')
    }
  }
  const send = (/** @type {any} */ event) => {
    event.preventDefault()
    const [file] = event.target.elements.arquivo.files
    return run(async () => {
      setSaid(say(t.sheet.sending, { name: file.name }))
      const { itens } = await upload(file, () => setSaid(say(t.slow, { what: file.name })))
      remember(office, file.name, itens)
      setLines(itens)
      await office.load()
    })
  }
  return html`
    <dialog ref=${dialog} class="sheet" aria-labelledby="sheet" onCancel=${(/** @type {Event} */ event) => busy && event.preventDefault()} onClose=${close}>
      <h2 id="sheet">${t.sheet.title}</h2>
      <p>${t.sheet.explain}</p>
      <p><button type="button" disabled=${busy} onClick=${() => run(get)}>${t.sheet.download}</button></p>
      ${
        decides &&
        html`<form class="decision" onSubmit=${send}>
          <label>${t.sheet.file}<input type="file" name="arquivo" required accept=".xlsx" /></label>
          <button class="first" disabled=${busy}>${t.sheet.send}</button>
        </form>`
      }
      ${said && html`<p role="status" class="notice missed">${said}</p>`}
      ${refusal && html`<p role="alert" class="notice refused">${refusal.message} ${refusal.hint}</p>`}
      ${lines && html`<section tabindex="-1" ref=${results} aria-label=${t.sheet.results}><${Outcome} lines=${lines} /></section>`}
      <div class="actions"><button type="button" disabled=${busy} onClick=${() => dialog.current?.close()}>${t.sheet.close}</button></div>
    </dialog>
  `
}

/**
 * Remembers the acts of the file, one for each kind of decision, so that they can be undone like any other.
 * @param {import('./office.mjs').Office} office
 * @param {string} name
 * @param {Line[]} lines
 */
function remember(office, name, lines) {
  for (const some of Map.groupBy(lines, ({ operacao_id: operation }) => operation).values()) {
    const [{ operacao_id: operation, decisao }] = /** @type {[Line]} */ (some)
    const act = /** @type {Act} */ (decisao)
    if (operation === null) continue
    office.settle(
      {
        key: '',
        title: say(t.sheet.of, { name, what: t.sheet.act[act] }),
        section: t.sheet.title,
        count: some.length,
        word: WORD[act],
      },
      some.map(({ id, operacao_id: operacao, ...one }) => ({
        ...one,
        id: String(id),
        operacaoId: String(operacao),
      })),
    )
  }
}

/** @param {{ lines: Line[] }} props */
function Outcome({ lines }) {
  const many = (/** @type {Line['resultado']} */ what) =>
    lines.filter(({ resultado }) => resultado === what).length
  const said = /** @type {const} */ ([
    ['done', many('feita')],
    ['missed', many('sem_efeito')],
    ['left', many('deixada')],
  ])
  return html`
    <p role="status"><strong>${said
      .filter(([, n]) => n > 0)
      .map(([word, n]) => count(t.sheet[word], n))
      .join(', ')}</strong></p>
    <div class="lines" tabindex="0" role="group" aria-label=${t.sheet.results}>
      <table>
        <thead><tr>${[t.sheet.line, t.sheet.finding, t.sheet.decision, t.sheet.result, t.sheet.why].map((title) => html`<th scope="col">${title}</th>`)}</tr></thead>
        <tbody lang="pt-BR">${lines.map(
          ({ linha, id, decisao, resultado, status, explicacao, motivo }) => html`
            <tr key=${linha} class=${resultado === 'feita' ? undefined : 'warn'}>
              <td>${linha}</td><td>${id ?? '—'}</td><td>${decisao ?? '—'}</td>
              <td>${resultado === 'deixada' ? t.sheet.leftAlone : statusName(status)}</td><td>${explicacao ?? motivo}</td>
            </tr>
          `,
        )}</tbody>
      </table>
    </div>
  `
}
