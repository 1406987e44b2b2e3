// The list of findings, a line each.
import { Details } from './details.mjs'
import { money, plain, proposes, say, share, statusName } from './format.mjs'
import { html, useState } from './preact.mjs'
import { t } from './words.mjs'

/**
 * @typedef {(action: string, findings: any[]) => void} Decide
 * @typedef {(error: unknown) => void} Refused
 */

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
        <td class="cell rule" data-label=${t.column.rule}>${regra.split(/(?<=_)/).map((/** @type {string} */ part) => html`${part}<wbr />`)} <small>${say(t.numbered, { id })}</small>${status !== 'aberta' && html` <span class=${`status ${status}`}>${statusName(status)}</span>`}</td>
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
      html`<div class="change"><span>${column}</span> <del>${column in before ? plain(before[column]) : t.notKept}</del> <span aria-hidden="true">→</span> <ins>${plain(after[column])}</ins></div>`,
  )
}
