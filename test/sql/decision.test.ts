import t from 'tap'
import type { Sql } from '../../src/db/connection.ts'
import { newcomer, untilLocked } from '../helper/database.ts'
import { one, type Scenario, scenario, sqlstate } from '../helper/scenario.ts'

const counters = async (c: Scenario) =>
  one(await c.sql`select aprovadas::int, rejeitadas::int from audit.regras where nome = 'errada'`)

t.test('approval corrects and counts, rejection changes nothing and counts', async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1, confianca: 0.5 }, { id: 2, confianca: 0.5 })
  await c.runSession()
  await c.approve('ana', (await c.finding(1)).id)
  await c.reject('ana', (await c.finding(2)).id)
  t.equal(await c.categoria(1), 'CERTA')
  t.equal(await c.categoria(2), 'ERR')
  t.equal(`${await c.status(1)} ${await c.status(2)}`, 'corrigida rejeitada')
  t.match(await counters(c), { aprovadas: 1, rejeitadas: 1 })
  t.equal(await sqlstate(c.approve('bruno', (await c.finding(1)).id)), 'NC005')
  t.equal(await sqlstate(c.approve('bruno', (await c.finding(2)).id)), 'NC005')
  t.match(await counters(c), { aprovadas: 1, rejeitadas: 1 }, 'a refused act counts nothing')
})

t.test('a large amount needs two people', async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1, valor: 100000 }, { id: 2, valor: 99999.99 })
  await c.runSession()
  const [large, small] = [(await c.finding(1)).id, (await c.finding(2)).id]
  t.match(await c.approve('ana', large, small), [
    { status: 'aguardando_segunda_aprovacao' },
    { status: 'corrigida' },
  ])
  t.equal(await c.categoria(1), 'ERR')
  t.equal(await sqlstate(c.approve('ana', large)), 'NC007')
  await c.runSession('auto')
  t.equal(await c.categoria(1), 'ERR', 'auto is not the second person')
  await c.approve('bruno', large)
  t.equal(await c.categoria(1), 'CERTA')
  t.match(await counters(c), { aprovadas: 2, rejeitadas: 0 }, 'the two make one decision')
  t.equal(
    await sqlstate(
      c.sql`update audit.divergencias_processadas set proposta_por = 'ana', decidida_por = 'ana' where id = ${large}`,
    ),
    '23514',
    'the table itself refuses one person as two',
  )
})

t.test('a typed value needs two people and is checked', async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1 }, { id: 2, descricao: 'aponta' }, { id: 3 }, { id: 4 }, { id: 5 })
  await c.runSession()
  const id = (await c.finding(1)).id
  for (const values of [{ valor: 3 }, { nada: 'x' }, {}, { categoria: 'ERR' }, ['categoria']]) {
    t.equal(await sqlstate(c.typeIn('ana', id, values)), 'NC015', JSON.stringify(values))
  }
  await c.typeIn('ana', id, { categoria: 'MINHA' })
  t.equal(await sqlstate(c.approve('ana', id)), 'NC007')
  t.equal(await c.categoria(1), 'ERR')
  await c.approve('bruno', id)
  t.equal(await c.categoria(1), 'MINHA')
  t.match(await counters(c), { aprovadas: 0, rejeitadas: 1 }, 'the proposal was wrong')

  const flags = (await c.finding(2)).id
  t.equal(await sqlstate(c.approve('ana', flags)), 'NC017', 'nothing to approve')
  await c.typeIn('ana', flags, { categoria: 'MINHA' })
  await c.approve('bruno', flags)
  t.equal(await c.categoria(2), 'MINHA')

  const moved = (await c.finding(3)).id
  await c.typeIn('ana', moved, { categoria: 'MINHA' })
  await c.change(3, 'ERR3')
  await c.approve('bruno', moved)
  t.equal(await c.categoria(3), 'ERR3', 'never over a row that changed since')
  t.equal(await c.status(3), 'obsoleta')

  const deleted = (await c.finding(4)).id
  await c.typeIn('ana', deleted, { categoria: 'MINHA' })
  await c.sql`delete from dw.lancamentos where id = 4`
  t.match(await c.approve('bruno', deleted), [{ status: 'obsoleta' }], 'the row no longer exists')

  const forbidden = (await c.finding(5)).id
  await c.typeIn('ana', forbidden, { categoria: 'PROIBIDA' })
  t.match(await c.approve('bruno', forbidden), [{ status: 'falha' }], 'the warehouse refused the write')
})

