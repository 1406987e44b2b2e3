// The entries of the ledger most similar to the opened one.
import { Refusal } from './api.mjs'
import { date, held, label, plain } from './format.mjs'
import { html, useEffect, useState } from './preact.mjs'
import { alike } from './row.mjs'
import { t } from './words.mjs'

const FORBIDDEN = '42501'

/** @param {{ id: string, today: string }} props id: of the finding */
export function Alike({ id, today }) {
  const [found, setFound] = useState(/** @type {readonly any[] | undefined} */ (undefined))
  const [refused, setRefused] = useState('')
  useEffect(() => {
    let wanted = true
    alike(id).then(
      (some) => wanted && setFound(some),
      (error) => {
        if (!(error instanceof Refusal)) throw error
        // A reader sees findings, but not the warehouse behind them.
        if (wanted && error.code !== FORBIDDEN) setRefused(error.message)
      },
    )
    return () => {
      wanted = false
    }
  }, [id])
  if (refused)
    return html`<section><h3>${t.alike.title}</h3><p role="alert" class="notice refused">${refused}</p></section>`
  if (found === undefined) return null
  return html`
    <section>
      <h3>${t.alike.title}</h3>
      ${found.length === 0 ? html`<p class="soft">${t.alike.none}</p>` : html`<${Entries} entries=${found} today=${today} />`}
    </section>
  `
}

/** @param {{ entries: readonly any[], today: string }} props */
function Entries({ entries, today }) {
  return html`
    <table class="facts alike" aria-label=${t.alike.title}>
      <thead><tr>${['data_lancamento', 'documento', 'fornecedor', 'descricao', 'valor', 'categoria'].map((name) => html`<th scope="col" class=${name === 'valor' ? 'number' : undefined}>${label(name)}</th>`)}
        <th scope="col">${t.alike.by}</th></tr></thead>
      <tbody>${entries.map(
        ({ registroId, dataLancamento, documento, fornecedor, descricao, valor, categoria, ...how }) => html`
          <tr key=${registroId}><td data-label=${label('data_lancamento')}>${dataLancamento === null ? '—' : date(dataLancamento, today)}</td><td data-label=${label('documento')}>${plain(documento)}</td>
            <td data-label=${label('fornecedor')} lang="pt-BR">${plain(fornecedor)}</td><td data-label=${label('descricao')} lang="pt-BR">${plain(descricao)}</td>
            <td class="number" data-label=${label('valor')}>${amount(valor)}</td><td data-label=${label('categoria')} lang="pt-BR"><b>${plain(categoria)}</b></td>
            <td data-label=${t.alike.by} class="soft">${why(how)}</td></tr>
        `,
      )}</tbody>
    </table>
  `
}

/** It comes as text, and stays so where it has more digits than a number holds. @param {string | null} value */
const amount = (value) => (value !== null && value.length < 16 ? held(Number(value)) : plain(value))

/** @param {{ mesmaEmpresa?: boolean, mesmasPalavras?: readonly string[] }} how */
const why = ({ mesmaEmpresa, mesmasPalavras = [] }) =>
  [mesmaEmpresa && t.alike.company, mesmasPalavras.join(', ')].filter(Boolean).join('; ')
