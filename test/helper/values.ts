// Values as psql shows them, and the form in which each way must deliver them.
import type { Sql } from '../../src/db/connection.ts'
import { digits, parse, rawJSON } from '../../src/db/digits.ts'
import { HIDDEN_COLUMNS } from '../../src/http/graphql/names.ts'

export type Kind = 'bigint' | 'bigint[]' | 'numeric' | 'timestamp with time zone' | 'date' | 'jsonb'
export const KINDS: readonly Kind[] = [
  'bigint',
  'bigint[]',
  'numeric',
  'timestamp with time zone',
  'date',
  'jsonb',
]

export type Rows = Record<string, unknown>[]

/** A column's name in GraphQL. */
export const camel = (snake: string) => snake.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())

/** An instant to the microsecond, in UTC, the form in which psql is asked for it. */
const instant = (text: string) =>
  `${new Date(text).toISOString().slice(0, 23)}${(/\.\d{3}(\d{1,3})/.exec(text)?.[1] ?? '').padEnd(3, '0')}Z`

const exact = (text: string) =>
  JSON.stringify(
    parse(text, (_, value, { source }) =>
      typeof value === 'number' && source !== undefined ? rawJSON(source) : value,
    ),
  )

/** A value as it came from the driver or from exact JSON, as text. */
export const plain = (value: unknown): string => {
  if (typeof value === 'bigint') return String(value)
  if (value instanceof Date) return `${value.toISOString().slice(0, 23)}000Z`
  return (
    digits(value) ??
    (typeof value === 'string'
      ? value
      : JSON.stringify(value, (_, v) => (typeof v === 'bigint' ? String(v) : v)))
  )
}

/** A delivered value, as psql shows it. */
export const written = (kind: Kind, value: unknown): string => {
  if (kind === 'jsonb') return JSON.stringify(value)
  if (kind === 'bigint[]') return JSON.stringify((value as unknown[]).map(plain))
  return kind.startsWith('timestamp') && typeof value === 'string' ? instant(value) : plain(value)
}

/** What psql shows, in the form delivered by a way that keeps every digit. */
export const asShown = (kind: Kind, shown: string): string => {
  if (kind === 'jsonb') return exact(shown)
  return kind === 'bigint[]' ? JSON.stringify(shown.slice(1, -1).split(',')) : shown
}

export const toMilliseconds = (shown: string) => shown.replace(/\d{3}Z$/, '000Z')
export const toSeconds = (shown: string) => shown.replace(/\.\d{6}Z$/, '.000000Z')

/** JSON's numbers as JavaScript holds them, to fifteen digits: as docs/api.md says about GraphQL. */
export const rounded = (kind: Kind, shown: string) =>
  kind === 'jsonb' ? JSON.stringify(JSON.parse(shown)) : asShown(kind, shown)

/** The wall clock of agenda.fuso, three hours behind all year, as if it were UTC. */
export const wallClock = (shown: string) =>
  `${new Date(Date.parse(shown) - 3 * 3_600_000).toISOString().slice(0, 19)}.000000Z`

/** What REST and the command line print, every number with its digits. */
export const document = (text: string) =>
  parse(text, (_, value, { source }) =>
    typeof value === 'number' && source !== undefined ? rawJSON(source) : value,
  ) as Record<string, unknown>

export interface Column {
  readonly relation: string
  readonly column: string
  readonly kind: Kind
}

/** All columns, read from the catalogue, so that none is forgotten. */
export const catalogue = (sql: Sql) => sql<Column[]>`
  select c.relname as relation, a.attname as "column", format_type(a.atttypid, null) as kind
  from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  where c.relnamespace = 'audit'::regnamespace and c.relkind in ('r', 'p', 'v', 'm') and format_type(a.atttypid, null) = any (${[...KINDS]})
    and format('%s.%s', c.relname, a.attname) <> all (${[...HIDDEN_COLUMNS]})
  order by c.relname, a.attname collate "C"`

/** Rows as psql shows them, times in UTC, to the microsecond. JSON's own null, which only psql tells apart, counts as none. */
export async function shown(
  sql: Sql,
  from: string,
  columns: readonly Column[],
): Promise<Record<string, unknown>[]> {
  const list = columns.map(({ column, kind }) => {
    if (kind.startsWith('timestamp'))
      return `to_char("${column}" at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "${column}"`
    return kind === 'jsonb'
      ? `nullif("${column}", 'null')::text as "${column}"`
      : `"${column}"::text as "${column}"`
  })
  return [...(await sql.unsafe(`select ${list.join(', ')} from ${from}`))]
}

/** As only a test can: fills what is empty with a value that a double, a millisecond or another zone would spoil. */
export async function fill(sql: Sql): Promise<void> {
  const columns = await sql<
    { relation: string; column: string; kind: Kind; precision: number; key: boolean }[]
  >`
    select c.relname as relation, a.attname as "column", format_type(a.atttypid, null) as kind,
      case when a.atttypmod > 0 then (a.atttypmod - 4) >> 16 end as precision, a.attnotnull as key
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' and a.attidentity = ''
    where c.relnamespace = 'audit'::regnamespace and c.relkind in ('r', 'p') and format_type(a.atttypid, null) = any (${[...KINDS]})`
  const value = {
    // different for each row, and odd: no double holds it, and it may be unique
    bigint: '9007199254740993 + 2 * (ctid::text::point)[1]::bigint',
    'bigint[]': "'{9007199254740993}'",
    'timestamp with time zone': "'2026-11-10T01:30:00.123456Z'",
    date: "'2026-11-09'",
    jsonb: `'{"valor": 1234567890123.40, "lista": [1.50, null], "texto": "1.50"}'`,
  }
  await sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`
    const checks =
      await tx`select conrelid::regclass::text as relation, conname from pg_constraint where contype = 'c' and connamespace = 'audit'::regnamespace`
    for (const { relation, conname } of checks)
      await tx.unsafe(`alter table ${relation} drop constraint "${conname}"`)
    for (const { relation, column, kind, precision, key } of columns) {
      if (key) continue
      const nasty =
        kind === 'numeric' ? (precision && precision < 15 ? '0.50' : '1234567890123.40') : value[kind]
      await tx.unsafe(`update audit.${relation} set "${column}" = ${nasty} where "${column}" is null`)
    }
    await tx`update audit.divergencias_processadas set valor_em_risco = 1234567890123.40, valores_originais = '{"valor": 1234567890123.40, "n": 100.50}'`
  })
}
