// Decisions do what people meant, by REST and by GraphQL: undone, confirmed, rolled back, proposed again.
import { type Test, test } from 'tap'
import { api } from '../helper/api.ts'
import { one, type Scenario, scenario } from '../helper/scenario.ts'

interface Result {
  readonly id: number | string
  readonly resultado: string
  readonly codigo: string | null
  readonly status: string
  readonly explicacao: string | null
  readonly motivo?: string | null
  readonly aviso: string | null
  readonly operacao_id: number | string
}
interface Refusal {
  readonly codigo: string
  readonly detail: string
}
type Answer = Result[] | Refusal
type Who = 'ana' | 'bruno' | 'olivia'

/** What people do through an API; each act answers with a line for each finding, or the refusal. */
interface Way {
  approve(who: Who, ...ids: number[]): Promise<Answer>
  reject(who: Who, ...ids: number[]): Promise<Answer>
  confirm(who: Who, ...ids: number[]): Promise<Answer>
  undo(who: Who, operation: unknown): Promise<Answer>
  /** What waits: keys of the rows, in order. */
  waiting(): Promise<string[]>
  /** Status and reason of the last finding on a row. */
  finding(row: number): Promise<{ status: string; motivo: string | null }>
}

const FIELDS = 'id resultado codigo status explicacao motivo aviso operacao_id: operacaoId'

