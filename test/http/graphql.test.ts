// GraphQL as a caller meets it.
import { test } from 'tap'
import { api } from '../helper/api.ts'
import { scenario } from '../helper/scenario.ts'

test('a reader pages through findings, filters them, and follows their relations', async (t) => {
  const c = await scenario(t)
  await c.book(...Array.from({ length: 60 }, (_, i) => ({ id: i + 1, valor: i + 1, confianca: 0.5 })))
  await c.runSession()
  const { request, token } = await api(t, c)
  const reader = await token('leitor', 'bi')
  const ask = async (query: string, variables = {}) => {
    const { status, json } = await request('/graphql', { token: reader, body: { query, variables } })
    t.equal(status, 200, JSON.stringify(json))
    return json
  }
  const { divergencias } = (
    await ask(`{ divergencias(orderBy: VALOR_EM_RISCO_DESC) { totalCount pageInfo { hasNextPage endCursor }
      nodes { id valorEmRisco sessao { modo } regraRegistrada { nome divergencias { totalCount } } } } }`)
  ).data
  t.equal(divergencias.totalCount, 60)
  t.equal(divergencias.nodes.length, 50, 'one page, even if none was asked for')
  t.match(divergencias.nodes[0], {
    valorEmRisco: '60.00',
    sessao: { modo: 'manual' },
    regraRegistrada: { nome: 'errada', divergencias: { totalCount: 60 } },
  })
  const next = await ask(
    `query ($depois: Cursor) { divergencias(orderBy: VALOR_EM_RISCO_DESC, after: $depois) {
      pageInfo { hasNextPage } nodes { valorEmRisco } } }`,
    { depois: divergencias.pageInfo.endCursor },
  )
  t.equal(next.data.divergencias.nodes.length, 10)
  t.equal(next.data.divergencias.nodes[0].valorEmRisco, '10.00')
  t.equal(next.data.divergencias.pageInfo.hasNextPage, false)
  const last = await ask('{ divergencias(last: 3) { nodes { id } } }')
  t.equal(last.data.divergencias.nodes.length, 3)
  const some = await ask(
    `query ($de: BigFloat!) { divergenciasAbertas(filter: { valorEmRisco: { greaterThanOrEqualTo: $de, lessThan: "58" },
      status: { in: ["aberta", "falha"] } }) { totalCount } }`,
    { de: '55.5' },
  )
  t.equal(some.data.divergenciasAbertas.totalCount, 2)
})
