// Pages and filters of GraphQL over columns that may be null: nothing is lost, in either direction.
import { test } from 'tap'
import { api } from '../helper/api.ts'
import { type Scenario, scenario } from '../helper/scenario.ts'

const MANY = 25

async function decidedOnes(c: Scenario) {
  await c.book(...Array.from({ length: MANY }, (_, i) => ({ id: i + 1, confianca: 0.5 })))
  await c.runSession()
  await c.reject('ana', ...Array.from({ length: 11 }, (_, i) => i + 1))
}

async function reader(t: Parameters<typeof api>[0], c: Scenario) {
  const { request, token, failures } = await api(t, c)
  const bearer = await token('leitor', 'bi')
  return {
    failures,
    ask: async (query: string, variables = {}) =>
      (await request('/graphql', { token: bearer, body: { query, variables } })).json,
  }
}

test('paging by a column that may be null reaches every row once, forwards and backwards', async (t) => {
  const c = await scenario(t)
  await decidedOnes(c)
  await c.sql`insert into audit.operacoes (tipo, ator, motivo) select 'externa', 'teste', 'x' from generate_series(1, 9)`
  const { ask } = await reader(t, c)
  const lists: [string, string][] = [
    ['divergencias', 'DECIDIDA_EM_ASC'],
    ['divergencias', 'DECIDIDA_EM_DESC'],
    ['divergencias', '[DECIDIDA_POR_DESC, VALOR_EM_RISCO_ASC]'],
    ['divergencias', 'VALOR_EM_RISCO_ASC'],
    ['operacoes', 'SESSAO_ID_ASC'],
    ['operacoes', 'SESSAO_ID_DESC'],
    ['divergenciasAbertas', 'PROPOSTA_POR_ASC'],
    ['divergenciasAbertas', 'ID_DESC'],
  ]
  for (const [list, order] of lists) {
    const { data } = await ask(`{ ${list} { totalCount } }`)
    const total = data[list].totalCount
    t.ok(total > 9, list)
    const all = (await ask(`{ ${list}(first: 1000, orderBy: ${order}) { nodes { id } } }`)).data[list]
    const ids = all.nodes.map(({ id }: { id: string }) => id)
    for (const [size, cursor, edge, more] of [
      ['first', 'after', 'endCursor', 'hasNextPage'],
      ['last', 'before', 'startCursor', 'hasPreviousPage'],
    ] as const) {
      const seen: string[] = []
      let at: string | null = null
      do {
        const { data, errors } = await ask(
          `query ($at: Cursor) { ${list}(${size}: 4, orderBy: ${order}, ${cursor}: $at) { pageInfo { ${edge} ${more} } nodes { id } } }`,
          { at },
        )
        t.equal(errors, undefined)
        const page = data[list].nodes.map(({ id }: { id: string }) => id)
        if (size === 'first') seen.push(...page)
        else seen.unshift(...page)
        at = data[list].pageInfo[more] ? data[list].pageInfo[edge] : null
      } while (at !== null && seen.length < 2 * total)
      t.same(seen, ids, `${list} ${order} ${size}`)
    }
    t.equal(ids.length, total)
  }
})

test('"not equal" includes rows without a value', async (t) => {
  const c = await scenario(t)
  await decidedOnes(c)
  const { ask } = await reader(t, c)
  const count = async (filter: string) =>
    (await ask(`{ divergencias(filter: { decididaPor: { ${filter} } }) { totalCount } }`)).data.divergencias
      .totalCount
  t.equal(await count('equalTo: "ana"'), 11)
  t.equal(await count('notEqualTo: "ana"'), MANY - 11)
  t.equal(await count('notIn: ["ana", "bruno"]'), MANY - 11)
  t.equal(await count('notEqualTo: "bruno"'), MANY)
  t.equal(await count('notIn: []'), MANY)
  t.equal(await count('notEqualTo: "bruno", isNull: false'), 11)
  const { data } = await ask(
    '{ divergencias(filter: { not: { decididaPor: { equalTo: "ana" } } }) { totalCount } }',
  )
  t.equal(data.divergencias.totalCount, MANY - 11)
})

test("a cursor of another list, another order, or of no list is the caller's error", async (t) => {
  const c = await scenario(t)
  await decidedOnes(c)
  const { ask, failures } = await reader(t, c)
  const { data } = await ask(
    '{ divergencias(first: 1, orderBy: VALOR_EM_RISCO_DESC) { pageInfo { endCursor } } }',
  )
  const cursor = data.divergencias.pageInfo.endCursor
  const parts = JSON.parse(Buffer.from(cursor, 'base64').toString())
  const forged = (...values: unknown[]) =>
    Buffer.from(JSON.stringify([parts[0], ...values])).toString('base64')
  for (const [at, order] of [
    [cursor, 'ID_ASC'],
    ['nada', 'ID_ASC'],
    [forged('um', 'dois'), 'VALOR_EM_RISCO_DESC'],
    [forged({}, []), 'VALOR_EM_RISCO_DESC'],
    [forged('1'), 'VALOR_EM_RISCO_DESC'],
    [forged('1', '99999999999999999999'), 'VALOR_EM_RISCO_DESC'],
  ]) {
    const { errors } = await ask(
      `query ($at: Cursor) { divergencias(orderBy: ${order}, after: $at) { nodes { id } } }`,
      { at },
    )
    t.equal(errors?.[0]?.extensions?.numero, undefined, `${at} ${order}`)
    t.match(errors, [{ message: /cursor|não é do tipo esperado/ }])
  }
  t.same(failures, [], 'none of them was ours')
})
