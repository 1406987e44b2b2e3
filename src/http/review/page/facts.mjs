// Names and values as they come: of a row, or of whatever a rule gives as its evidence.
import { plain } from './format.mjs'
import { html } from './preact.mjs'

/**
 * @param {{ facts: Record<string, unknown> }} props
 */
export function Facts({ facts }) {
  return html`
    <dl>
      ${Object.entries(facts).map(([name, value]) => html`<div><dt>${name.replaceAll('_', ' ')}</dt><dd><${Value} value=${value} /></dd></div>`)}
    </dl>
  `
}

/**
 * Anything at all: objects as names and values, lists of alike objects as a table.
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
        <thead><tr>${columns.map((name) => html`<th scope="col">${name.replaceAll('_', ' ')}</th>`)}</tr></thead>
        <tbody>${value.map((item) => html`<tr>${columns.map((name) => html`<td>${plain(item[name])}</td>`)}</tr>`)}</tbody>
      </table>
    `
  }
  if (Array.isArray(value)) return value.map(plain).join(', ')
  if (value !== null && typeof value === 'object') return html`<${Facts} facts=${value} />`
  return plain(value)
}
