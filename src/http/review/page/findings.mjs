// The list of findings, and what is known of each: the row, the evidence, what happened to it before.
import { history, record } from './api.mjs'
import { moment, money, plain, say, share, statusName } from './format.mjs'
import { html, useEffect, useState } from './preact.mjs'
import { t } from './words.mjs'

/** What a person may do from each status; the database has the last word. */
const ACTIONS = {
  aberta: ['approve', 'reject', 'correct', 'except'],
  aguardando_segunda_aprovacao: ['approve', 'reject', 'correct'],
  falha: ['approve', 'reject', 'correct', 'except'],
  corrigida: ['revert'],
  rejeitada: ['reopen'],
}

/**
 * @typedef {(action: string, findings: any[]) => void} Decide
 * @typedef {(error: unknown) => void} Refused
 */

/** @param {any} finding */
const proposes = ({ valoresDigitados, valoresPropostos }) =>
  Object.keys(valoresDigitados ?? valoresPropostos).length > 0

/**
 * @param {{ findings: readonly any[], open: boolean, selected: ReadonlySet<string>, select: (next: ReadonlySet<string>) => void,
 *   decide: Decide, refused: Refused }} props
 */
export function Findings({ findings, open, selected, select, decide, refused }) {
  const every = findings.every(({ id }) => selected.has(id))
  /** @param {string} id */
  const toggle = (id) => {
    const next = new Set(selected)
    if (!next.delete(id)) next.add(id)
    select(next)
  }
  return html`
    <table class="findings">
      <thead>
        <tr>
          <th scope="col" class="head"><input type="checkbox" aria-label=${t.column.selectAll} checked=${every}
            onChange=${() => select(new Set(every ? [] : findings.map(({ id }) => id)))} /></th>
          <th scope="col" class="head number">${t.column.amount}</th>
          <th scope="col" class="head">${t.column.rule}</th>
          <th scope="col" class="head">${t.column.change}</th>
          <th scope="col" class="head number">${t.column.confidence}</th>
          <th scope="col" class="head">${t.column.why}</th>
          <th scope="col" class="head number">${t.column.age}</th>
        </tr>
      </thead>
      ${findings.map(
        (
          finding,
        ) => html`<${Finding} key=${finding.id} finding=${finding} open=${open} marked=${selected.has(finding.id)}
          toggle=${toggle} decide=${decide} refused=${refused} />`,
      )}
    </table>
  `
}

/** @param {{ finding: any, open: boolean, marked: boolean, toggle: (id: string) => void, decide: Decide, refused: Refused }} props */
function Finding({ finding, open, marked, toggle, decide, refused }) {
  const [shown, setShown] = useState(open)
  const { id, regra, confianca, justificativa, valorEmRisco, idade, status, motivo, propostaPor } = finding
  return html`
    <tbody class=${marked ? 'marked' : ''}>
      <tr>
        <td class="cell"><input type="checkbox" aria-label=${say(t.column.select, { id })} checked=${marked} onChange=${() => toggle(id)} /></td>
        <td class="cell number" data-label=${t.column.amount}>${money(valorEmRisco)}</td>
        <td class="cell" data-label=${t.column.rule}>${regra}${status !== 'aberta' && html` <span class=${`status ${status}`}>${statusName(status)}</span>`}</td>
        <td class="cell" data-label=${t.column.change}><div class=${shown ? '' : 'short'}><${Change} finding=${finding} /></div></td>
        <td class="cell number" data-label=${t.column.confidence}>${share(confianca)}</td>
        <td class="cell" data-label=${t.column.why}>
          <div class=${shown ? '' : 'short'}>
            <button type="button" class="why" aria-expanded=${shown} aria-label=${say(t.details, { id })} onClick=${() => setShown(!shown)}></button>
            ${justificativa}
          </div>
          ${propostaPor && status !== 'corrigida' && html`<small>${say(t.proposedBy, { who: propostaPor })}: ${motivo}</small>`}
          ${status === 'falha' && html`<small class="failure">${motivo}</small>`}
        </td>
        <td class="cell number" data-label=${t.column.age}>${idade}</td>
      </tr>
      ${shown && html`<tr class="details"><td class="cell" colspan="7"><${Details} finding=${finding} decide=${decide} refused=${refused} /></td></tr>`}
    </tbody>
  `
}