t.test('a proposal that people rejected twice counts as wrong once', async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1 })
  await c.runSession()
  const { id } = await c.finding(1)
  await c.typeIn('ana', id, { categoria: 'A' })
  await c.typeIn('bruno', id, { categoria: 'B' })
  await c.reject('ana', id)
  t.match(await counters(c), { aprovadas: 0, rejeitadas: 1 })
})

t.test('a value of another type is refused', async (t) => {
  const c = await scenario(t)
  await c.sql`select audit.registrar_regra('valores', 'x', 'dw.errada', 'dw.lancamentos', 'id', array['categoria', 'valor'])`
  await c.book({ id: 1 })
  await c.asPerson('olivia')`select audit.processar_divergencias(regras => '{valores}')`
  const { id } = await c.finding(1)
  t.equal(await sqlstate(c.typeIn('ana', id, { valor: 'muito' })), 'NC015')
  t.equal(await sqlstate(c.typeIn('ana', id, { valor: 1e30 })), 'NC015')
})

t.test('the service acts for people, nobody else does', async (t) => {
  const c = await scenario(t)
  // the service's login becomes the caller's role, as PostGraphile does
  const service = (await newcomer(t, c, 'servico', 'conferente_servico', 'conferente_revisor')).connect()
  const ana = c.asPerson('ana')
  await c.book({ id: 1 })
  await c.runSession()
  const { id } = await c.finding(1)
  const talking = (login: Sql, actor: string, act: 'aprovar' | 'digitar') =>
    login.begin(async (tx) => {
      await tx`select set_config('conferente.ator', ${actor}, true), set_config('role', 'conferente_revisor', true)`
      if (act === 'digitar') await tx`select audit.corrigir_manualmente(${id}, '{"categoria": "MINHA"}', 'x')`
      else await tx`select audit.aprovar_divergencias(${[id]}, 'x', ${await c.shown(id)})`
    })
  await talking(service, 'ana', 'digitar')
  t.equal(await sqlstate(talking(service, 'ana', 'aprovar')), 'NC007')
  t.equal(await sqlstate(talking(ana, 'bruno', 'aprovar')), 'NC007', 'an ordinary login acts as itself')
  t.equal(await c.categoria(1), 'ERR')
  t.equal(await sqlstate(talking(service, 'bruno', 'aprovar')), 'aceito')
  t.equal(await c.categoria(1), 'MINHA')
  t.strictSame(
    (await c.sql`select ator from audit.decisoes order by id`).map((r) => r['ator']),
    ['ana', 'bruno'],
  )
})

t.test('all or nothing', async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1 }, { id: 2, descricao: 'aponta' })
  await c.runSession()
  const [um, two] = [(await c.finding(1)).id, (await c.finding(2)).id]
  const ana = c.asPerson('ana')
  t.equal(await sqlstate(c.approve('ana', um, 999)), 'NC004')
  t.equal(await sqlstate(c.reject('ana', um, 999)), 'NC004')
  t.equal(await sqlstate(ana`select audit.reverter_divergencias(${[um, 999]}, 'x')`), 'NC004')
  t.equal(await sqlstate(ana`select audit.reabrir_divergencias(${[um, 999]}, 'x')`), 'NC004')
  t.equal(await sqlstate(ana`select audit.reabrir_divergencias(${[um]}, 'x')`), 'NC005')
  t.equal(await sqlstate(c.typeIn('ana', 999, { categoria: 'x' })), 'NC004')
  t.equal(await sqlstate(c.approve('ana', two)), 'NC017')
  t.equal(await sqlstate(ana`select audit.aprovar_divergencias('{}', 'x')`), 'NC001')
  t.equal(await sqlstate(ana`select audit.aprovar_divergencias(array[null::bigint], 'x')`), 'NC004')
  for (const reason of [null, '', '   ', 'x'.repeat(2001)]) {
    t.equal(await sqlstate(ana`select audit.aprovar_divergencias(${[um]}, ${reason})`), 'NC006')
    t.equal(await sqlstate(ana`select audit.rejeitar_divergencias(${[um]}, ${reason})`), 'NC006')
    t.equal(
      await sqlstate(ana`select audit.corrigir_manualmente(${um}, '{"categoria": "x"}', ${reason})`),
      'NC006',
    )
    t.equal(await sqlstate(ana`select audit.reverter_divergencias(${[um]}, ${reason})`), 'NC006')
  }
  t.equal(await c.categoria(1), 'ERR')
  t.equal(await c.status(1), 'aberta')
  t.match(await c.sql`select from audit.decisoes`, { length: 0 })
})

