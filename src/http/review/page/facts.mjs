// Names and values as they are: of a row, or of any evidence that a rule gives.
import { held, label, number } from './format.mjs'
import { html } from './preact.mjs'

/**
 * @param {{ facts: Record<string, unknown> }} props
 */
export function Facts({ facts }) {
  return html`
    <dl class="list">
      ${Object.entries(facts).map(([name, value]) => html`<div><dt>${label(name)}</dt><dd><${Value} value=${value} /></dd></div>`)}
    </dl>
  `
}

/** A count is whole, an amount has cents. @param {unknown} value */
const figure = (value) =>
  typeof value === 'number' && (Number.isInteger(value) || Math.abs(value) <= 1) ? number(value) : held(value)

/**
 * Any value: objects as names and values, lists of similar objects as a table.
 * @param {{ value: any }} props
 */
export function Value({ value }) {
  if (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((item) => item !== null && typeof item === 'object' && !Array.isArray(item))
  ) {
    const columns = [...new Set(value.flatMap((item) => Object.keys(item)))]
    return html`
      <table class="facts">
        <thead><tr>${columns.map((name) => html`<th scope="col">${label(name)}</th>`)}</tr></thead>
        <tbody>${value.map((item) => html`<tr>${columns.map((name) => html`<td>${figure(item[name])}</td>`)}</tr>`)}</tbody>
      </table>
    `
  }
  if (Array.isArray(value)) return value.map(figure).join(', ')
  if (value !== null && typeof value === 'object') return html`<${Facts} facts=${value} />`
  return figure(value)
}
