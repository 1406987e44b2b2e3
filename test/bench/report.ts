// The table, for people and for programs.
import { cpus, totalmem } from 'node:os'
import type { Sql } from '../../src/db/connection.ts'
import { isMet, median, missedBy, type Result, ratio, type Unit } from './harness.ts'

export interface Machine {
  readonly date: string
  readonly cpu: string
  readonly cores: number
  readonly memoryGb: number
  readonly node: string
  readonly postgres: string
  readonly rows: number
  readonly runs: number
  readonly settings: Readonly<Record<string, string>>
}

const SETTINGS = [
  'shared_buffers',
  'work_mem',
  'maintenance_work_mem',
  'effective_cache_size',
  'max_wal_size',
  'random_page_cost',
  'fsync',
  'synchronous_commit',
  'full_page_writes',
  'jit',
  'max_parallel_workers_per_gather',
]

export async function describe(sql: Sql, rows: number, runs: number): Promise<Machine> {
  const settings = await sql<{ name: string; value: string }[]>`
    select name, current_setting(name) as value from pg_settings where name = any (${SETTINGS}) order by name`
  const [server] = await sql<{ version: string }[]>`select current_setting('server_version') as version`
  return {
    date: new Date().toISOString().slice(0, 16).replace('T', ' '),
    cpu: cpus()[0]?.model ?? '',
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    node: process.versions.node,
    postgres: server?.version ?? '',
    rows,
    runs,
    settings: Object.fromEntries(settings.map(({ name, value }) => [name, value])),
  }
}

const DECIMALS: Record<Unit, number> = { s: 2, ms: 0, bytes: 0, MB: 0 }

function amount(values: readonly number[], unit: Unit): string {
  if (values.length === 0) return ''
  const value = median(values)
  return `${value.toFixed(unit === 's' && value < 0.1 ? 3 : DECIMALS[unit])} ${unit}`
}

function cells(result: Result): string[] {
  const times = ratio(result)
  const met = isMet(result)
  const missed = missedBy(result)
  const { bar, atLeast } = result
  const limit = times === undefined ? `${bar} ${result.unit}` : (bar ?? 0).toFixed(2).replace(/\.?0+$/, '')
  return [
    result.work,
    result.floor,
    amount(result.floorRuns, result.unit),
    amount(result.runs, result.unit),
    times === undefined ? '' : times.toFixed(2),
    bar === undefined ? '' : `${atLeast ? '≥ ' : ''}${limit}`,
    met === undefined ? '' : missed === undefined ? 'yes' : `no, by ${missed.toFixed(2)}`,
    [missed === undefined ? undefined : result.why, result.note].filter(Boolean).join('; '),
  ]
}

const HEAD = ['work', 'floor', 'floor, median', 'ours, median', 'ratio', 'bar', 'met', 'note']

/** A table in Markdown, aligned so that it reads well in a terminal too. */
export function table(results: readonly Result[]): string {
  const rows = [HEAD, ...results.map(cells)]
  const widths = HEAD.map((_, column) => Math.max(3, ...rows.map((row) => row[column]?.length ?? 0)))
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`
  const [head = [], ...body] = rows
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n')
}

export function heading(machine: Machine): string {
  const settings = Object.entries(machine.settings).map(([name, value]) => `${name} ${value}`)
  return [
    `${machine.date} UTC · ${machine.cores} × ${machine.cpu} · ${machine.memoryGb} GB · Node ${machine.node} · PostgreSQL ${machine.postgres}`,
    `${machine.rows} rows · ${machine.runs} alternating runs, medians · ${settings.join(', ')}`,
  ].join('\n')
}
