// Which findings are shown. The filter lives in the page's address, so that it can be kept and sent to somebody.
import { statusName } from './format.mjs'
import { html } from './preact.mjs'
import { t } from './words.mjs'

const OPEN = ['aberta', 'aguardando_segunda_aprovacao', 'falha']
const FIELDS = ['status', 'regra', 'sessao', 'confianca', 'valor']

/**
 * What the address asks for, as GraphQL's filter.
 * @param {URLSearchParams} search
 */
export function filterOf(search) {
  const said = (/** @type {string} */ name) => search.get(name) || undefined
  // An address typed by hand may hold anything; what is no number filters nothing, and its field stays empty.
  const number = (/** @type {string} */ name) =>
    /^\d+(\.\d+)?$/.test(said(name) ?? '') ? said(name) : undefined
  const session = number('sessao')
  const confidence = number('confianca')
  return {
    ...(said('status') && { status: { equalTo: said('status') } }),
    ...(said('regra') && { regra: { equalTo: said('regra') } }),
    ...(session && { or: [{ sessaoId: { equalTo: session } }, { sessaoUltimaId: { equalTo: session } }] }),
    ...(confidence && { confianca: { greaterThanOrEqualTo: String(Number(confidence) / 100) } }),
    ...(number('valor') && { valorEmRisco: { greaterThanOrEqualTo: number('valor') } }),
  }
}

/** @param {{ search: URLSearchParams, names: readonly string[], go: (next: URLSearchParams) => void }} props */
export function Filters({ search, names, go }) {
  /** @param {any} event */
  const change = ({ currentTarget: form }) => {
    const next = new URLSearchParams()
    for (const name of FIELDS) {
      const { value, validity } = form.elements[name]
      if (value !== '' && validity.valid) next.set(name, value)
    }
    go(next)
  }
  /**
   * @param {string} name
   * @param {string} label
   * @param {readonly [value: string, name: string][]} options
   */
  const choice = (name, label, options) => html`
    <label>${label}
      <select name=${name} value=${search.get(name) ?? ''}>
        <option value="">${t.filter.any}</option>
        ${options.map(([value, shown]) => html`<option value=${value} selected=${search.get(name) === value}>${shown}</option>`)}
      </select>
    </label>
  `
  /**
   * @param {string} name
   * @param {string} label
   * @param {Record<string, string>} limits
   */
  const number = (name, label, limits) => html`
    <label>${label}<input name=${name} type="number" value=${search.get(name) ?? ''} ...${limits} /></label>
  `
  return html`
    <form class="filters" aria-label=${t.filter.legend} onChange=${change} onSubmit=${(/** @type {Event} */ event) => event.preventDefault()}>
      ${choice(
        'status',
        t.filter.status,
        OPEN.map((status) => [status, statusName(status)]),
      )}
      ${choice(
        'regra',
        t.filter.rule,
        names.map((name) => [name, name]),
      )}
      ${number('sessao', t.filter.session, { min: '1', step: '1' })}
      ${number('confianca', t.filter.confidence, { min: '0', max: '100', step: 'any' })}
      ${number('valor', t.filter.amount, { min: '0', step: 'any' })}
      ${search.size > 0 && html`<button type="button" class="quiet" onClick=${() => go(new URLSearchParams())}>${t.filter.clear}</button>`}
    </form>
  `
}
