import t from 'tap'
import { esperaTrava } from '../helper/database.ts'
import { type Cenario, cenario, codigo, one } from '../helper/scenario.ts'

const contadores = async (c: Cenario) =>
  one(await c.sql`select aprovadas::int, rejeitadas::int from audit.regras where nome = 'errada'`)

t.test('approval corrects and counts, rejection leaves alone and counts', async (t) => {
  const c = await cenario(t)
  await c.lancar({ id: 1, confianca: 0.5 }, { id: 2, confianca: 0.5 })
  await c.processar()
  await c.aprovar('ana', (await c.achado(1)).id)
  await c.rejeitar('ana', (await c.achado(2)).id)
  t.equal(await c.categoria(1), 'CERTA')
  t.equal(await c.categoria(2), 'ERR')
  t.equal(`${await c.status(1)} ${await c.status(2)}`, 'corrigida rejeitada')
  t.match(await contadores(c), { aprovadas: 1, rejeitadas: 1 })
  t.equal(await codigo(c.aprovar('bruno', (await c.achado(1)).id)), 'NC005')
  t.equal(await codigo(c.aprovar('bruno', (await c.achado(2)).id)), 'NC005')
  t.match(await contadores(c), { aprovadas: 1, rejeitadas: 1 }, 'a refused act counts nothing')
})

t.test('a large amount needs two people', async (t) => {
  const c = await cenario(t)
  await c.lancar({ id: 1, valor: 100000 }, { id: 2, valor: 99999.99 })
  await c.processar()
  const [grande, pequena] = [(await c.achado(1)).id, (await c.achado(2)).id]
  t.match(await c.aprovar('ana', grande, pequena), [
    { status: 'aguardando_segunda_aprovacao' },
    { status: 'corrigida' },
  ])
  t.equal(await c.categoria(1), 'ERR')
  t.equal(await codigo(c.aprovar('ana', grande)), 'NC007')
  await c.processar('auto')
  t.equal(await c.categoria(1), 'ERR', 'auto is not the second person')
  await c.aprovar('bruno', grande)
  t.equal(await c.categoria(1), 'CERTA')
  t.match(await contadores(c), { aprovadas: 2, rejeitadas: 0 }, 'two people are one decision')
  t.equal(
    await codigo(
      c.sql`update audit.divergencias_processadas set proposta_por = 'ana', decidida_por = 'ana' where id = ${grande}`,
    ),
    '23514',
    'the table itself refuses one person as two',
  )
})

t.test('a typed value needs two people and is checked', async (t) => {
  const c = await cenario(t)
  await c.lancar({ id: 1 }, { id: 2, descricao: 'aponta' }, { id: 3 }, { id: 4 }, { id: 5 })
  await c.processar()
  const id = (await c.achado(1)).id
  for (const valores of [{ valor: 3 }, { nada: 'x' }, {}, { categoria: 'ERR' }, ['categoria']]) {
    t.equal(await codigo(c.digitar('ana', id, valores)), 'NC015', JSON.stringify(valores))
  }
  await c.digitar('ana', id, { categoria: 'MINHA' })
  t.equal(await codigo(c.aprovar('ana', id)), 'NC007')
  t.equal(await c.categoria(1), 'ERR')
  await c.aprovar('bruno', id)
  t.equal(await c.categoria(1), 'MINHA')
  t.match(await contadores(c), { aprovadas: 0, rejeitadas: 1 }, 'the proposal was wrong')

  const aponta = (await c.achado(2)).id
  t.equal(await codigo(c.aprovar('ana', aponta)), 'NC017', 'nothing to approve')
  await c.digitar('ana', aponta, { categoria: 'MINHA' })
  await c.aprovar('bruno', aponta)
  t.equal(await c.categoria(2), 'MINHA')

  const movida = (await c.achado(3)).id
  await c.digitar('ana', movida, { categoria: 'MINHA' })
  await c.mudar(3, 'ERR3')
  await c.aprovar('bruno', movida)
  t.equal(await c.categoria(3), 'ERR3', 'never over what moved since')
  t.equal(await c.status(3), 'obsoleta')

  const apagada = (await c.achado(4)).id
  await c.digitar('ana', apagada, { categoria: 'MINHA' })
  await c.sql`delete from dw.lancamentos where id = 4`
  t.match(await c.aprovar('bruno', apagada), [{ status: 'obsoleta' }], 'the row is gone')

  const proibida = (await c.achado(5)).id
  await c.digitar('ana', proibida, { categoria: 'PROIBIDA' })
  t.match(await c.aprovar('bruno', proibida), [{ status: 'falha' }], 'the warehouse refused')
})