/** @param {{ finding: any }} props */
function Change({ finding }) {
  const { valoresOriginais: before, valoresPropostos, valoresDigitados } = finding
  const after = valoresDigitados ?? valoresPropostos
  if (!proposes(finding)) return html`<em>${t.flagOnly}</em>`
  return Object.keys(after).map(
    (column) =>
      html`<div class="change"><span>${column}</span> <del>${plain(before[column])}</del> <span aria-hidden="true">→</span> <ins>${plain(after[column])}</ins></div>`,
  )
}

/** @param {{ finding: any, decide: Decide, refused: Refused }} props */
function Details({ finding, decide, refused }) {
  const { id, tabela, registroId, evidencia, status } = finding
  const [row, setRow] = useState(/** @type {any[] | undefined} */ (undefined))
  const [events, setEvents] = useState(/** @type {any[] | undefined} */ (undefined))
  useEffect(() => {
    // A reader may see findings, and not the warehouse behind them.
    record(id).then(
      ({ verRegistro }) => setRow(verRegistro.nodes),
      () => setRow(undefined),
    )
    history(finding).then(({ historicoRegistro }) => setEvents(historicoRegistro.nodes), refused)
  }, [finding])
  const actions = ACTIONS[/** @type {keyof typeof ACTIONS} */ (status)] ?? []
  return html`
    <div class="actions">
      ${actions
        .filter((action) => action !== 'approve' || proposes(finding))
        .map(
          (action) =>
            html`<button type="button" class=${action === 'approve' ? '' : 'quiet'} onClick=${() => decide(action, [finding])}>${
              t.action[/** @type {keyof typeof t.action} */ (action)]
            }</button>`,
        )}
    </div>
    ${
      row !== undefined &&
      html`
        <section>
          <h2>${say(t.record, { id: registroId, table: tabela })}</h2>
          ${row.length === 0 ? html`<p>${t.recordGone}</p>` : html`<${Facts} facts=${Object.fromEntries(row.map(({ coluna, valor }) => [coluna, valor]))} />`}
        </section>
      `
    }
    <section>
      <h2>${t.evidence}</h2>
      <${Facts} facts=${evidencia} />
    </section>
    ${
      events !== undefined &&
      html`
        <section>
          <h2>${t.history}</h2>
          <table class="facts">
            <thead><tr><th scope="col">${t.when}</th><th scope="col">${t.event}</th><th scope="col">${t.who}</th><th scope="col">${t.reason}</th></tr></thead>
            <tbody>
              ${events.map(
                ({ quando, evento, ator, motivo }) => html`
                  <tr><td>${moment(quando)}</td><td>${t.events[/** @type {keyof typeof t.events} */ (evento)] ?? evento}</td><td>${ator}</td><td>${motivo}</td></tr>
                `,
              )}
            </tbody>
          </table>
        </section>
      `
    }
  `
}

/**
 * Whatever a rule says: names and values, lists of alike things as a table.
 * @param {{ facts: Record<string, unknown> }} props
 */
function Facts({ facts }) {
  return html`
    <dl>
      ${Object.entries(facts).map(([name, value]) => html`<div><dt>${name.replaceAll('_', ' ')}</dt><dd><${Value} value=${value} /></dd></div>`)}
    </dl>
  `
}

/** @param {{ value: any }} props */
function Value({ value }) {
  if (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((item) => item !== null && typeof item === 'object' && !Array.isArray(item))
  ) {
    const columns = [...new Set(value.flatMap((item) => Object.keys(item)))]
    return html`
      <table class="facts">
        <thead><tr>${columns.map((name) => html`<th scope="col">${name.replaceAll('_', ' ')}</th>`)}</tr></thead>
        <tbody>${value.map((item) => html`<tr>${columns.map((name) => html`<td>${plain(item[name])}</td>`)}</tr>`)}</tbody>
      </table>
    `
  }
  if (Array.isArray(value)) return value.map(plain).join(', ')
  if (value !== null && typeof value === 'object') return html`<${Facts} facts=${value} />`
  return plain(value)
}
