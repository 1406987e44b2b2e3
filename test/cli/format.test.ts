import t from 'tap'
import { createFormat } from '../../src/cli/format.ts'
import { connect } from '../../src/db/connection.ts'
import { testDatabase } from '../helper/database.ts'

t.test('an amount inside a finding keeps all its digits, in lists and in JSON', async (t) => {
  const { url } = await testDatabase(t)
  const sql = connect(url, { max: 1, exactJson: true })
  t.teardown(() => sql.end())
  const [row] = await sql`
    select '{"valor": 3270000.00, "grande": 12345678901234567890.10, "linhas": 1500, "taxa": 0.5, "nome": "3.00"}'::jsonb as v`
  t.equal(
    createFormat('pt-BR').values(row?.['v']),
    'nome: 3.00; taxa: 0,50; valor: 3.270.000,00; grande: 12.345.678.901.234.567.890,10; linhas: 1.500',
  )
  t.match(JSON.stringify(row?.['v']), /"valor":3270000\.00[,}]/)
  t.match(JSON.stringify(row?.['v']), /"grande":12345678901234567890\.10[,}]/)
})