t.test('a proposal that people refused twice was wrong once', async (t) => {
  const c = await cenario(t)
  await c.lancar({ id: 1 })
  await c.processar()
  const { id } = await c.achado(1)
  await c.digitar('ana', id, { categoria: 'A' })
  await c.digitar('bruno', id, { categoria: 'B' })
  await c.rejeitar('ana', id)
  t.match(await contadores(c), { aprovadas: 0, rejeitadas: 1 })
})

t.test('a value of another type is refused', async (t) => {
  const c = await cenario(t)
  await c.sql`select audit.registrar_regra('valores', 'x', 'dw.errada', 'dw.lancamentos', 'id', array['categoria', 'valor'])`
  await c.lancar({ id: 1 })
  await c.pessoa('olivia')`select audit.processar_divergencias(regras => '{valores}')`
  const { id } = await c.achado(1)
  t.equal(await codigo(c.digitar('ana', id, { valor: 'muito' })), 'NC015')
  t.equal(await codigo(c.digitar('ana', id, { valor: 1e30 })), 'NC015')
})

t.test('the service speaks for people, nobody else does', async (t) => {
  const c = await cenario(t)
  // the service's login becomes the caller's role, as PostGraphile does
  await c.sql.unsafe(
    'select pg_advisory_lock(1); grant conferente_revisor to api; select pg_advisory_unlock(1)',
  )
  await c.lancar({ id: 1 })
  await c.processar()
  const { id } = await c.achado(1)
  const falando = (pessoa: 'api' | 'ana', ator: string, ato: 'aprovar' | 'digitar') =>
    c.pessoa(pessoa).begin(async (tx) => {
      await tx`select set_config('conferente.ator', ${ator}, true), set_config('role', 'conferente_revisor', true)`
      if (ato === 'digitar') await tx`select audit.corrigir_manualmente(${id}, '{"categoria": "MINHA"}', 'x')`
      else await tx`select audit.aprovar_divergencias(${[id]}, 'x', ${await c.visto(id)})`
    })
  await falando('api', 'ana', 'digitar')
  t.equal(await codigo(falando('api', 'ana', 'aprovar')), 'NC007')
  t.equal(await codigo(falando('ana', 'bruno', 'aprovar')), 'NC007', 'an ordinary login is who it is')
  t.equal(await c.categoria(1), 'ERR')
  t.equal(await codigo(falando('api', 'bruno', 'aprovar')), 'aceito')
  t.equal(await c.categoria(1), 'MINHA')
  t.strictSame(
    (await c.sql`select ator from audit.decisoes order by id`).map((r) => r['ator']),
    ['ana', 'bruno'],
  )
})

t.test('all or nothing', async (t) => {
  const c = await cenario(t)
  await c.lancar({ id: 1 }, { id: 2, descricao: 'aponta' })
  await c.processar()
  const [um, dois] = [(await c.achado(1)).id, (await c.achado(2)).id]
  const ana = c.pessoa('ana')
  t.equal(await codigo(c.aprovar('ana', um, 999)), 'NC004')
  t.equal(await codigo(c.rejeitar('ana', um, 999)), 'NC004')
  t.equal(await codigo(ana`select audit.reverter_divergencias(${[um, 999]}, 'x')`), 'NC004')
  t.equal(await codigo(ana`select audit.reabrir_divergencias(${[um, 999]}, 'x')`), 'NC004')
  t.equal(await codigo(ana`select audit.reabrir_divergencias(${[um]}, 'x')`), 'NC005')
  t.equal(await codigo(c.digitar('ana', 999, { categoria: 'x' })), 'NC004')
  t.equal(await codigo(c.aprovar('ana', dois)), 'NC017')
  t.equal(await codigo(ana`select audit.aprovar_divergencias('{}', 'x')`), 'NC001')
  t.equal(await codigo(ana`select audit.aprovar_divergencias(array[null::bigint], 'x')`), 'NC004')
  for (const motivo of [null, '', '   ', 'x'.repeat(2001)]) {
    t.equal(await codigo(ana`select audit.aprovar_divergencias(${[um]}, ${motivo})`), 'NC006')
    t.equal(await codigo(ana`select audit.rejeitar_divergencias(${[um]}, ${motivo})`), 'NC006')
    t.equal(
      await codigo(ana`select audit.corrigir_manualmente(${um}, '{"categoria": "x"}', ${motivo})`),
      'NC006',
    )
    t.equal(await codigo(ana`select audit.reverter_divergencias(${[um]}, ${motivo})`), 'NC006')
  }
  t.equal(await c.categoria(1), 'ERR')
  t.equal(await c.status(1), 'aberta')
  t.match(await c.sql`select from audit.decisoes`, { length: 0 })
})

