// The figures of a group.
import { count, daysBetween, money, number, say, share, shares } from './format.mjs'
import { html } from './preact.mjs'
import { t } from './words.mjs'

/** @param {{ group: import('./groups.mjs').Group, today: string }} props */
export function Tally({ group, today }) {
  const { count: n, value, from, to, alike, right, two, since, status } = group
  const days = today && since ? daysBetween(since.slice(0, 10), today) : 0
  const fact = (/** @type {unknown} */ figure, /** @type {string} */ name, tone = '') =>
    html`<div class=${tone}><dt>${name}</dt><dd>${figure}</dd></div>`
  return html`
    <dl class="tally">
      ${fact(number(n), n === 1 ? t.tally.one : t.tally.many)}
      ${fact(money(value), t.tally.value)}
      ${fact(shares(from, to), t.tally.confidence)}
      ${fact(alike === 0 ? t.tally.none : say(t.tally.of, { right, alike, share: share(right / alike) }), t.tally.alike)}
      ${fact(days === 0 ? t.tally.today : count(t.days, days), t.tally.oldest)}
      ${two > 0 && status !== 'aguardando_segunda_aprovacao' && fact(two >= n ? t.tally.all : two, t.tally.two, 'warn')}
    </dl>
  `
}
