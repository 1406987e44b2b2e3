// How amounts, shares, days and values look.
import { LANGUAGE, t } from './words.mjs'

const MONEY = new Intl.NumberFormat(LANGUAGE, { style: 'currency', currency: 'BRL' })
const ROUGHLY = new Intl.NumberFormat(LANGUAGE, {
  style: 'currency',
  currency: 'BRL',
  notation: 'compact',
  maximumFractionDigits: 1,
})
// Cut off, not rounded: what is not certain is not shown as 100%, nor a confidence as a threshold that it does not reach.
const SHARE = new Intl.NumberFormat(LANGUAGE, {
  style: 'percent',
  maximumFractionDigits: 2,
  roundingMode: 'trunc',
})
const AMOUNT = new Intl.NumberFormat(LANGUAGE, { minimumFractionDigits: 2, maximumFractionDigits: 6 })
const NUMBER = new Intl.NumberFormat(LANGUAGE, { maximumFractionDigits: 4 })
const MOMENT = new Intl.DateTimeFormat(LANGUAGE, { dateStyle: 'short', timeStyle: 'short', timeZone: 'UTC' })
const CLOCK = new Intl.DateTimeFormat(LANGUAGE, { timeStyle: 'short', timeZone: 'UTC' })
const WEEKDAY = new Intl.DateTimeFormat(LANGUAGE, { weekday: 'long', timeZone: 'UTC' })
const DAY = new Intl.DateTimeFormat(LANGUAGE, { dateStyle: 'short', timeZone: 'UTC' })
const SHORT_DAY = new Intl.DateTimeFormat(LANGUAGE, { day: '2-digit', month: '2-digit', timeZone: 'UTC' })

// Beyond this, a number that arrived as JSON has lost cents.
const EXACT = 2 ** 46

// From text, so that an amount keeps all its digits.
/** @param {any} amount */
export const money = (amount) => MONEY.format(amount)
/** @param {any} amount */
export const roughly = (amount) => ROUGHLY.format(amount)
/** @param {any} share */
export const share = (share) => SHARE.format(share)
/** @param {any} n */
export const number = (n) => NUMBER.format(n)

/**
 * A time in the zone of agenda.fuso, wherever the browser is: the server writes times in that zone.
 * @param {string} moment
 */
const local = (moment) => new Date(`${moment.slice(0, 19)}Z`)
/** @param {string} at */
export const moment = (at) => MOMENT.format(local(at))
/** @param {string} at */
export const clock = (at) => CLOCK.format(local(at))
/** @param {string} at */
export const weekday = (at) => WEEKDAY.format(local(at))
const MONTH = new Intl.DateTimeFormat(LANGUAGE, { month: '2-digit', year: 'numeric', timeZone: 'UTC' })
/** The month of a day, as 10/2026. @param {string} day */
export const month = (day) => MONTH.format(new Date(`${day}T00:00:00Z`))
/** @param {string} at */
export const dayOf = (at) => at.slice(0, 10)

/**
 * A day, without the year if it is this year's.
 * @param {string} day
 * @param {string} [today]
 */
export const date = (day, today = '') =>
  (day.slice(0, 4) === today.slice(0, 4) ? SHORT_DAY : DAY).format(new Date(`${day}T00:00:00Z`))

/**
 * Days from one to another.
 * @param {string} from
 * @param {string} to
 */
export const daysBetween = (from, to) => Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000)

/**
 * Puts values into a text of the catalogue.
 * @param {string} text
 * @param {Record<string, unknown>} values
 */
export const say = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => String(values[name]))

/**
 * @param {{ one: string, many: string }} text
 * @param {number} n
 */
export const count = ({ one, many }, n) => (n === 1 ? one : say(many, { n: n.toLocaleString(LANGUAGE) }))

/**
 * @param {string | number} from
 * @param {string | number} to
 */
export const shares = (from, to) => {
  const [low, high] = [share(from), share(to)]
  return low === high ? low : say(t.range, { from: low, to: high })
}

/**
 * A value as people write it; a missing one is a dash.
 * @param {unknown} value
 */
export function plain(value) {
  if (value === null || value === undefined || value === '') return '—'
  if (typeof value === 'boolean') return value ? t.yes : t.no
  if (typeof value === 'object') return JSON.stringify(value)
  const text = String(value)
  if (/^\d{4}-\d\d-\d\d$/.test(text)) return date(text)
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(text) ? moment(text) : text
}

/**
 * The value of a row's column: a number is an amount.
 * @param {unknown} value
 */
export const held = (value) =>
  typeof value === 'number' ? `${Math.abs(value) > EXACT ? '≈ ' : ''}${AMOUNT.format(value)}` : plain(value)

/** @param {Record<string, unknown> | null | undefined} values */
export const heldAll = (values) =>
  Object.entries(values ?? {})
    .map(([column, value]) => `${label(column)}: ${held(value)}`)
    .join('; ')

/**
 * The name of a column or of a fact, for people.
 * @param {string} name
 */
export const label = (name) =>
  t.label[/** @type {keyof typeof t.label} */ (name)] ?? name.replaceAll('_', ' ')

/**
 * Letters only, for comparing a search with what there is.
 * @param {string} text
 */
export const folded = (text) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()

/** @param {string} status */
export const statusName = (status) => t.status[/** @type {keyof typeof t.status} */ (status)] ?? status

/** Results in which a decision did not achieve something. */
const MISSED = ['deixada', 'falha', 'obsoleta', 'conflito', 'ausente', 'recusada']

/**
 * What became of the findings, as `2 corrigidas, 1 falhou (…)`, and whether anything was not achieved.
 * @param {readonly { id: string, status: string, motivo?: string | null, resultado?: string, explicacao?: string | null }[]} results
 */
export function outcome(results) {
  const became = (/** @type {any} */ { resultado, status }) => (resultado === 'deixada' ? resultado : status)
  const what = [...Map.groupBy(results, became)]
    .map(([status, some]) => {
      const why =
        status === 'falha'
          ? some.find(({ motivo }) => motivo)?.motivo
          : status === 'deixada'
            ? reasons(some)
            : undefined
      const said = t.became[/** @type {keyof typeof t.became} */ (status)] ?? {
        one: `1 ${status}`,
        many: `{n} ${status}`,
      }
      return `${count(said, some.length)}${why ? ` (${why})` : ''}`
    })
    .join(', ')
  const missed = results.filter((result) => MISSED.includes(became(result))).length
  return { missed, text: say(missed === results.length ? t.notDone : t.done, { what }) }
}

/** @param {readonly { id: string, explicacao?: string | null }[]} left */
const reasons = (left) =>
  left
    .slice(0, 5)
    .map(({ id, explicacao }) => `${say(t.numbered, { id })} ${explicacao}`)
    .join('; ') + (left.length > 5 ? '; …' : '')

/**
 * Whether there is anything to approve.
 * @param {any} finding
 */
export const proposes = ({ valoresDigitados, valoresPropostos }) =>
  Object.keys(valoresDigitados ?? valoresPropostos).length > 0
