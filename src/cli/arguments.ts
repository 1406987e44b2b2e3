import type { Catalogue } from '../i18n/index.ts'
import { UsageError } from './errors.ts'

/**
 * Checks of arguments, before any database is opened. Each throws UsageError in the user's words.
 * Longer than a screen, because they share the language; each is a few lines.
 */
export function createParsers(text: Catalogue) {
  const { usage } = text

  /** A day of the calendar: 2026-02-30 is none. */
  function day(value: string): string {
    const [, year = '', month = '', dayOfMonth = ''] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(value) ?? []
    if (year === '') throw new UsageError(usage.dateForm(value))
    const date = new Date(0)
    date.setUTCFullYear(Number(year), Number(month) - 1, Number(dayOfMonth))
    if (
      year === '0000' ||
      date.getUTCMonth() !== Number(month) - 1 ||
      date.getUTCDate() !== Number(dayOfMonth)
    ) {
      throw new UsageError(usage.dateImpossible(value))
    }
    return value
  }

  /** A month, such as 2026-10; gives its first day. */
  function month(value: string): string {
    if (!/^(?!0000)\d{4}-(0[1-9]|1[0-2])$/.test(value)) throw new UsageError(usage.monthForm(value))
    return `${value}-01`
  }

  function integer(least: number, most: number) {
    return (value: string) => {
      const number = /^-?\d{1,15}$/.test(value) ? Number(value) : Number.NaN
      if (!(number >= least && number <= most)) throw new UsageError(usage.integer(value, least, most))
      return number
    }
  }

  /** A key of the audit schema, kept as text: it may be larger than a JavaScript number holds. */
  function id(value: string): string {
    if (!/^\d{1,18}$/.test(value)) throw new UsageError(usage.id(value))
    return value
  }

  /** A position of the audit chain, as mail writes it; 0 is the beginning. */
  function link(value: string): string {
    if (!/^\d{1,18}$/.test(value)) throw new UsageError(usage.link(value))
    return value
  }

  function seal(value: string): string {
    if (!/^[0-9a-f]{64}$/i.test(value)) throw new UsageError(usage.seal(value))
    return value
  }

  function oneOf(values: readonly string[]) {
    return (value: string) => {
      if (!values.includes(value)) throw new UsageError(usage.oneOf(value, values.join(', ')))
      return value
    }
  }

  function assignment(value: string, previous: Record<string, string> = {}): Record<string, string> {
    const at = value.indexOf('=')
    if (at < 1) throw new UsageError(usage.assignment(value))
    return { ...previous, [value.slice(0, at).trim()]: value.slice(at + 1) }
  }

  return {
    day,
    month,
    integer,
    id,
    link,
    seal,
    oneOf,
    assignment,
    ids: (value: string, previous: string[] = []) => [...previous, id(value)],
    texts: (value: string, previous: string[] = []) => [...previous, value],
  }
}
