// What waits now, what came and went on each day of a span, and how old what waits is.
import { Bar, Pairs } from './charts.mjs'
import { date, money, number, roughly, say } from './format.mjs'
import { html } from './preact.mjs'
import { t } from './words.mjs'

/** Spans of days to choose from. */
export const SPANS = [30, 90]

/** What waits, and the totals of the span. @param {{ view: any }} props */
export function Now({ view: { espera, sessoes, dias, tendencia } }) {
  const sum = (/** @type {string} */ name) =>
    tendencia.reduce((/** @type {number} */ n, /** @type {any} */ day) => n + Number(day[name]), 0)
  const fact = (/** @type {unknown} */ figure, /** @type {string} */ name, tone = '') =>
    html`<div class=${tone}><dt>${name}</dt><dd>${figure}</dd></div>`
  const bad = Number(sessoes.com_falhas) + Number(sessoes.falharam)
  return html`
    <section>
      <h2>${t.over.now}</h2>
      <dl class="tally">
        ${fact(number(espera.quantidade), t.over.waitNow)}
        ${fact(money(espera.valor), t.over.stakeNow)}
        ${fact(number(sum('novas')), say(t.over.cameIn, { days: dias }))}
        ${fact(number(sum('decididas')), say(t.over.decidedIn, { days: dias }))}
        ${fact(number(sum('corrigidas')), say(t.over.correctedIn, { days: dias }))}
        ${fact(roughly(sum('valor_corrigido')), say(t.over.amountIn, { days: dias }))}
        ${fact(bad === 0 ? number(sessoes.total) : say(t.over.badOf, { bad, total: number(sessoes.total) }), say(t.over.sessionsIn, { days: dias }), bad > 0 ? 'warn' : '')}
      </dl>
    </section>
  `
}

/** @param {{ view: any, days: number, choose: (days: number) => void, today: string }} props */
export function Trend({ view, days, choose, today }) {
  const all = /** @type {any[]} */ (view.tendencia)
  const title = (/** @type {string} */ what) => say(what, { days: view.dias })
  return html`
    <section>
      <h2>${t.over.trend}</h2>
      <div role="group" aria-label=${t.over.span} class="spans">
        ${SPANS.map((n) => html`<button type="button" aria-pressed=${n === days ? 'true' : 'false'} onClick=${() => choose(n)}>${say(t.over.lastDays, { n })}</button>`)}
      </div>
      <div class="charts">
        <figure>
          <figcaption>${t.over.findings}: <span class="key came"></span>${t.over.came} <span class="key went"></span>${t.over.went}</figcaption>
          <${Pairs} days=${all.map(({ dia, novas, corrigidas, decididas }) => ({ day: dia, came: Number(novas), went: Number(corrigidas) + Number(decididas) }))} money=${false} today=${today} title=${title(t.over.chartFindings)} />
        </figure>
        <figure>
          <figcaption>${t.over.amounts}: <span class="key came"></span>${t.over.cameValue} <span class="key went"></span>${t.over.wentValue}</figcaption>
          <${Pairs} days=${all.map((day) => ({ day: day.dia, came: Number(day.valor_novas), went: Number(day.valor_corrigido) }))} money=${true} today=${today} title=${title(t.over.chartAmounts)} />
        </figure>
      </div>
      <details>
        <summary>${t.over.table}</summary>
        <table class="grid trend">
          <thead><tr><th scope="col">${t.over.day}</th><th scope="col" class="number">${t.over.new}</th><th scope="col" class="number">${t.over.cameValue}</th><th scope="col" class="number">${t.over.decided}</th><th scope="col" class="number">${t.over.corrected}</th><th scope="col" class="number">${t.over.wentValue}</th></tr></thead>
          <tbody>${all.toReversed().map(
            (
              day,
            ) => html`<tr><th scope="row">${date(day.dia, today)}</th><td class="number">${number(day.novas)}</td><td class="number">${money(day.valor_novas)}</td><td class="number">${number(day.decididas)}</td>
                <td class="number">${number(day.corrigidas)}</td><td class="number">${money(day.valor_corrigido)}</td></tr>`,
          )}</tbody>
        </table>
      </details>
    </section>
  `
}

/** @param {{ bands: readonly any[] }} props */
export function Ages({ bands }) {
  const most = Math.max(1, ...bands.map(({ quantidade }) => Number(quantidade)))
  const name = (/** @type {any} */ { de, ate }) =>
    ate === 0
      ? t.over.today
      : ate === null
        ? say(t.over.older, { from: de })
        : say(t.over.days, { from: de, to: ate })
  return html`
    <section>
      <h2>${t.over.ages}</h2>
      <table class="grid ages">
        <thead><tr><th scope="col">${t.over.age}</th><th scope="col" class="number">${t.over.waiting}</th><th scope="col"><span class="unseen">${t.over.share}</span></th><th scope="col" class="number">${t.over.stake}</th></tr></thead>
        <tbody>${bands.map((band) => html`<tr><th scope="row">${name(band)}</th><td class="number">${number(band.quantidade)}</td><td><${Bar} value=${Number(band.quantidade)} most=${most} /></td><td class="number">${money(band.valor)}</td></tr>`)}</tbody>
      </table>
    </section>
  `
}
