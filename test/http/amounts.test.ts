// An amount leaves the database by several ways, and by each it has the digits that PostgreSQL wrote.
import { test } from 'tap'
import { connect } from '../../src/db/connection.ts'
import { exportFindings, inTransaction } from '../../src/export/index.ts'
import { conferente, personal } from '../cli/helper.ts'
import { api } from '../helper/api.ts'
import { scenario } from '../helper/scenario.ts'

const AMOUNTS = ['0.10', '100.00', '90071992547409.93', '1234567890123.40']

test('an amount and a confidence have the same digits in psql, REST, GraphQL, files and on the command line', async (t) => {
  const c = await scenario(t)
  for (const [i, amount] of AMOUNTS.entries()) {
    await c.book({ id: i + 1, confianca: 0.9 })
    await c.sql`update dw.lancamentos set valor = ${amount} where id = ${i + 1}`
  }
  await c.runSession()
  const told = await c.sql`
    select registro_id, valor_em_risco::text as valor, confianca::text as confianca from audit.divergencias_processadas order by registro_id`
  t.same(
    told.map(({ valor }) => valor),
    AMOUNTS,
    'psql',
  )

  const server = await api(t, c)
  const token = await server.token('leitor')
  const { text } = await server.request('/api/v1/divergencias?ordem=id', { token })
  t.same(
    [...text.matchAll(/"valor_em_risco": ?([\d.]+)/g)].map(([, digits]) => digits),
    AMOUNTS,
    'REST',
  )
  t.same(
    [...new Set([...text.matchAll(/"confianca": ?([\d.]+)/g)].map(([, digits]) => digits))],
    [told[0]?.['confianca']],
  )

  const query = '{ divergencias(orderBy: [ID_ASC]) { nodes { registroId valorEmRisco confianca } } }'
  const { data } = (await server.request('/graphql', { token, body: { query } })).json
  t.same(
    data.divergencias.nodes,
    told.map((r) => ({ registroId: r['registro_id'], valorEmRisco: r['valor'], confianca: r['confianca'] })),
    'GraphQL',
  )

  const listed = await conferente(['listar', '--json'], { url: personal(c.url, 'leo') })
  t.same(
    [...listed.stdout.matchAll(/"valor_em_risco": ?"?([\d.]+)/g)].map(([, digits]) => digits).sort(),
    [...AMOUNTS].sort(),
    'command line',
  )
  const file = async (exactJson: boolean, format: 'csv' | 'xlsx') => {
    const sql = connect(personal(c.url, 'leo'), { max: 1, exactJson })
    const { stream } = exportFindings(
      inTransaction(sql),
      {},
      {
        format,
        language: 'pt-BR',
        ...(format === 'csv' && { dialect: 'rfc4180' as const }),
      },
    )
    const bytes = Buffer.concat(await stream.toArray())
    await sql.end()
    return bytes
  }
  const csv = (await file(false, 'csv')).toString()
  for (const amount of AMOUNTS) t.ok(csv.includes(amount), `CSV has ${amount}`)
  t.same(await file(true, 'csv'), await file(false, 'csv'), 'however the connection reads JSON')
  t.equal((await file(true, 'xlsx')).length, (await file(false, 'xlsx')).length)
})

test('simulations and sessions return the same, however the connection reads JSON', async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1, confianca: 0.9 }, { id: 2, confianca: 1 })
  await c.sql`update dw.lancamentos set valor = 1234567890123.40`
  const answers = []
  for (const exactJson of [false, true]) {
    const sql = connect(personal(c.url, 'olivia'), { max: 1, exactJson })
    const [row] =
      await sql`select * from audit.processar_divergencias('auto', regras => '{errada}', simular => true)`
    // from two moments, and so from two sessions
    const same = Object.entries(row ?? {}).filter(
      ([name, value]) => name !== 'id' && !(value instanceof Date),
    )
    answers.push(
      JSON.parse(
        JSON.stringify(same, (key, value) =>
          /^(duracao|carregado_)/.test(key) ? undefined : typeof value === 'bigint' ? String(value) : value,
        ),
      ),
    )
    await sql.end()
  }
  t.match(JSON.stringify(answers[0]), /1234567890123/)
  t.same(answers[1], answers[0])
})
