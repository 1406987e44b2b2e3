// The field for a setting's value, by its type, and how it is read.
import { decimal, Unreadable } from './change.mjs'
import { number, say } from './format.mjs'
import { html, useEffect, useState } from './preact.mjs'
import { labelsIn } from './row.mjs'
import { t } from './words.mjs'

/** Settings that contain labels of the ledger. @type {Record<string, readonly [rule: string, column: string]>} */
const LABELS = {
  'trade_marketing.categoria': ['trade_marketing', 'categoria'],
  'pendente.rotulos': ['pendente_verificacao', 'categoria'],
}

const LINES = ['textos', 'enderecos', 'motivos']

/** A value as it is typed. @param {any} setting */
function typed({ tipo, valor }) {
  if (valor === null) return ''
  if (tipo === 'motivos')
    return valor.map((/** @type {any} */ { ato, texto }) => `${ato}: ${texto}`).join('\n')
  if (LINES.includes(tipo)) return valor.join('\n')
  return tipo === 'numero' || tipo === 'inteiro' ? String(valor).replace('.', ',') : String(valor)
}

/**
 * What was typed, in the form of the setting; undefined if unchanged.
 * @param {any} setting
 * @param {any} elements
 */
export function readSetting(setting, elements) {
  const { tipo, chave } = setting
  const text = elements.valor.value
  if (text.trim() === typed(setting).trim()) return undefined
  const lines = text
    .split('\n')
    .map((/** @type {string} */ line) => line.trim())
    .filter(Boolean)
  if (tipo === 'motivos')
    return lines.map((/** @type {string} */ line) => {
      const [, ato, texto] = /^(rejeitar|adiar)\s*:\s*(.+)$/.exec(line) ?? []
      if (!ato) throw new Unreadable(say(t.ruling.unreadable, { what: `“${line}”. ${t.ruling.reasonsLine}` }))
      return { ato, texto }
    })
  if (LINES.includes(tipo)) return lines
  if (tipo === 'booleano') return text === 'true'
  if (tipo === 'numero' || tipo === 'inteiro') {
    const value = decimal(text, chave)
    if (value === null) throw new Unreadable(say(t.ruling.unreadable, { what: '—' }))
    return Number(value)
  }
  return text.trim()
}

/** @param {{ setting: any, name: string }} props name: what the field is called */
export function Field({ setting, name }) {
  const { tipo, chave, valor, permitidos } = setting
  const [known, setKnown] = useState(/** @type {readonly { rotulo: string, lancamentos: string }[]} */ ([]))
  const [text, setText] = useState(typed(setting))
  useEffect(() => {
    const of = LABELS[chave]
    if (of)
      labelsIn(of[0], [of[1]]).then(
        (found) => setKnown(found.get(of[1]) ?? []),
        () => {},
      )
  }, [chave])
  const take = (/** @type {any} */ event) => setText(event.currentTarget.value)
  if (tipo === 'booleano' || permitidos) {
    const options = permitidos ?? [true, false]
    const said = (/** @type {unknown} */ one) => (one === true ? t.yes : one === false ? t.no : one)
    return html`<label>${name}<select name="valor">${options.map(
      (/** @type {unknown} */ one) =>
        html`<option value=${String(one)} selected=${one === valor}>${said(one)}</option>`,
    )}</select></label>`
  }
  if (LINES.includes(tipo)) {
    const lines = text.split('\n').map((/** @type {string} */ line) => line.trim())
    const toggle = (/** @type {string} */ label) =>
      setText(
        (lines.includes(label)
          ? lines.filter((/** @type {string} */ line) => line !== label)
          : [...lines, label]
        )
          .filter(Boolean)
          .join('\n'),
      )
    return html`
      <label>${name}<textarea name="valor" rows=${Math.min(12, Math.max(3, lines.length + 1))} spellcheck=${false}
        aria-description=${tipo === 'motivos' ? t.ruling.reasonsLine : t.ruling.line} value=${text} onInput=${take}></textarea></label>
      <p class="soft">${tipo === 'motivos' ? t.ruling.reasonsLine : t.ruling.line}</p>
      ${
        known.length > 0 &&
        html`
          <div role="group" aria-label=${t.ruling.onLedger} class="labels" lang="pt-BR"><span class="soft">${t.ruling.onLedger}</span>
            ${known.map(({ rotulo, lancamentos }) => html`<button type="button" aria-pressed=${lines.includes(rotulo) ? 'true' : 'false'} onClick=${() => toggle(rotulo)}>${rotulo} <small>${number(lancamentos)}</small></button>`)}
          </div>
        `
      }
    `
  }
  const hint = tipo === 'cron' ? t.ruling.cronHint : ''
  const options =
    known.length > 0
      ? known.map(({ rotulo }) => rotulo)
      : tipo === 'fuso'
        ? Intl.supportedValuesOf('timeZone')
        : []
  return html`
    <label>${name}<input name="valor" type=${tipo === 'hora' ? 'time' : 'text'} inputmode=${tipo === 'numero' || tipo === 'inteiro' ? 'decimal' : undefined}
      list=${options.length > 0 ? 'options' : undefined} autocomplete="off" spellcheck=${false} aria-description=${hint || undefined} value=${text} onInput=${take} /></label>
    ${options.length > 0 && html`<datalist id="options">${options.map((one) => html`<option value=${one} />`)}</datalist>`}
    ${hint && html`<p class="soft">${hint}</p>`}
  `
}
