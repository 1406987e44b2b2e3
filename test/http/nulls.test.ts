// Pages and filters of GraphQL over columns that may be null: nothing is lost, in either direction.
import { test } from 'tap'
import { api } from '../helper/api.ts'
import { type Cenario, cenario } from '../helper/scenario.ts'

const MANY = 25

async function decididas(c: Cenario) {
  await c.lancar(...Array.from({ length: MANY }, (_, i) => ({ id: i + 1, confianca: 0.5 })))
  await c.processar()
  await c.rejeitar('ana', ...Array.from({ length: 11 }, (_, i) => i + 1))
}

async function leitor(t: Parameters<typeof api>[0], c: Cenario) {
  const { pedir, token, failures } = await api(t, c)
  const bearer = await token('leitor', 'bi')
  return {
    failures,
    perguntar: async (query: string, variables = {}) =>
      (await pedir('/graphql', { token: bearer, body: { query, variables } })).json,
  }
}

test('paging by a column that may be null reaches every row once, forwards and backwards', async (t) => {
  const c = await cenario(t)
  await decididas(c)
  await c.sql`insert into audit.operacoes (tipo, ator, motivo) select 'externa', 'teste', 'x' from generate_series(1, 9)`
  const { perguntar } = await leitor(t, c)
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
    const { data } = await perguntar(`{ ${list} { totalCount } }`)
    const total = data[list].totalCount
    t.ok(total > 9, list)
    const all = (await perguntar(`{ ${list}(first: 1000, orderBy: ${order}) { nodes { id } } }`)).data[list]
    const ids = all.nodes.map(({ id }: { id: string }) => id)
    for (const [size, cursor, edge, more] of [
      ['first', 'after', 'endCursor', 'hasNextPage'],
      ['last', 'before', 'startCursor', 'hasPreviousPage'],
    ] as const) {
      const seen: string[] = []
      let at: string | null = null
      do {
        const { data, errors } = await perguntar(
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

test('what is not equal to a value takes in what has none', async (t) => {
  const c = await cenario(t)
  await decididas(c)
  const { perguntar } = await leitor(t, c)
  const count = async (filter: string) =>
    (await perguntar(`{ divergencias(filter: { decididaPor: { ${filter} } }) { totalCount } }`)).data
      .divergencias.totalCount
  t.equal(await count('equalTo: "ana"'), 11)
  t.equal(await count('notEqualTo: "ana"'), MANY - 11)
  t.equal(await count('notIn: ["ana", "bruno"]'), MANY - 11)
  t.equal(await count('notEqualTo: "bruno"'), MANY)
  t.equal(await count('notIn: []'), MANY)
  t.equal(await count('notEqualTo: "bruno", isNull: false'), 11)
  const { data } = await perguntar(
    '{ divergencias(filter: { not: { decididaPor: { equalTo: "ana" } } }) { totalCount } }',
  )
  t.equal(data.divergencias.totalCount, MANY - 11)
})

test("a cursor of another list, another order, or of no list is the caller's error", async (t) => {
  const c = await cenario(t)
  await decididas(c)
  const { perguntar, failures } = await leitor(t, c)
  const { data } = await perguntar(
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
    const { errors } = await perguntar(
      `query ($at: Cursor) { divergencias(orderBy: ${order}, after: $at) { nodes { id } } }`,
      { at },
    )
    t.equal(errors?.[0]?.extensions?.numero, undefined, `${at} ${order}`)
    t.match(errors, [{ message: /cursor|não é do tipo esperado/ }])
  }
  t.same(failures, [], 'none of them was ours')
})

// biome-ignore lint/suspicious/noExplicitAny: an answer of whatever shape the query has
type Json = any

interface Field {
  readonly name: string
  readonly args: readonly { readonly name: string; readonly type: Type }[]
  readonly type: Type
}
interface Type {
  readonly kind: string
  readonly name: string | null
  readonly ofType: Type | null
}

test('so it is in every list of the schema, by every column that may be null, also below a row', async (t) => {
  const c = await cenario(t)
  await decididas(c)
  await c.aprovar('ana', 12, 13, 14)
  await c.pessoa('ana')`select audit.reverter_divergencias('{12}', 'era outra nota')`
  await c.pessoa(
    'ana',
  )`select audit.declarar_excecao('errada', 'dw.lancamentos', n::text, 'está certo', now() + interval '9 days')
    from generate_series(1, 4) as n`
  await c.sql.unsafe(`
    insert into audit.operacoes (tipo, ator, motivo) select 'externa', 'teste', case when n > 4 then 'x' end from generate_series(1, 9) as n;
    insert into audit.agendamentos (previsto_para, agendado_por, erro_codigo)
      select now() - make_interval(days => n), 'teste', case when n > 2 then 'NC010' end from generate_series(1, 5) as n;
    select audit.registrar_token('bi ' || n, 'leitor', now() + interval '1 day') from generate_series(1, 5) as n;
    select audit.revogar_acesso(nome => 'bi ' || n, motivo => 'saiu') from generate_series(1, 3) as n;
    select audit.salvar_padrao('descricao', 'contem', 'verba ' || n, 'incluir', 'frase') from generate_series(1, 5) as n`)
  for (const modo of ['manual', 'auto'] as const) await c.processar(modo)
  const server = await api(t, c)
  const bearer = await server.token('administrador')
  const perguntar = async (query: string, variables = {}) =>
    (await server.pedir('/graphql', { token: bearer, body: { query, variables } })).json
  const { data } =
    await perguntar(`{ __schema { types { name enumValues { name } fields { name args { name type { ...T } } type { ...T } } } } }
    fragment T on __Type { kind name ofType { kind name ofType { kind name } } }`)
  const types = new Map<string, { fields: Field[] | null; enumValues: { name: string }[] | null }>(
    data.__schema.types.map((type: { name: string }) => [type.name, type]),
  )
  const named = (type: Type): Type => (type.ofType ? named(type.ofType) : type)
  const fields = (name: string | null) => types.get(name ?? '')?.fields ?? []
  const lists = (name: string) =>
    fields(name).filter(
      ({ type, args }) =>
        /Connection$/.test(named(type).name ?? '') && args.some(({ name }) => name === 'orderBy'),
    )

  let compared = 0
  const compare = async (list: Field, around: (inner: string) => string, pick: (data: Json) => Json) => {
    const node = (named(list.type).name ?? '').replace(/Connection$/, '')
    const leaves = fields(node).filter(
      ({ type, args }) => /SCALAR|ENUM/.test(named(type).kind) && args.length === 0,
    )
    const orders = types
      .get(named(list.args.find(({ name }) => name === 'orderBy')?.type as Type).name ?? '')
      ?.enumValues?.map(({ name }) => name)
    const ask = async (given: string, at: string | null = null) => {
      const { data, errors } = await perguntar(
        `query ($at: Cursor) ${around(`${list.name}(${given}) { totalCount pageInfo { endCursor startCursor hasNextPage hasPreviousPage } nodes { ${leaves.map(({ name }) => name).join(' ')} } }`)}`.replace(
          given.includes('$at') ? '' : ' ($at: Cursor)',
          '',
        ),
        given.includes('$at') ? { at } : {},
      )
      t.equal(errors, undefined, `${list.name} ${given}`)
      return pick(data)[list.name]
    }
    for (const order of orders ?? []) {
      const column = /^(.*)_(?:ASC|DESC)$/
        .exec(order)?.[1]
        ?.toLowerCase()
        .replace(/_(.)/g, (_, letter) => letter.toUpperCase())
      const nullable = leaves.find(({ name, type }) => name === column && type.kind !== 'NON_NULL')
      if (!nullable) continue
      const whole = await ask(`first: 1000, orderBy: ${order}`)
      const expected = whole.nodes.map((row: unknown) => JSON.stringify(row))
      t.equal(expected.length, Number(whole.totalCount), `${list.name} ${order}`)
      if (expected.length < 3) continue
      const size = Math.ceil(expected.length / 4)
      for (const forward of [true, false]) {
        const seen: string[] = []
        let at: string | null = null
        do {
          const page: Json = await ask(
            `${forward ? 'first' : 'last'}: ${size}, orderBy: ${order}${at === null ? '' : `, ${forward ? 'after' : 'before'}: $at`}`,
            at,
          )
          const rows = page.nodes.map((row: unknown) => JSON.stringify(row))
          if (forward) seen.push(...rows)
          else seen.unshift(...rows)
          const { hasNextPage, hasPreviousPage, endCursor, startCursor } = page.pageInfo
          at = (forward ? hasNextPage : hasPreviousPage) ? (forward ? endCursor : startCursor) : null
        } while (at !== null && seen.length <= expected.length)
        t.same(seen, expected, `${list.name} ${order} ${forward ? 'forward' : 'backward'}`)
        compared++
      }
    }
  }
  for (const list of lists('Query'))
    await compare(
      list,
      (inner) => `{ ${inner} }`,
      (data) => data,
    )
  for (const list of lists('Regra'))
    await compare(
      list,
      (inner) => `{ regra(nome: "errada") { ${inner} } }`,
      (data) => data.regra,
    )
  const [sessao] = await c.sql`select min(id) as id from audit.sessoes_processamento`
  for (const list of lists('Sessao'))
    await compare(
      list,
      (inner) => `{ sessao(id: "${sessao?.['id']}") { ${inner} } }`,
      (data) => data.sessao,
    )
  t.ok(compared > 100, `${compared} ways through a list`)
})
