// The settings of one rule: its threshold, its limits, whether it runs and whether it corrects by itself.
import { Change, decimal, makeChange, Unreadable } from './change.mjs'
import { Changes } from './changes.mjs'
import { number, say, share } from './format.mjs'
import { html, useState } from './preact.mjs'
import { changeRule } from './ruling.mjs'
import { t } from './words.mjs'

/** Shares, which people write in per cent, from the column's name to the field's. */
const SHARES = /** @type {const} */ ({
  limiar: 'limiar',
  piso: 'piso',
  confianca_base: 'confiancaBase',
  limite_fracao: 'limiteFracao',
})
const PLAIN = /** @type {const} */ ({
  limite_linhas: 'limiteLinhas',
  limite_valor: 'limiteValor',
  concessao_correcoes: 'concessaoCorrecoes',
  concessao_valor: 'concessaoValor',
  prioridade: 'prioridade',
})
/** Fields that may be left empty. */
const OPTIONAL = ['limite_fracao', 'limite_linhas', 'limite_valor', 'concessao_correcoes', 'concessao_valor']
const ORDER = /** @type {const} */ ([
  'limiar',
  'piso',
  'confianca_base',
  'limite_linhas',
  'limite_fracao',
  'limite_valor',
  'concessao_correcoes',
  'concessao_valor',
  'prioridade',
  'tempo_limite',
])

/** Lists, written with commas in between. */
const LISTS = /** @type {const} */ ({ colunas_resumo: 'colunasResumo', dependencias: 'dependencias' })

const comma = (/** @type {unknown} */ value) => String(value).replace('.', ',')
/** Without the rounding noise of floats. @param {number} value */
const trim = (value) => String(Number(value.toFixed(6)))

/** @param {any} rule @returns {Record<string, string>} what each field begins with */
function startOf(rule) {
  const { days = 0, hours = 0, minutes = 0, seconds = 0 } = rule.tempoLimite
  return {
    ...Object.fromEntries(
      Object.entries(SHARES).map(([column, field]) => [
        column,
        rule[field] === null ? '' : comma(trim(Number(rule[field]) * 100)),
      ]),
    ),
    ...Object.fromEntries(
      Object.entries(PLAIN).map(([column, field]) => [
        column,
        rule[field] === null ? '' : comma(rule[field]),
      ]),
    ),
    tempo_limite: comma(trim(days * 1440 + hours * 60 + minutes + Number(seconds) / 60)),
    ...Object.fromEntries(
      Object.entries(LISTS).map(([column, field]) => [column, (rule[field] ?? []).join(', ')]),
    ),
    ativa: String(rule.ativa),
    automatica: String(rule.automatica),
  }
}

/**
 * The fields that were changed.
 * @param {Record<string, string>} start
 * @param {any} elements
 */
function read(start, elements) {
  const changes = /** @type {Record<string, unknown>} */ ({})
  for (const name of ORDER) {
    const typed = elements[name].value
    if (typed.trim() === start[name]) continue
    const what = t.ruling.rule[name]
    const value = decimal(typed, what)
    if (value === null && !OPTIONAL.includes(name))
      throw new Unreadable(`${what}: ${say(t.ruling.unreadable, { what: '—' })}`)
    changes[name] =
      value === null
        ? null
        : name in SHARES
          ? trim(Number(value) / 100)
          : name === 'tempo_limite'
            ? `${value} minutes`
            : value
  }
  for (const name of Object.keys(LISTS)) {
    const typed = elements[name].value.split(/[,\s]+/).filter(Boolean)
    if (typed.join(', ') !== start[name]) changes[name] = typed
  }
  for (const name of ['ativa', 'automatica'])
    if (elements[name].value !== start[name]) changes[name] = elements[name].value === 'true'
  return Object.keys(changes).length === 0 ? undefined : changes
}

/**
 * @param {{ rule: any, measured: any, found: any, office: import('./office.mjs').Office, again: () => unknown }} props
 */
export function RuleSettings({ rule, measured, found, office, again }) {
  const [opened, setOpened] = useState(0)
  const { nome, automaticaPerdida, prova, respostas, erroObservado } = rule
  const start = startOf(rule)
  const save = async (/** @type {Record<string, unknown>} */ changes, /** @type {string} */ reason) => {
    const went = await makeChange(office, nome, (slow) => changeRule(nome, changes, reason, slow))
    if (went) await again()
    return went
  }
  const choice = (/** @type {'ativa' | 'automatica'} */ name) => html`
    <label>${t.ruling.rule[name]}
      <select name=${name}>${['true', 'false'].map((value) => html`<option value=${value} selected=${start[name] === value}>${value === 'true' ? t.yes : t.no}</option>`)}</select>
    </label>
  `
  return html`
    ${automaticaPerdida && html`<p class="lost" lang="pt-BR">${say(t.lost, { rule: nome, why: automaticaPerdida })}</p>`}
    <p>${
      Number(respostas) === 0
        ? t.ruling.noAnswers
        : say(t.ruling.proof[/** @type {keyof typeof t.ruling.proof} */ (prova)], {
            n: number(respostas),
            wrong: share(erroObservado),
          })
    } ${
      measured?.precisao !== null &&
      measured !== undefined &&
      html`<span class="soft">${t.over.record}: ${share(measured.precisao)} (${share(measured.precisaoMinima)} – ${share(measured.precisaoMaxima)})</span>`
    }</p>
    <${Change} key=${`${nome} ${JSON.stringify(start)} ${opened}`} title=${say(t.ruling.changeOf, { what: nome })} focused=${false} save=${save}
      read=${(/** @type {any} */ elements) => read(start, elements)} close=${() => setOpened(opened + 1)}
      fields=${html`
        <div class="row">
          ${choice('ativa')} ${choice('automatica')}
          ${ORDER.map(
            (
              name,
            ) => html`<label>${t.ruling.rule[name]}<input name=${name} inputmode="decimal" autocomplete="off" defaultValue=${start[name]}
              aria-description=${OPTIONAL.includes(name) ? t.ruling.noLimit : undefined} /></label>`,
          )}
          ${Object.keys(LISTS).map(
            (
              name,
            ) => html`<label class="wide-field">${t.ruling.rule[/** @type {keyof typeof LISTS} */ (name)]}<input name=${name} autocomplete="off" spellcheck=${false}
              defaultValue=${start[name]} aria-description=${t.ruling.commas} /></label>`,
          )}
        </div>
        <p class="soft">${t.ruling.grants} ${t.ruling.noLimit}</p>
      `} />
    <${Changes} operations=${found.operacoes.nodes.filter((/** @type {any} */ one) => one.tipo === 'regra' && one.regra === nome)} all=${found.operacoes.nodes.length} />
  `
}
