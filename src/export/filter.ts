import type { Statement } from './read.ts'

/** A missing side is open. */
export interface FindingsFilter {
  /** Found by this session. */
  readonly sessao?: string | bigint | undefined
  readonly status?: readonly string[] | undefined
  readonly regra?: string | undefined
  /** First found on this day (of agenda.fuso) or later, YYYY-MM-DD. */
  readonly dataInicio?: string | undefined
  /** First found on this day (of agenda.fuso) or earlier, YYYY-MM-DD. */
  readonly dataFim?: string | undefined
}

/** Selects these expressions over the view for the findings that the filter chooses, in the order of their numeric ids. */
export function statementOf(filter: FindingsFilter, expressions: string): Statement {
  const { sessao, status, regra, dataInicio, dataFim } = filter
  return {
    text: `select ${expressions}
      from audit.exportar_divergencias($1::bigint, $2::text[], $3::text, $4::date, $5::date) as d order by d.id`,
    values: [
      sessao === undefined ? null : String(sessao),
      status ? [...status] : null,
      regra ?? null,
      dataInicio ?? null,
      dataFim ?? null,
    ],
  }
}