t.test('two approvers at one moment make one correction', async (t) => {
  const c = await cenario(t)
  await c.lancar({ id: 1 })
  await c.processar()
  const { id } = await c.achado(1)
  let segundo: Promise<string> | undefined
  await c.pessoa('ana').begin(async (tx) => {
    await tx`select audit.aprovar_divergencias(${[id]}, 'x')`
    segundo = codigo(c.pessoa('bruno')`select audit.aprovar_divergencias(${[id]}, 'x')`)
    await esperaTrava(c.sql)
  })
  t.equal(await segundo, 'NC005')
  t.equal((await c.sql`select from audit.alteracoes`).length, 1)
  t.equal((await c.sql`select from audit.decisoes`).length, 1)
  t.match(await contadores(c), { aprovadas: 1 })
})

t.test('each act needs its role', async (t) => {
  const c = await cenario(t)
  const revisor = [
    'aprovar_divergencias(array[1], $$x$$)',
    'rejeitar_divergencias(array[1], $$x$$)',
    `corrigir_manualmente(1, '{"a": 1}', 'x')`,
    'reabrir_divergencias(array[1], $$x$$)',
    'reverter_divergencias(array[1], $$x$$)',
    `declarar_excecao('errada', 'dw.lancamentos', '1', 'x', now())`,
    `revogar_excecao(1, 'x')`,
  ]
  const operador = ['processar_divergencias()', 'solicitar_processamento()', `cancelar_sessao(1, 'x')`]
  const administrador = [
    `alterar_configuracao('limites.linhas', '1', 'x')`,
    `alterar_regra('errada', '{}', 'x')`,
    `registrar_regra('a', 'b', 'c', 'd', 'e', '{f}')`,
    `salvar_padrao('fornecedor', 'contem', 'x', 'incluir', 'x')`,
    `desativar_padrao(1, 'x')`,
  ]
  const ambos = [`reverter_operacao(1, 'x')`, `reverter_sessao(1, 'x')`]
  const proibidas = {
    leo: [...revisor, ...operador, ...administrador, ...ambos, `registrar_operacao('externa', 'x')`],
    ana: [...operador, ...administrador],
    olivia: [...revisor, ...administrador],
    adelia: [...revisor, ...operador, ...ambos],
    ninguem: [
      ...revisor,
      ...operador,
      ...administrador,
      ...ambos,
      `historico_registro('a', 'b')`,
      'finalizar_operacao(1)',
    ],
  }
  for (const [pessoa, chamadas] of Object.entries(proibidas)) {
    for (const chamada of chamadas) {
      const login = c.pessoa(pessoa as keyof typeof proibidas)
      t.equal(await codigo(login.unsafe(`select audit.${chamada}`)), '42501', `${pessoa}: ${chamada}`)
    }
  }
  for (const tabela of [
    'divergencias_processadas',
    'operacoes',
    'decisoes',
    'alteracoes',
    'regras',
    'configuracoes_sistema',
  ]) {
    for (const pessoa of ['leo', 'ana', 'olivia', 'adelia'] as const) {
      t.equal(
        await codigo(c.pessoa(pessoa).unsafe(`delete from audit.${tabela}`)),
        '42501',
        `${pessoa}: ${tabela}`,
      )
    }
  }
})