t.test('two simultaneous approvals make one correction', async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1 })
  await c.runSession()
  const { id } = await c.finding(1)
  let second: Promise<string> | undefined
  await c.asPerson('ana').begin(async (tx) => {
    await tx`select audit.aprovar_divergencias(${[id]}, 'x')`
    second = sqlstate(c.asPerson('bruno')`select audit.aprovar_divergencias(${[id]}, 'x')`)
    await untilLocked(c.sql)
  })
  t.equal(await second, 'NC005')
  t.equal((await c.sql`select from audit.alteracoes`).length, 1)
  t.equal((await c.sql`select from audit.decisoes`).length, 1)
  t.match(await counters(c), { aprovadas: 1 })
})

t.test('each act needs its role', async (t) => {
  const c = await scenario(t)
  const reviewer = [
    'aprovar_divergencias(array[1], $$x$$)',
    'rejeitar_divergencias(array[1], $$x$$)',
    `corrigir_manualmente(1, '{"a": 1}', 'x')`,
    'reabrir_divergencias(array[1], $$x$$)',
    'reverter_divergencias(array[1], $$x$$)',
    `declarar_excecao('errada', 'dw.lancamentos', '1', 'x', now())`,
    `revogar_excecao(1, 'x')`,
  ]
  const operator = ['processar_divergencias()', 'solicitar_processamento()', `cancelar_sessao(1, 'x')`]
  const administrator = [
    `alterar_configuracao('limites.linhas', '1', 'x')`,
    `alterar_regra('errada', '{}', 'x')`,
    `registrar_regra('a', 'b', 'c', 'd', 'e', '{f}')`,
    `salvar_padrao('fornecedor', 'contem', 'x', 'incluir', 'x')`,
    `desativar_padrao(1, 'x')`,
  ]
  const both = [`reverter_operacao(1, 'x')`, `reverter_sessao(1, 'x')`]
  const forbiddenOnes = {
    leo: [...reviewer, ...operator, ...administrator, ...both, `registrar_operacao('externa', 'x')`],
    ana: [...operator, ...administrator],
    olivia: [...reviewer, ...administrator],
    adelia: [...reviewer, ...operator, ...both],
    ninguem: [
      ...reviewer,
      ...operator,
      ...administrator,
      ...both,
      `historico_registro('a', 'b')`,
      'finalizar_operacao(1)',
    ],
  }
  for (const [person, calls] of Object.entries(forbiddenOnes)) {
    for (const call of calls) {
      const login = c.asPerson(person as keyof typeof forbiddenOnes)
      t.equal(await sqlstate(login.unsafe(`select audit.${call}`)), '42501', `${person}: ${call}`)
    }
  }
  for (const table of [
    'divergencias_processadas',
    'operacoes',
    'decisoes',
    'alteracoes',
    'regras',
    'configuracoes_sistema',
  ]) {
    for (const person of ['leo', 'ana', 'olivia', 'adelia'] as const) {
      t.equal(
        await sqlstate(c.asPerson(person).unsafe(`delete from audit.${table}`)),
        '42501',
        `${person}: ${table}`,
      )
    }
  }
})
