// Charts as SVG, drawn by hand: each stands beside a table that says the same, so screen readers can skip the picture.
import { date, number, roughly } from './format.mjs'
import { html } from './preact.mjs'

const [WIDTH, HEIGHT] = [720, 170]
/** Room for the numbers at the left and the days below. */
const [LEFT, BOTTOM, TOP] = [76, 22, 10]

/** A round number at or above a value, for the top of a scale. @param {number} value */
function top(value) {
  if (value <= 0) return 1
  const unit = 10 ** Math.floor(Math.log10(value))
  return [1, 2, 5, 10].map((n) => n * unit).find((n) => n >= value) ?? value
}

/**
 * What came and what went, a pair of bars for each day, and the days' names.
 * @param {{ days: readonly { day: string, came: number, went: number }[], money: boolean, today: string, title: string }} props
 */
export function Pairs({ days, money, today, title }) {
  const most = top(Math.max(...days.flatMap(({ came, went }) => [came, went])))
  const step = (WIDTH - LEFT) / days.length
  const width = Math.max(1, step * 0.4)
  const y = (/** @type {number} */ value) => TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / most)
  const said = (/** @type {number} */ value) => (money ? roughly(value) : number(value))
  // The room that a day's name needs; the last day always has its name.
  const every = Math.ceil(48 / step)
  const bar = (/** @type {number} */ x, /** @type {number} */ value, /** @type {string} */ name) =>
    value > 0 &&
    html`<rect class=${name} x=${x.toFixed(1)} y=${y(value).toFixed(1)} width=${width.toFixed(1)} height=${Math.max(1, y(0) - y(value)).toFixed(1)} />`
  return html`
    <svg class="chart" viewBox=${`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label=${title}>
      ${[0, 0.5, 1].map(
        (part) => html`
          <line x1=${LEFT} x2=${WIDTH} y1=${y(most * part)} y2=${y(most * part)} />
          <text x=${LEFT - 6} y=${y(most * part) + 4} text-anchor="end">${most * part < 1 && !money && part > 0 && part < 1 ? '' : said(most * part)}</text>
        `,
      )}
      ${days.map(({ day, came, went }, index) => {
        const x = LEFT + index * step + step * 0.08
        return html`
          ${bar(x, came, 'came')} ${bar(x + width, went, 'went')}
          ${(days.length - 1 - index) % every === 0 && html`<text x=${(x + width).toFixed(1)} y=${HEIGHT - 6} text-anchor=${index === days.length - 1 ? 'end' : 'middle'}>${date(day, today)}</text>`}
        `
      })}
    </svg>
  `
}

/**
 * A share, the interval in which it may lie, and the share that is required.
 * @param {{ least: number, share: number, most: number, asked: number }} props
 */
export const Interval = ({ least, share, most, asked }) => html`
  <svg class="interval" viewBox="0 0 200 14" aria-hidden="true">
    <line class="scale" x1="0" x2="200" y1="7" y2="7" />
    <rect x=${200 * least} width=${Math.max(1, 200 * (most - least))} y="4" height="6" rx="2" />
    <circle cx=${200 * share} cy="7" r="4" />
    <line class="asked" x1=${200 * asked} x2=${200 * asked} y1="0" y2="14" />
  </svg>
`

/** A bar beside its figure, which says the same. @param {{ value: number, most: number }} props */
export const Bar = ({ value, most }) =>
  html`<svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true"><rect width=${(100 * value) / most} height="8" rx="1" /></svg>`
