// A marketing pattern while it is typed: what it would match in the ledger, and how often the ledger disagrees.
import { Refusal } from './api.mjs'
import { date, money, number, plain, say, share } from './format.mjs'
import { html, useEffect, useRef, useState } from './preact.mjs'
import { matched, measure } from './ruling.mjs'
import { t } from './words.mjs'

/** @typedef {{ campo: string, tipo: string, acao: string, padrao: string }} Pattern */

/** How long typing must pause before the ledger is read. */
const REST = 400

/**
 * @param {{ pattern: Pattern, today: string }} props
 */
export function Preview({ pattern, today }) {
  const { campo, tipo, padrao } = pattern
  const [found, setFound] = useState(
    /** @type {{ measured?: any, rows?: any[], refusal?: string, waiting: boolean }} */ ({ waiting: false }),
  )
  const last = useRef(0)
  useEffect(() => {
    last.current += 1
    const mine = last.current
    const asked = { campo, tipo, padrao }
    const take = (/** @type {object} */ part) =>
      mine === last.current && setFound((before) => ({ ...before, ...part }))
    const refused = (/** @type {unknown} */ error) => {
      if (!(error instanceof Refusal)) throw error
      take({ refusal: [error.message, error.hint].filter(Boolean).join(' '), waiting: false })
    }
    setFound({ waiting: padrao.trim() !== '' })
    const bell = setTimeout(() => {
      if (padrao.trim() === '') return
      measure(asked).then((measured) => {
        take({ measured, waiting: false })
        // the entries come in a separate query: on a ledger too large for them, the figures are still shown
        matched(asked).then((rows) => take({ rows }), refused)
      }, refused)
    }, REST)
    return () => clearTimeout(bell)
  }, [campo, tipo, padrao])
  const { measured, rows, refusal, waiting } = found
  return html`
    <section class="preview" aria-live="polite" aria-busy=${waiting ? 'true' : 'false'}>
      <h3>${t.ruling.preview.title}</h3>
      ${padrao.trim() === '' && html`<p class="soft">${t.ruling.preview.type}</p>`}
      ${waiting && html`<p class="soft">${t.ruling.preview.waiting}</p>`}
      ${refusal && html`<p class="notice refused" lang="pt-BR">${refusal}</p>`}
      ${measured && html`<${Measured} measured=${measured} today=${today} />`}
      ${rows && rows.length > 0 && html`<${Sample} rows=${rows} today=${today} />`}
    </section>
  `
}

/** @param {{ measured: any, today: string }} props */
function Measured({ measured, today }) {
  const { de, ate, fracao, categorias } = measured
  const [n, inside, pending, elsewhere, only, vetoed] = [
    measured.lancamentos,
    measured.emMarketing,
    measured.pendentes,
    measured.emOutra,
    measured.soEste,
    measured.vetados,
  ].map(Number)
  const fact = (/** @type {unknown} */ figure, /** @type {string} */ name, tone = '') =>
    html`<div class=${tone}><dt>${name}</dt><dd>${figure}</dd></div>`
  const period =
    de === null
      ? t.ruling.preview.nothing
      : say(t.ruling.preview.period, { from: date(de, today), to: date(ate, today) }) +
        (Number(fracao) < 1
          ? say(t.ruling.preview.sampled, { n: number(Math.round(1 / Number(fracao))) })
          : '')
  if (n === 0)
    return html`<p>${t.ruling.preview.nothing} <span class="soft">${de !== null && period}</span></p>`
  return html`
    <p class="soft">${period}</p>
    <dl class="tally">
      ${fact(number(n), t.ruling.preview.matched)}
      ${fact(number(inside), t.ruling.preview.inside)}
      ${fact(number(pending), t.ruling.preview.pending)}
      ${fact(number(elsewhere), t.ruling.preview.elsewhere, Number(elsewhere) > 0 ? 'warn' : '')}
      ${fact(money(measured.valorEmOutra), t.ruling.preview.value)}
      ${fact(number(only), t.ruling.preview.only)}
      ${Number(vetoed) > 0 && fact(number(vetoed), t.ruling.preview.vetoed)}
    </dl>
    <p>${
      Number(elsewhere) === 0
        ? t.ruling.preview.agrees
        : say(t.ruling.preview.disagrees, {
            n: number(elsewhere),
            total: number(n),
            share: share(Number(elsewhere) / Number(n)),
          })
    }</p>
    <p>${t.ruling.preview.categories}: <span lang="pt-BR">${categorias
      .map(
        (/** @type {any} */ { categoria, lancamentos }) =>
          `${categoria || t.ruling.preview.none} (${number(lancamentos)})`,
      )
      .join(', ')}</span></p>
  `
}

/** @param {{ rows: readonly any[], today: string }} props */
function Sample({ rows, today }) {
  return html`
    <div class="wide" tabindex="0" role="region" aria-label=${t.ruling.preview.sample}>
      <table class="grid" lang="pt-BR">
        <caption>${t.ruling.preview.sample}</caption>
        <thead><tr><th scope="col">${t.column.entry}</th><th scope="col">${t.column.day}</th><th scope="col" class="number">${t.column.amount}</th><th scope="col">${t.label.categoria}</th></tr></thead>
        <tbody>${rows.map(
          ({ registroId, fornecedor, descricao, dataLancamento, valor, categoria, jaEmMarketing }) => html`
            <tr key=${registroId}><td>${plain(fornecedor)}<small>${descricao}</small></td><td>${dataLancamento ? date(dataLancamento, today) : '—'}</td>
              <td class="number">${valor === null ? '—' : money(valor)}</td><td class=${jaEmMarketing ? 'good' : ''}>${plain(categoria)}</td></tr>
          `,
        )}</tbody>
      </table>
    </div>
  `
}
