// The months whose books are closed, by whom and why; closes another, and opens one that was closed here.
import { Change, makeChange, Unreadable } from './change.mjs'
import { Changes } from './changes.mjs'
import { moment, month, say } from './format.mjs'
import { html, useState } from './preact.mjs'
import { closePeriod, reopenPeriod } from './ruling.mjs'
import { t } from './words.mjs'

/** @param {string | null} filial */
const branch = (filial) => filial ?? t.ruling.periods.whole

/** Reads the fields. @param {any} elements */
function read(elements) {
  const { mes, ate, filial } = elements
  if (!mes.value) throw new Unreadable(t.ruling.periods.nothing)
  return {
    mes: `${mes.value}-01`,
    ate: ate.value ? `${ate.value}-01` : null,
    filial: filial.value.trim() || null,
  }
}

/** @param {{ found: any, office: import('./office.mjs').Office, again: () => unknown }} props */
export function Periods({ found, office, again }) {
  const words = t.ruling.periods
  const [asking, setAsking] = useState(/** @type {string | undefined} */ (undefined))
  const periods = /** @type {any[]} */ (found.periodosFechados.nodes)
  /** @param {string} title @param {(slow: () => void) => Promise<unknown>} work */
  const send = async (title, work) => {
    const went = await makeChange(office, title, work)
    if (went) await again()
    return went
  }
  return html`
    <p>${words.explain}</p>
    ${
      asking === 'close'
        ? html`<${Change} title=${words.close} close=${() => setAsking(undefined)} read=${read}
            save=${(/** @type {ReturnType<typeof read>} */ period, /** @type {string} */ reason) => send(words.close, (slow) => closePeriod(period, reason, slow))}
            fields=${html`<div class="row"><label>${words.month}<input name="mes" type="month" required pattern="[0-9]{4}-[0-9]{2}" placeholder="2026-10" /></label>
              <label>${words.until}<input name="ate" type="month" pattern="[0-9]{4}-[0-9]{2}" placeholder="2026-10" /></label><label>${words.branch}<input name="filial" maxlength="200" autocomplete="off" placeholder=${words.whole} /></label></div>`} />`
        : html`<p><button type="button" class="first" onClick=${() => setAsking('close')}>${words.close}</button></p>`
    }
    ${
      periods.length === 0
        ? html`<p class="soft">${words.none}</p>`
        : html`
            <div class="wide" tabindex="0" role="region" aria-label=${words.title}>
              <table class="grid">
                <thead><tr>${[words.month, words.branch, t.ruling.column.who, t.ruling.column.day, t.ruling.column.reason, t.ruling.column.act].map((title) => html`<th scope="col">${title}</th>`)}</tr></thead>
                <tbody>${periods.map(({ mes, filial, origem, fechadoPor, fechadoEm, motivo }) => {
                  const key = `${mes} ${filial}`
                  const what = `${month(mes)}, ${branch(filial)}`
                  return html`
                    <tr key=${`${key} ${origem}`}><th scope="row">${month(mes)}</th><td>${branch(filial)}</td><td>${fechadoPor ?? say(words.byWarehouse, { source: origem })}</td>
                      <td>${fechadoEm && moment(fechadoEm)}</td><td lang="pt-BR">${motivo}</td>
                      <td>${
                        fechadoPor === null
                          ? '—'
                          : asking === key
                            ? html`<${Change} title=${`${words.reopen}: ${what}`} fields=${what} read=${() => true} close=${() => setAsking(undefined)}
                                save=${(/** @type {true} */ _, /** @type {string} */ reason) => send(`${words.reopen}: ${what}`, (slow) => reopenPeriod({ mes, filial }, reason, slow))} />`
                            : html`<button type="button" aria-label=${`${words.reopen}: ${what}`} onClick=${() => setAsking(key)}>${words.reopen}</button>`
                      }</td></tr>
                  `
                })}</tbody>
              </table>
            </div>
          `
    }
    <${Changes} operations=${found.operacoes.nodes.filter((/** @type {any} */ { tipo }) => tipo === 'periodo')} all=${found.operacoes.nodes.length} />
  `
}
