import { digits } from '../db/digits.ts'
import { createRedactor } from '../log/redact.ts'
import type { Language } from '../settings/settings.ts'

const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu

export type Format = ReturnType<typeof createFormat>

const once = <T>(make: () => T): (() => T) => {
  let made: T | undefined
  return () => {
    made ??= make()
    return made
  }
}

/**
 * Numbers, amounts, days and times as people of a language write them. Amounts are always BRL; times are in the zone of the
 * database's setting.
 */
export function createFormat(language: Language) {
  // Created on first use: help and errors need none, and each costs milliseconds.
  const number = once(() => new Intl.NumberFormat(language))
  const money = once(() => new Intl.NumberFormat(language, { style: 'currency', currency: 'BRL' }))
  const percent = once(
    () =>
      new Intl.NumberFormat(language, {
        style: 'percent',
        minimumFractionDigits: 1,
        maximumFractionDigits: 2,
      }),
  )
  const seconds = once(
    () => new Intl.NumberFormat(language, { minimumFractionDigits: 1, maximumFractionDigits: 1 }),
  )
  const day = once(() => new Intl.DateTimeFormat(language, { dateStyle: 'short', timeZone: 'UTC' }))
  const timeIn = (timeZone: string) =>
    once(() => new Intl.DateTimeFormat(language, { dateStyle: 'short', timeStyle: 'medium', timeZone }))
  let time = timeIn('UTC')
  const list = once(() => new Intl.ListFormat(language))
  const cents = once(
    () => new Intl.NumberFormat(language, { minimumFractionDigits: 2, maximumFractionDigits: 20 }),
  )
  // Decimal strings keep all their digits, because amounts go beyond what a JavaScript number holds exactly.
  const exact = (value: unknown) =>
    typeof value === 'bigint' ? value : ((digits(value) ?? String(value)) as `${number}`)
  const written = (content: unknown) => {
    const amount = digits(content)
    if (amount !== undefined) return (/^-?\d+$/.test(amount) ? number : cents)().format(exact(amount))
    return content === null ? 'null' : plain(content)
  }

  return {
    /** Times are in this zone from here on. */
    useZone: (zone: string) => {
      time = timeIn(zone)
    },
    number: (value: unknown) => (value == null ? '' : number().format(exact(value))),
    money: (value: unknown) => (value == null ? '' : money().format(exact(value)).replaceAll('\u00a0', ' ')),
    percent: (value: unknown) => (value == null ? '' : percent().format(exact(value))),
    seconds: (milliseconds: number) => `${seconds().format(milliseconds / 1000)} s`,
    list: (values: Iterable<string>) => list().format(values),
    /** A `date` column, which arrives as YYYY-MM-DD. */
    day: (value: unknown) => {
      const [, year, month, dayOfMonth] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(String(value ?? '')) ?? []
      if (year === undefined) return value == null ? '' : String(value)
      // Years before 1000 (typing errors do occur) read best as they are stored.
      if (year < '1000') return String(value)
      return day().format(Date.UTC(Number(year), Number(month) - 1, Number(dayOfMonth)))
    },
    time: (value: unknown) => (value instanceof Date ? time().format(value) : String(value ?? '')),
    /** Column to value, `categoria: A; valor: 1`. */
    values: (value: unknown) =>
      value == null
        ? ''
        : Object.entries(value)
            .map(([column, content]) => `${column}: ${written(content)}`)
            .join('; '),
  }
}

/** Text of the warehouse for a terminal: its control characters must not move the cursor or colour the screen. */
export function plain(value: unknown): string {
  if (value == null) return ''
  const text = typeof value === 'object' && !(value instanceof Date) ? JSON.stringify(value) : String(value)
  return text.replace(UNPRINTABLE, ' ')
}

const redact = createRedactor([])

/**
 * An error text of a rule, the warehouse or a server, without what looks like a secret: for a terminal and for whatever keeps it.
 */
export function said(value: unknown): string {
  return redact(plain(value))
}
