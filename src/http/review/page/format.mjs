// How amounts, shares, days and values look.
import { LANGUAGE, t } from './words.mjs'

const MONEY = new Intl.NumberFormat(LANGUAGE, { style: 'currency', currency: 'BRL' })
// A confidence has four decimals: fewer would round one up to a threshold that it does not reach.
const SHARE = new Intl.NumberFormat(LANGUAGE, { style: 'percent', maximumFractionDigits: 2 })
const MOMENT = new Intl.DateTimeFormat(LANGUAGE, { dateStyle: 'short', timeStyle: 'short', timeZone: 'UTC' })

// From text, so that an amount keeps all its digits.
/** @param {any} amount */
export const money = (amount) => MONEY.format(amount)
/** @param {any} share */
export const share = (share) => SHARE.format(share)
/**
 * A time as the clock of agenda.fuso showed it, wherever the browser is: the server writes times in that zone.
 * @param {string} moment
 */
export const moment = (moment) => MOMENT.format(new Date(`${moment.slice(0, 19)}Z`))

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
 * A value as people write it; nothing is a dash.
 * @param {unknown} value
 */
export const plain = (value) =>
  value === null || value === undefined || value === ''
    ? '—'
    : typeof value === 'object'
      ? JSON.stringify(value)
      : String(value)

/** @param {string} status */
export const statusName = (status) => t.status[/** @type {keyof typeof t.status} */ (status)] ?? status

/** What a decision did not achieve. */
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
            ? some.map(({ id, explicacao }) => `${say(t.numbered, { id })} ${explicacao}`).join('; ')
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

/**
 * Whether there is anything to approve.
 * @param {any} finding
 */
export const proposes = ({ valoresDigitados, valoresPropostos }) =>
  Object.keys(valoresDigitados ?? valoresPropostos).length > 0
