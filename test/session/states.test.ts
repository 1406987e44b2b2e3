import t from 'tap'
import { STATUSES, WAITING } from '../../src/session/states.ts'
import { testDatabase } from '../helper/database.ts'

t.test('the command line and the page know the states of a finding as the database does', async (t) => {
  const { sql } = await testDatabase(t)
  const [row] =
    await sql`select audit_interno.situacoes_em_espera() as waiting, pg_get_constraintdef(oid) as checked
    from pg_constraint where conrelid = 'audit.divergencias_processadas'::regclass and conname ~ 'status'`
  t.same(WAITING, row?.['waiting'])
  t.same([...STATUSES].sort(), [...String(row?.['checked']).matchAll(/'(\w+)'/g)].map(([, s]) => s).sort())
})
