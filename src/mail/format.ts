import type { Language } from '../settings/settings.ts'

// Control, format and separator characters, which would move a cursor, break a header or hide in a line.
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu

/** One line of text from the warehouse: nothing in it can break a header, or a line of the plain text. */
export function oneLine(value: unknown): string {
  return String(value ?? '').replace(UNPRINTABLE, ' ')
}

/** Of a text by which an entry is recognised; the page and the attachments show all of it. */
const LONGEST = 120

export type MailFormat = ReturnType<typeof createMailFormat>

/** Numbers, amounts (always BRL), days and times as readers of a language write them; times in the schedule's zone. */
export function createMailFormat(language: Language, zone: string) {
  const number = new Intl.NumberFormat(language)
  const money = new Intl.NumberFormat(language, { style: 'currency', currency: 'BRL' })
  const compact = new Intl.NumberFormat(language, {
    style: 'currency',
    currency: 'BRL',
    notation: 'compact',
    maximumFractionDigits: 1,
  })
  const exact = (value: string | number) => value as `${number}`
  const digits = (value: string) => {
    const places = value.split('.')[1]?.length ?? 0
    return new Intl.NumberFormat(language, {
      minimumFractionDigits: Math.min(places, 20),
      maximumFractionDigits: 20,
    }).format(exact(value))
  }
  const size = (unit: 'kilobyte' | 'megabyte') =>
    new Intl.NumberFormat(language, { style: 'unit', unit, maximumFractionDigits: 1 })
  // A confidence has four decimals; with fewer it could be rounded up to a threshold that it does not reach.
  const percent = new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 2 })
  const dates = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(language, options)
  const day = dates({ dateStyle: 'short', timeZone: zone })
  const longDay = dates({ dateStyle: 'full', timeZone: zone })
  const time = dates({ dateStyle: 'short', timeStyle: 'short', timeZone: zone })
  const hour = dates({ timeStyle: 'short', timeZone: zone })
  const plainDay = dates({ dateStyle: 'short', timeZone: 'UTC' })
  // Intl puts no-break spaces between sign and number, which mail programs and searches handle badly.
  const spaced = (text: string) => text.replaceAll(/[\u00a0\u202f]/g, ' ')

  // A date column is text YYYY-MM-DD; years before 1000 stay as they are stored.
  const plain = (date: string) =>
    /^[1-9]\d{3}-\d\d-\d\d$/.test(date) ? plainDay.format(new Date(`${date}T00:00Z`)) : date
  // A number has the digits that PostgreSQL wrote, anything else stays as it is.
  const value = (given: unknown) => {
    const { n } = (typeof given === 'object' && given !== null ? given : {}) as { n?: string }
    if (typeof n === 'string') return digits(n)
    return oneLine(typeof given === 'object' && given !== null ? JSON.stringify(given) : (given ?? '∅'))
  }

  return {
    number: (value: number) => number.format(value),
    size: (bytes: number) =>
      spaced(bytes < 1e6 ? size('kilobyte').format(bytes / 1e3) : size('megabyte').format(bytes / 1e6)),
    money: (value: string) => spaced(money.format(exact(value))),
    /** To the cent if there is nothing to shorten. */
    compact: (value: string) =>
      spaced((Math.abs(Number(value)) < 1000 ? money : compact).format(exact(value))),
    percent: (value: number) => spaced(percent.format(value)),
    day: (instant: string) => day.format(new Date(instant)),
    longDay: (instant: string) => longDay.format(new Date(instant)),
    time: (instant: string) => spaced(time.format(new Date(instant))),
    hour: (instant: string) => spaced(hour.format(new Date(instant))),
    plainDay: plain,
    /** A value of a finding. */
    value,
    /** The same where people recognise an entry by it: a date reads as they write it, and a long text is cut. */
    shown: (given: unknown) => {
      const text = value(given).trimEnd()
      if (typeof given !== 'string') return text
      return text.length > LONGEST ? `${text.slice(0, LONGEST - 1).toWellFormed()}…` : plain(text)
    },
  }
}
