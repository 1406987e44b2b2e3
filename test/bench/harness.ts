// Alternates a floor and our way in one process and database, so that the noise of a shared machine affects both.
import { performance } from 'node:perf_hooks'
import type { Sql } from '../../src/db/connection.ts'

export interface Context {
  readonly sql: Sql
  /** Superuser's URL of the bench's own database. */
  readonly url: string
  /** Superuser's URL of the server, to make further databases. */
  readonly serverUrl: string
  /** Rows of the warehouse. */
  readonly rows: number
  /** Alternating runs of each measure. */
  readonly runs: number
  /** Entries and runs of a flood, of which ten shapes are poured and whose processor time hardly varies: fewer, unless asked for. */
  readonly flood: { readonly rows: number; readonly runs: number }
  /** A directory for files, removed at the end. */
  readonly dir: string
  say(line: string): void
}

export type Unit = 's' | 'ms' | 'bytes' | 'MB'

/** One row of the table. A measure without a floor compares the bar with our value itself. */
export interface Result {
  readonly name: string
  readonly work: string
  readonly floor: string
  readonly unit: Unit
  readonly floorRuns: readonly number[]
  readonly runs: readonly number[]
  /** Greatest ratio of the medians (at least, when `atLeast`), or greatest value when there is no floor. */
  readonly bar?: number
  readonly atLeast?: boolean
  readonly note?: string
  /** The reason why it misses its bar, if it does. */
  readonly why?: string
}

export interface Measure {
  /** Its name for `--only`, and of its file. */
  readonly name: string
  /** It works in databases of its own alone. */
  readonly apart?: true
  run(context: Context): Promise<readonly Result[]>
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length / 2
  return sorted.length % 2 === 1
    ? (sorted[Math.floor(middle)] ?? Number.NaN)
    : ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2
}

export function ratio({ floorRuns, runs }: Result): number | undefined {
  return floorRuns.length > 0 ? median(runs) / median(floorRuns) : undefined
}

/** How far it misses its bar: in times the floor or in the unit, as in the table. */
export function missedBy(result: Result): number | undefined {
  if (result.bar === undefined || isMet(result) !== false) return undefined
  return Math.abs((ratio(result) ?? median(result.runs)) - result.bar)
}

export function isMet(result: Result): boolean | undefined {
  if (result.bar === undefined || result.runs.length === 0) return undefined
  const value = ratio(result) ?? median(result.runs)
  return result.atLeast ? value >= result.bar : value <= result.bar
}

let clock = () => performance.now() / 1000

/** Seconds, of the wall's clock unless `measureBy` said another. */
export const now = (): number => clock()

/** From now on, seconds are those of another clock. */
export function measureBy(other: () => number): void {
  clock = other
}

/** Seconds that the work takes. */
export async function seconds(work: () => PromiseLike<unknown>): Promise<number> {
  const began = now()
  await work()
  return now() - began
}

export interface Sides {
  floor(run: number): Promise<number>
  ours(run: number): Promise<number>
  /** Before each side, not measured. */
  before?(run: number): Promise<unknown>
}

/** Runs both sides in turns, each going first in every other run; both return what they measured. */
export async function alternate(
  runs: number,
  { floor, ours, before }: Sides,
): Promise<Pick<Result, 'floorRuns' | 'runs'>> {
  const measured = { floorRuns: [] as number[], runs: [] as number[] }
  for (let run = 1; run <= runs; run++) {
    const sides = [
      async () => measured.floorRuns.push(await floor(run)),
      async () => measured.runs.push(await ours(run)),
    ]
    for (const side of run % 2 === 1 ? sides : sides.reverse()) {
      await before?.(run)
      await side()
    }
  }
  return measured
}
