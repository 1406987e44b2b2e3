// A part of the settings: what each does, its value, who changed it last, and the form that changes it.
import { Change, makeChange } from './change.mjs'
import { Changes, shown } from './changes.mjs'
import { clock, date, dayOf, moment, money, say, weekday } from './format.mjs'
import { seenBox } from './patterns.mjs'
import { html, useState } from './preact.mjs'
import { configure } from './ruling.mjs'
import { Field, readSetting } from './setting.mjs'
import { t } from './words.mjs'

/** @typedef {keyof typeof t.ruling.parts} Part */

/** The groups of settings; the first that matches counts. @type {readonly (readonly [Part, RegExp])[]} */
const PARTS = [
  ['rotulos', /^(pendente\.(rotulos|vazias)|trade_marketing\.categoria)$/],
  ['limites', /^(limites|aprovacao|regras|periodos)\./],
  ['agenda', /^agenda\./],
  ['correio', /^correio\./],
  ['revisao', /^(revisao|resumo)\./],
  ['deteccao', /^(valores|pendente|trade_marketing)\./],
  ['sessao', /./],
]

/** @param {readonly any[]} settings @returns {Map<Part, any[]>} */
export function partsOf(settings) {
  const parts = new Map(PARTS.map(([part]) => [part, /** @type {any[]} */ ([])]))
  for (const setting of settings) {
    const [part] = PARTS.find(([, of]) => of.test(setting.chave)) ?? ['sessao']
    parts.get(part)?.push(setting)
  }
  return parts
}

/** A value as people read it. @param {any} setting @param {any} value */
function said({ unidade }, value) {
  if (unidade === 'BRL' && value !== null) return money(value)
  return value === null || !unidade ? shown(value) : `${shown(value)} ${unidade}`
}

/**
 * @param {{ part: Part, settings: readonly any[], found: any, office: import('./office.mjs').Office, again: () => unknown }} props
 */
export function Settings({ part, settings, found, office, again }) {
  const [asking, setAsking] = useState(/** @type {string | undefined} */ (undefined))
  const keys = new Set(settings.map(({ chave }) => chave))
  const today = String(found.hoje)
  const next = found.proximaExecucao
  const save = async (
    /** @type {string} */ chave,
    /** @type {{ value: unknown, seen: boolean }} */ { value, seen },
    /** @type {string} */ reason,
  ) => {
    const went = await makeChange(office, chave, (slow) => configure(chave, value, seen, reason, slow))
    if (went) again()
    return went
  }
  return html`
    ${part === 'agenda' && next && html`<p>${say(t.ruling.next, { when: `${weekday(next)}, ${date(dayOf(next), today)} ${clock(next)}`, zone: found.fuso })}</p>`}
    <div class="wide" tabindex="0" role="region" aria-label=${t.ruling.settingsHeading}>
      <table class="grid settings">
        <thead><tr><th scope="col">${t.ruling.column.setting}</th><th scope="col">${t.ruling.column.value}</th><th scope="col">${t.ruling.column.when}</th></tr></thead>
        <tbody>${settings.map((setting) => {
          const { chave, descricao, valor, padrao, alteradaEm, alteradaPor } = setting
          const changed = JSON.stringify(valor) !== JSON.stringify(padrao)
          return html`
            <tr key=${chave}>
              <th scope="row">${chave}<small lang="pt-BR">${descricao}</small></th>
              <td>
                <span class=${`held ${changed ? 'moved' : ''}`}>${said(setting, valor)}</span>
                ${changed && html`<small>${say(t.ruling.shipped, { value: said(setting, padrao) })}</small>`}
                ${
                  asking === chave
                    ? html`<${Change} title=${say(t.ruling.changeOf, { what: chave })} close=${() => setAsking(undefined)}
                        read=${(/** @type {any} */ elements) => {
                          const value = readSetting(setting, elements)
                          return value === undefined
                            ? undefined
                            : { value, seen: elements.conferido?.checked === true }
                        }}
                        save=${(/** @type {{ value: unknown, seen: boolean }} */ change, /** @type {string} */ reason) => save(chave, change, reason)}
                        fields=${html`<${Field} setting=${setting} name=${chave} />${chave === 'trade_marketing.categoria' && seenBox(t.ruling.seenUnder)}`} />`
                    : html`<button type="button" aria-label=${say(t.ruling.changeOf, { what: chave })} onClick=${() => setAsking(chave)}>${t.ruling.change}</button>`
                }
              </td>
              <td>${changed && html`${alteradaPor}<small>${moment(alteradaEm)}</small>`}</td>
            </tr>
          `
        })}</tbody>
      </table>
    </div>
    <${Changes} operations=${found.operacoes.nodes.filter((/** @type {any} */ { tipo, detalhes }) => tipo === 'configuracao' && keys.has(detalhes.chave))} all=${found.operacoes.nodes.length} />
  `
}