async function scene(t: Test) {
  const c = await scenario(t)
  const server = await api(t, c)
  const tokens = {
    ana: await server.token('revisor', 'ana'),
    bruno: await server.token('revisor', 'bruno'),
    olivia: await server.token('operador', 'olivia'),
  }
  const graphql = async (who: Who, query: string, variables: object = {}) =>
    (await server.request('/graphql', { token: tokens[who], body: { query, variables } })).json
  const mutate = async (who: Who, name: string, input: object): Promise<Answer> => {
    const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input!`
    const { data, errors } = await graphql(
      who,
      `mutation ($input: ${type}) { ${name}(input: $input) { resultado { ${FIELDS} } } }`,
      { input },
    )
    if (errors) return { codigo: errors[0].extensions.codigo, detail: errors[0].message }
    return [data[name].resultado].flat()
  }
  const rest = async (who: Who, path: string, body?: object, method?: string): Promise<Answer> => {
    const { json } = await server.request(`/api/v1/${path}`, {
      token: tokens[who],
      ...(body && { body }),
      ...(method && { method }),
    })
    return json.codigo && !json.resultado ? json : (json.itens ?? [json])
  }
  const ways: Record<'REST' | 'GraphQL', Way> = {
    REST: {
      approve: async (who, ...ids) =>
        rest(who, 'divergencias/aprovar', { ids, visto: await c.shown(...ids), motivo: 'confere' }),
      reject: async (who, ...ids) => {
        const answers: Result[] = []
        for (const id of ids) {
          const answer = await rest(who, `divergencias/${id}/rejeitar`, { motivo: 'está certo' }, 'DELETE')
          if (!Array.isArray(answer)) return answer
          answers.push(...answer)
        }
        return answers
      },
      confirm: (who, ...ids) => rest(who, 'divergencias/confirmar', { ids, motivo: 'estornada' }),
      undo: (who, operation) => rest(who, `auditoria/operacoes/${operation}/desfazer`, { motivo: 'engano' }),
      waiting: async () => {
        const { json } = await server.request('/api/v1/divergencias?status=aberta&ordem=id&por_pagina=500', {
          token: tokens.ana,
        })
        return json.itens.map(({ registro_id }: { registro_id: string }) => registro_id)
      },
      finding: async (row) => {
        const { json } = await server.request(`/api/v1/divergencias?registro_id=${row}&ordem=-id`, {
          token: tokens.ana,
        })
        return json.itens[0]
      },
    },
    GraphQL: {
      approve: async (who, ...ids) =>
        mutate(who, 'aprovarDivergencias', {
          ids: ids.map(String),
          visto: await c.shown(...ids),
          motivo: 'confere',
        }),
      reject: (who, ...ids) =>
        mutate(who, 'rejeitarDivergencias', { ids: ids.map(String), motivo: 'está certo' }),
      confirm: (who, ...ids) =>
        mutate(who, 'confirmarDivergencias', { ids: ids.map(String), motivo: 'estornada' }),
      undo: (who, operation) => mutate(who, 'desfazer', { operacao: String(operation), motivo: 'engano' }),
      waiting: async () => {
        const { data } = await graphql(
          'ana',
          '{ divergenciasAbertas(filter: { status: { equalTo: "aberta" } }, orderBy: ID_ASC) { nodes { registroId } } }',
        )
        return data.divergenciasAbertas.nodes.map(({ registroId }: { registroId: string }) => registroId)
      },
      finding: async (row) => {
        const { data } = await graphql(
          'ana',
          `{ divergencias(filter: { registroId: { equalTo: "${row}" } }, orderBy: ID_DESC, first: 1) { nodes { status motivo } } }`,
        )
        return data.divergencias.nodes[0]
      },
    },
  }
  /** Findings of rows by their ids. */
  const ids = (...rows: number[]) => Promise.all(rows.map(async (n) => (await c.finding(n)).id))
  return { c, server, tokens, graphql, mutate, ways, ids }
}

const record = async (c: Scenario) =>
  one(
    await c.sql`select automatica, automatica_perdida, aprovadas::int, rejeitadas::int, certas_no_limiar::int,
      erradas_no_limiar::int, automaticas_revertidas::int from audit.regras where nome = 'errada'`,
  )
const lines = (answer: Answer): Result[] => {
  if (!Array.isArray(answer)) throw new Error(`refused: ${answer.codigo} ${answer.detail}`)
  return answer
}
const first = (answer: Answer): Result => lines(answer)[0] as Result

for (const name of ['REST', 'GraphQL'] as const) {
  test(`${name}: fifty approvals are undone in one call, wait again, and no longer count`, async (t) => {
    const { c, ways, ids } = await scene(t)
    const way = ways[name]
    const rows = Array.from({ length: 50 }, (_, i) => i + 1)
    await c.book(...rows.map((id) => ({ id })))
    await c.runSession()
    const before = await record(c)
    const approved = lines(await way.approve('ana', ...(await ids(...rows))))
    t.equal(await c.categoria(50), 'CERTA')
    t.same(await way.waiting(), [])
    const operation = approved[0]?.operacao_id
    t.ok(approved.every((line) => line.operacao_id === operation))
    t.match(await way.undo('bruno', operation), { codigo: 'NC007' }, 'nobody undoes what another person did')
    t.match(await way.undo('olivia', operation), { codigo: '42501' })
    t.ok(
      lines(await way.undo('ana', operation)).every(
        (line) => line.resultado === 'feita' && line.status === 'aberta',
      ),
    )
    t.equal(await c.categoria(50), 'ERR')
    t.same(await way.waiting(), rows.map(String), 'they are in the queue again')
    t.same(await record(c), before)
    await c.runSession('auto')
    t.same(await way.waiting(), rows.map(String), 'a session that finds them again leaves them to people')
    t.match(await way.undo('ana', operation), { codigo: 'NC005' })
    t.match(await way.undo('ana', 99999), { codigo: 'NC004' })
  })

  test(`${name}: a first approval, a rejection, a confirmation and a typed value are undone too`, async (t) => {
    const { c, ways, ids, mutate } = await scene(t)
    const way = ways[name]
    await c.book({ id: 1, valor: 100_000 }, { id: 2 }, { id: 3, descricao: 'aponta' }, { id: 4 })
    await c.runSession()
    const before = await record(c)
    const [large, wrong, flag, typed] = (await ids(1, 2, 3, 4)) as [number, number, number, number]
    const acts = [
      await way.approve('ana', large),
      await way.reject('ana', wrong),
      await way.confirm('ana', flag),
      // typed through GraphQL, because REST has no way to
      await mutate('ana', 'corrigirManualmente', {
        id: String(typed),
        valores: { categoria: 'MINHA' },
        motivo: 'olhei a nota',
      }),
    ]
    t.match(
      acts.map((act) => first(act).status),
      ['aguardando_segunda_aprovacao', 'rejeitada', 'resolvida', 'aguardando_segunda_aprovacao'],
    )
    t.same(await way.waiting(), [])
    for (const act of acts)
      t.match(await way.undo('ana', first(act).operacao_id), [{ resultado: 'feita', status: 'aberta' }])
    t.same(await way.waiting(), ['1', '2', '3', '4'])
    t.same(await record(c), before)
    t.match(
      await way.approve('ana', large),
      [{ status: 'aguardando_segunda_aprovacao' }],
      'and the same person may propose again',
    )
    t.match(
      await way.approve('ana', typed),
      [{ status: 'corrigida' }],
      'the typed value is gone with the act',
    )
    t.equal(await c.categoria(4), 'CERTA')
  })

  test(`${name}: a rejection that costs auto says so at once with the command; undoing it gives auto back`, async (t) => {
    const { c, ways, ids } = await scene(t)
    const way = ways[name]
    await c.book({ id: 1 }, { id: 2 }, { id: 3 }, { id: 4 })
    await c.runSession()
    await c.reject('bruno', ...(await ids(2, 3, 4)))
    const before = await record(c)
    const act = first(await way.reject('ana', ...(await ids(1))))
    t.match(act.aviso, /errada perdeu a correção automática: .*conferente regras --auto errada --motivo/)
    t.match(await record(c), { automatica: false })
    t.match(await way.undo('ana', act.operacao_id), [{ status: 'aberta', aviso: null }])
    t.same(await record(c), before)
  })

  test(`${name}: a finding that can only be flagged is confirmed: counted as right, closed, silent until the row changes`, async (t) => {
    const { c, ways, ids } = await scene(t)
    const way = ways[name]
    await c.book({ id: 1, descricao: 'aponta' }, { id: 2, descricao: 'aponta' })
    await c.runSession()
    const [um, two] = (await ids(1, 2)) as [number, number]
    t.match(await way.approve('ana', um), { codigo: 'NC017' }, 'there is nothing to approve')
    t.match(await way.confirm('olivia', um), { codigo: '42501' })
    t.match(await way.confirm('ana', um), [
      { resultado: 'feita', status: 'resolvida', explicacao: /não volta à fila enquanto/ },
    ])
    t.match(await way.reject('ana', two), [{ status: 'rejeitada' }], 'rejecting is still offered')
    t.match(await record(c), { aprovadas: 1, rejeitadas: 1 })
    t.match(await way.finding(1), { status: 'resolvida', motivo: 'estornada' })
    await c.runSession('auto')
    t.same(await way.waiting(), [])
    t.match(await way.confirm('bruno', um), { codigo: 'NC005' })
    await c.change(1, 'ERR9')
    await c.runSession()
    t.same(await way.waiting(), ['1'], 'the row has changed, and so has the finding')
  })

  test(`${name}: after a second approval that the warehouse refused, the first proposer may propose again`, async (t) => {
    const { c, ways, ids } = await scene(t)
    const way = ways[name]
    await c.book({ id: 1, valor: 200_000 })
    await c.runSession()
    const [id] = (await ids(1)) as [number]
    t.match(await way.approve('ana', id), [{ status: 'aguardando_segunda_aprovacao' }])
    t.match(await way.approve('ana', id), { codigo: 'NC007' })
    await c.sql`alter table dw.lancamentos add constraint certa check (id < 1 or categoria <> 'CERTA')`
    t.match(await way.approve('bruno', id), [{ resultado: 'sem_efeito', status: 'falha' }])
    await c.sql`alter table dw.lancamentos drop constraint certa`
    t.match(await way.approve('ana', id), [{ status: 'aguardando_segunda_aprovacao' }], 'the first one again')
    t.match(await way.approve('ana', id), { codigo: 'NC007' }, 'and still two of them')
    t.match(await way.approve('bruno', id), [{ status: 'corrigida' }])
  })

  test(`${name}: a finding that another rule's correction settled is shown closed by that rule and operation`, async (t) => {
    const { c, ways } = await scene(t)
    const way = ways[name]
    await c.sql.unsafe(`create schema regra_prefixo; grant usage on schema regra_prefixo to conferente_regra;
      create function regra_prefixo.f(janela audit.janela) returns setof audit.achado language plpgsql stable
      set search_path = pg_catalog, pg_temp as $f$ begin
        return query select null::text, l.id::text, '{}'::jsonb, 0.9, '{"tipo": "aponta"}'::jsonb, 'olhe isto', 1.0
        from dw.lancamentos l where l.categoria like 'ERR%' and (janela.chaves is null or l.id = any (janela.chaves::bigint[]));
      end $f$; grant execute on function regra_prefixo.f(audit.janela) to conferente_regra`)
    await c.sql`select audit.registrar_regra('prefixo', 'x', 'regra_prefixo.f', 'dw.lancamentos', 'id', '{categoria}')`
    await c.book({ id: 1 }, { id: 2, confianca: 0.5 })
    const session = one(
      await c.asPerson(
        'olivia',
      )`select * from audit.processar_divergencias('auto', regras => '{errada,prefixo}')`,
    )
    t.match(session, { corrigidas: 1n, resolvidas: 0n }, 'not counted as fixed at the source')
    t.same(await way.waiting(), ['2', '2'], 'an obsolete finding waits for nobody')
    const [operation] = await c.sql`select max(id)::int as id from audit.operacoes where tipo = 'correcao'`
    const closed = await Promise.all(
      (await c.sql`select registro_id from audit.divergencias_processadas where status = 'resolvida'`).map(
        () => way.finding(1),
      ),
    )
    t.match(closed, [
      {
        status: 'resolvida',
        motivo: `o registro foi corrigido pela regra errada, operação ${operation?.['id']}`,
      },
    ])
    const [open] =
      await c.sql`select id::int from audit.divergencias_processadas where registro_id = '2' and regra = 'errada'`
    const approved = first(await way.approve('ana', open?.['id']))
    t.same(await way.waiting(), [], 'nor after an approval')
    t.match(await way.finding(2), {
      status: 'resolvida',
      motivo: `o registro foi corrigido pela regra errada, operação ${approved.operacao_id}`,
    })
  })
}

