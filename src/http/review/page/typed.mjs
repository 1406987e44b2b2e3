// The fields in which a person types values for a row, by the types of its columns.
import { label, say } from './format.mjs'
import { html, useEffect, useState } from './preact.mjs'
import { t } from './words.mjs'

// Beyond this, a number that arrived as JSON has lost cents.
const EXACT = 2 ** 46
/** This long after the last key press the ledger is asked whether it has what was typed. */
const PAUSE = 250

/**
 * @typedef {{ coluna: string, tipo: string, valor: string | null }} Column
 */

/** @param {Column} column */
const nameOf = ({ coluna }) => `valor.${coluna}`

/**
 * A field for each column that the rule may correct. It starts with what was proposed or typed before, else with what the row holds.
 * @param {{ row: readonly Column[], finding: any, columns: readonly string[], labelsOf: (column: string) => readonly string[],
 *   like: (column: string, text: string) => Promise<readonly string[] | undefined> }} props
 *   labelsOf: known labels of a column, to choose from; like: its labels that contain a text; undefined where anything may be typed
 */
export function Fields({ row, finding, columns, labelsOf, like }) {
  const { valoresPropostos, valoresDigitados } = finding
  const wanted = { ...valoresPropostos, ...valoresDigitados }
  return row
    .filter(({ coluna }) => columns.includes(coluna))
    .map((column) => {
      const { coluna, valor } = column
      const value = wanted[coluna]
      const start = coluna in wanted && !(Math.abs(Number(value)) > EXACT) ? value : valor
      return html`<${Field} column=${column} start=${start === null || start === undefined ? '' : String(start)} labels=${labelsOf(coluna)} like=${like} />`
    })
}

/**
 * @param {{ column: Column, start: string, labels: readonly string[],
 *   like: (column: string, text: string) => Promise<readonly string[] | undefined> }} props
 */
function Field({ column, start, labels, like }) {
  const { coluna, tipo } = column
  const name = nameOf(column)
  if (tipo === 'boolean') {
    return html`
      <label>${label(coluna)}
        <select name=${name}>
          ${['', 'true', 'false'].map((value) => html`<option value=${value} selected=${value === start}>${value === '' ? '—' : value}</option>`)}
        </select>
      </label>
    `
  }
  if (tipo === 'date')
    return html`<label>${label(coluna)}<input name=${name} type="date" defaultValue=${start} /></label>`
  const [, scale] = /^numeric(?:\(\d+,(-?\d+)\))?$/.exec(tipo) ?? []
  if (/^(numeric|bigint|integer|smallint|real|double precision)/.test(tipo)) {
    // Only what cannot be read in two ways: 1.234 in a column of cents may be a thousand, or a little more than one.
    const cents = /int/.test(tipo) || scale === '0' ? '' : `([.,]\\d{1,${scale ?? ''}})?`
    const hint = say(t.number, { example: cents === '' ? '1234' : '1234,56' })
    return html`
      <label>${label(coluna)}
        <input name=${name} inputmode="decimal" pattern=${`-?\\d+${cents}`} title=${hint} aria-description=${hint} defaultValue=${start} />
      </label>
    `
  }
  return html`<${Text} column=${coluna} name=${name} start=${start} labels=${labels} like=${like} />`
}

/**
 * A text, with the ledger's labels to choose from if the column has any; an unknown one is reported while it is typed.
 * @param {{ column: string, name: string, start: string, labels: readonly string[],
 *   like: (column: string, text: string) => Promise<readonly string[] | undefined> }} props
 */
function Text({ column, name, start, labels, like }) {
  const [typed, setTyped] = useState(/** @type {string | undefined} */ (undefined))
  const [found, setFound] = useState(/** @type {readonly string[]} */ ([]))
  const [unknown, setUnknown] = useState('')
  useEffect(() => {
    setUnknown('')
    const value = typed?.trim()
    if (!value || value === start) return
    let wanted = true
    const bell = setTimeout(async () => {
      const some = await like(column, value)
      if (!wanted || some === undefined) return
      setFound(some)
      if (!some.includes(value)) setUnknown(value)
    }, PAUSE)
    return () => {
      wanted = false
      clearTimeout(bell)
    }
  }, [typed, labels.length > 0])
  const offered = [...new Set([...found, ...labels])]
  // one form of field: labels that arrive late must not replace it and lose what was typed
  const list = offered.length > 0 ? `${name}.labels` : undefined
  return html`
    <label>${label(column)}<input name=${name} list=${list} defaultValue=${start} aria-invalid=${unknown !== ''} aria-describedby=${`${name}.unknown`}
      onInput=${(/** @type {any} */ event) => setTyped(event.currentTarget.value)} /></label>
    <small id=${`${name}.unknown`} class="bad" role="status">${unknown && say(t.unknownLabel, { column: label(column), value: unknown })}</small>
    ${list && html`<datalist id=${list}>${offered.map((one) => html`<option value=${one} />`)}</datalist>`}
  `
}

/**
 * The fields that differ from what the row holds; an emptied one becomes null.
 * @param {readonly Column[]} row
 * @param {any} elements
 */
export function changes(row, elements) {
  return Object.fromEntries(
    row
      .filter((column) => nameOf(column) in elements)
      .map((column) => ({ column, value: elements[nameOf(column)].value.trim() }))
      .filter(({ column, value }) => value !== (column.valor ?? ''))
      .map(({ column, value }) => [
        column.coluna,
        value === ''
          ? null
          : /^-?\d+,\d+$/.test(value) && /^(numeric|real|double)/.test(column.tipo)
            ? value.replace(',', '.')
            : value,
      ]),
  )
}
