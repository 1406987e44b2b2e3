import type { Transaction } from './copy.ts'
import { ZONE } from './sql.ts'

/** What is left out leaves that side open. */
export interface FindingsFilter {
  /** Found by this session. */
  readonly sessao?: string | bigint | undefined
  readonly status?: readonly string[] | undefined
  readonly regra?: string | undefined
  /** First found on this day in São Paulo or later, YYYY-MM-DD. */
  readonly dataInicio?: string | undefined
  /** First found on this day in São Paulo or earlier, YYYY-MM-DD. */
  readonly dataFim?: string | undefined
}

/**
 * The call of audit.exportar_divergencias. A copy takes no parameters, so the server itself quotes the values. Also sets the
 * transaction's time zone, in which the copy writes times.
 */
export async function callOf(sql: Transaction, filter: FindingsFilter): Promise<string> {
  const { sessao, status, regra, dataInicio, dataFim } = filter
  const [row] = await sql<{ call: string }[]>`
    select format('audit.exportar_divergencias(%L::bigint, %L::text[], %L::text, %L::date, %L::date)',
      ${sessao === undefined ? null : String(sessao)}::bigint, ${status ? [...status] : null}::text[], ${regra ?? null}::text,
      ${dataInicio ?? null}::date, ${dataFim ?? null}::date) as call, set_config('timezone', ${ZONE}, true)`
  return row?.call ?? ''
}