test('GraphQL: a rollback says what becomes of the findings; what is found again comes back to the queue', async (t) => {
  const { c, graphql, ways, tokens, server } = await scene(t)
  await c.book({ id: 1 }, { id: 2 })
  const session = (await c.runSession('auto'))['id']
  const back = (who: Who, input: string) =>
    graphql(
      who,
      `mutation { reverterSessao(input: { id: "${session}", motivo: "quero ver de novo"${input} }) {
      resultado { resultado status explicacao aviso } } }`,
    )
  t.match(await back('olivia', ', porque: "sei lá"'), { errors: [{ extensions: { codigo: 'NC001' } }] })
  t.match((await back('olivia', '')).data.reverterSessao.resultado, [
    {
      resultado: 'revertida',
      status: 'revertida',
      explicacao: /^volta à fila quando uma sessão a encontrar de novo/,
      aviso: null,
    },
    { explicacao: /^volta à fila/ },
  ])
  t.match(await record(c), { automatica: true, automaticas_revertidas: 0, rejeitadas: 0 }, 'no verdict')
  t.match(await c.runSession('auto'), { corrigidas: 0n })
  for (const way of Object.values(ways)) t.same(await way.waiting(), ['1', '2'])
  t.ok(tokens.ana && server)
})

test('GraphQL: only a rollback as wrong counts; rolling it back removes that, and operators may not do so', async (t) => {
  const { c, graphql } = await scene(t)
  await c.book({ id: 1 }, { id: 2 }, { id: 3 }, { id: 4 })
  await c.runSession('auto')
  const before = await record(c)
  const [correction] = await c.sql`select max(id)::int as id from audit.operacoes where tipo = 'correcao'`
  const revert = (who: Who, id: unknown, because = '') =>
    graphql(
      who,
      `mutation { reverterOperacao(input: { id: "${id}", motivo: "não era"${because} }) {
      resultado { status explicacao aviso operacaoId } } }`,
    )
  const wrong = (await revert('olivia', correction?.['id'], ', porque: "erradas"')).data.reverterOperacao
    .resultado
  t.match(wrong[0], {
    explicacao: /não volta à fila enquanto o registro não mudar/,
    aviso: /conferente regras --auto errada --motivo/,
  })
  t.match(await record(c), { automatica: false, automaticas_revertidas: 4 })
  const told = await graphql('ana', '{ regra(nome: "errada") { automatica automaticaPerdida } }')
  t.match(told.data.regra, { automatica: false, automaticaPerdida: /conferente regras --auto errada/ })
  t.match(await revert('olivia', wrong[0].operacaoId), { errors: [{ extensions: { codigo: '42501' } }] })
  t.match((await revert('ana', wrong[0].operacaoId)).data.reverterOperacao.resultado, [
    { status: 'corrigida' },
    {},
    {},
    {},
  ])
  t.same(await record(c), before)
})

test('an exception that costs auto says so at once, in psql and by GraphQL; others say nothing', async (t) => {
  const { c, graphql, ids } = await scene(t)
  await c.book({ id: 1 }, { id: 2 }, { id: 3 }, { id: 4 })
  await c.runSession()
  await c.reject('bruno', ...(await ids(3, 4)))
  const declare = async (row: number) =>
    (
      await graphql(
        'ana',
        `mutation { declararExcecao(input: { regra: "errada", tabela: "dw.lancamentos", registroId: "${row}", motivo: "contrato",
          expiraEm: "2999-01-01T00:00:00Z" }) { resultado { id aviso } } }`,
      )
    ).data.declararExcecao.resultado
  t.match(await declare(1), { aviso: null })
  const { id, aviso } = await declare(2)
  t.match(aviso, /errada perdeu a correção automática: .*conferente regras --auto errada --motivo/)
  t.match(await record(c), { automatica: false, erradas_no_limiar: 4 })
  await c.sql`select audit.alterar_regra('errada', '{"automatica": true, "limiar": 0.999}', 'só as mais certas')`
  const again = await graphql('ana', `{ excecao(id: "${id}") { aviso } }`)
  t.equal(again.data.excecao.aviso, null, 'once it is given back there is nothing to report')
})
