import type { Scenario } from './scenario.ts'

/**
 * Makes everything recorded in this month that many months old: no digest covers the month of a fact.
 * @returns the first day of the month in which it is then
 */
export async function age({ sql }: Pick<Scenario, 'sql'>, months: number): Promise<string> {
  return (await sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`
    const [row] = await tx`
      select (date_trunc('month', now() at time zone 'UTC') - make_interval(months => ${months}))::date::text as mes`
    const mes = row?.['mes'] as string
    await tx`select audit_interno.abrir_meses(${mes}::text::date)`
    for (const table of [
      'audit.deteccoes',
      'audit.alteracoes',
      'audit.correcoes_desfeitas',
      'audit_interno.estados',
    ])
      await tx.unsafe(
        `update ${table} set mes = '${mes}' where mes = date_trunc('month', now() at time zone 'UTC')`,
      )
    return mes
  })) as string
}
