// Promise 5: auto is earned. People's answers on what a rule's code proposes prove it, refute it or do neither; an unproven rule
// corrects within an administrator's grant, and no further.
import t from 'tap'
import { untilLocked } from '../helper/database.ts'
import { one, type Scenario, scenario, sqlstate } from '../helper/scenario.ts'

const rule = async (c: Scenario) =>
  one(
    await c.sql`select automatica, automatica_perdida, prova, respostas::int, erro_observado::float, evidencia_favor::float,
      evidencia_contra::float, aprovadas::int, rejeitadas::int, certas_no_limiar::int, erradas_no_limiar::int,
      automaticas_revertidas::int, precisao::float
    from audit.regras where nome = 'errada'`,
  )

/** Findings on rows from..to, and their ids. */
async function proposing(c: Scenario, from: number, to: number, confidence = 0.99) {
  await c.sql`insert into dw.lancamentos (id, data_lancamento, carregado_em, categoria, descricao, valor, confianca)
    select i, '2026-11-10', now() - interval '1 hour', 'ERR', 'x', 100, ${confidence} from generate_series(${from}::int, ${to}::int) as i`
  await c.runSession()
  const ids = await c.sql`select id::int from audit.divergencias_processadas
    where registro_id::int between ${from} and ${to} order by id`
  return ids.map((r) => r['id'] as number)
}

const change = (c: Scenario, changes: object, who: 'adelia' | 'ana' = 'adelia') =>
  c.asPerson(who)`select audit.alterar_regra('errada', ${c.sql.json(changes as never)}, 'teste')`

/** What the digest says about a session besides its figures: the kinds, and for one kind the texts. */
const said = async (c: Scenario, session: unknown, type: string) =>
  (
    await c.sql`select l ->> 'texto' as texto from jsonb_array_elements(audit_interno.conteudo_lacunas(${String(session)})) as l
    where l ->> 'tipo' = ${type}`
  ).map((r) => r['texto'] as string)

t.test('a rule that people refute loses auto in the same transaction, and says why', async (t) => {
  const c = await scenario(t)
  const ids = await proposing(c, 1, 20)
  await c.approve('ana', ...ids.slice(0, 10))
  await c.reject('ana', ...ids.slice(10, 13))
  t.match(
    await rule(c),
    { automatica: true, prova: 'sem_prova', certas_no_limiar: 10, erradas_no_limiar: 3 },
    'too few answers to say',
  )
  await c
    .asPerson('ana')
    .begin(async (tx) => {
      await tx`select audit.rejeitar_divergencias(${[ids[13] as number]}, 'está certo')`
      t.match(one(await tx`select automatica from audit.regras where nome = 'errada'`), { automatica: false })
      throw new Error('thought better of it')
    })
    .catch(() => {})
  t.match(await rule(c), { automatica: true, erradas_no_limiar: 3 }, 'no decision, nothing lost')

  await c.reject('ana', ids[13] as number)
  t.match(await rule(c), {
    automatica: false,
    prova: 'refutada',
    automatica_perdida: /de 14 respostas .*28\.6% erradas/,
  })
  t.match(
    one(
      await c.sql`select tipo, regra, ator, status, motivo, detalhes from audit.operacoes order by id desc limit 1`,
    ),
    {
      tipo: 'regra',
      regra: 'errada',
      ator: 'ana',
      status: 'concluida',
      motivo: /perdeu a correção automática: está refutada/,
      detalhes: {
        antes: { automatica: true },
        depois: { automatica: false },
        prova: 'refutada',
        erradas_no_limiar: 4,
      },
    },
  )
  await c.book({ id: 30 })
  const session = await c.runSession('auto')
  t.match(session, { corrigidas: 0n, mensagem: /errada só detectou: perdeu a correção automática/ })
  t.match(await said(c, session['id'], 'so_detectou'), [/está refutada/])

  t.equal(await sqlstate(change(c, { automatica: true })), 'NC042', 'nobody can give it back')
  t.equal(
    await sqlstate(change(c, { automatica: true, concessao_correcoes: 10, concessao_valor: 1000 })),
    'NC042',
    'nor for a few corrections',
  )
  await c.asPerson('ana')`select audit.reabrir_divergencias(${[ids[13] as number]}, 'estava errado')`
  t.match(
    await rule(c),
    { automatica: false, prova: 'sem_prova' },
    'withdrawing an answer does not by itself give it back',
  )
  t.equal(await sqlstate(change(c, { automatica: true }, 'ana')), '42501')
  t.equal(
    await sqlstate(c.asPerson('adelia')`select audit.alterar_regra('errada', '{"automatica": true}', ' ')`),
    'NC006',
  )
  await change(c, { automatica: true })
  t.match(
    await rule(c),
    { automatica: true, automatica_perdida: null, erradas_no_limiar: 3 },
    'an administrator can, and the record stays',
  )
})

t.test(
  'right answers prove a rule; then it needs no grant, and one mistake among many costs nothing',
  async (t) => {
    const c = await scenario(t)
    const ids = await proposing(c, 1, 105)
    await c.approve('ana', ...ids.slice(0, 80))
    t.match(await rule(c), { prova: 'sem_prova', respostas: 80 })
    await c.approve('ana', ids[80] as number)
    t.match(await rule(c), { prova: 'provada', respostas: 81, erro_observado: 0 })
    await change(c, { concessao_correcoes: null, concessao_valor: null })
    await c.reject('ana', ids[81] as number)
    t.match(
      await rule(c),
      { prova: 'provada', automatica: true },
      'a proved rule stays proved until it is refuted',
    )
    await c.book({ id: 201 }, { id: 202 })
    await c.sql`update audit.divergencias_processadas set encaminhada_para = 'revisor' where status = 'aberta'`
    const session = await c.runSession('auto')
    t.match(session, { corrigidas: 2n, status: 'concluida' })
    t.same(await said(c, session['id'], 'sem_prova'), [])

    await c.reject('ana', ...ids.slice(82, 86))
    t.match(await rule(c), { prova: 'refutada', automatica: false }, 'good for a long time, and then bad')
    t.equal(await sqlstate(change(c, { automatica: true })), 'NC042', 'the old proof no longer counts')
    await c.approve('ana', ...ids.slice(86))
    t.match(await rule(c), { prova: 'refutada' })
    await c.approve('ana', ...(await proposing(c, 301, 370)))
    t.match(await rule(c), { prova: 'provada', automatica: false })
    await change(c, { automatica: true })
    t.match(
      await rule(c),
      { automatica: true, automatica_perdida: null },
      'once proved again it needs no grant',
    )
  },
)

t.test(
  'answers on one supplier within a session are one answer, and a company is one supplier',
  async (t) => {
    const c = await scenario(t)
    await c.sql`update audit.regras set colunas_identidade = '{fornecedor_id}' where nome = 'errada'`
    const lancarDe = (supplier: string, from: number, to: number) =>
      c.sql`insert into dw.lancamentos (id, data_lancamento, carregado_em, categoria, descricao, valor, confianca, fornecedor_id)
      select i, '2026-11-10', now() - interval '1 hour', 'ERR', 'x', 100, 0.99, ${supplier}
      from generate_series(${from}::int, ${to}::int) as i`
    const openOnes = async () =>
      (
        await c.sql`select id::int from audit.divergencias_processadas where status = 'aberta' order by id`
      ).map((r) => r['id'] as number)
    await lancarDe('11222333000181', 1, 20)
    await lancarDe('11.222.333/0002-62', 21, 40)
    await c.runSession()
    await c.reject('ana', ...(await openOnes()))
    t.match(await rule(c), { automatica: true, respostas: 1, erradas_no_limiar: 40, erro_observado: 1 })
    await lancarDe('11222333000181', 41, 44)
    await c.runSession()
    const [wrong, ...rightOnes] = await openOnes()
    await c.reject('ana', wrong as number)
    await c.approve('ana', ...rightOnes)
    t.match(
      await rule(c),
      { respostas: 2, erro_observado: 0.625 },
      'as wrong as the share of it that was wrong',
    )
  },
)

t.test('no change of settings, there and back, clears a record', async (t) => {
  const c = await scenario(t)
  await c.reject('ana', ...(await proposing(c, 1, 19)))
  t.match(await rule(c), { automatica: false, prova: 'refutada', erradas_no_limiar: 19 })
  await change(c, { limiar: 0.999 })
  t.match(
    await rule(c),
    { automatica: false, prova: 'sem_prova', respostas: 0 },
    'nobody has answered anything surer than that',
  )
  await change(c, { automatica: true })
  await change(c, { limiar: 0.95 })
  t.match(
    await rule(c),
    { automatica: false, prova: 'refutada', erradas_no_limiar: 19 },
    'given back, and refuted as before',
  )
  t.match(await rule(c), { automatica_perdida: /está refutada/ })
  await change(c, { limiar: 0 })
  t.equal(await sqlstate(change(c, { automatica: true })), 'NC042')

  await c.sql.unsafe(`create schema outra; create function outra.nova(janela audit.janela) returns setof audit.achado language sql stable
    set search_path = pg_catalog, pg_temp begin atomic select * from dw.errada(janela); end;
    grant usage on schema outra to conferente_regra, conferente_administrador`)
  await c.asPerson(
    'adelia',
  )`select audit.registrar_regra('nova', 'x', 'outra.nova', 'dw.lancamentos', 'id', '{categoria,descricao}', limiar => 0)`
  const [fresh] = await c.sql`select automatica, prova from audit.regras where nome = 'nova'`
  t.match(fresh, { automatica: false, prova: 'sem_prova' })
  t.equal(
    await sqlstate(
      c.asPerson('adelia')`select audit.alterar_regra('nova', '{"automatica": true, "limiar": 0}', 'x')`,
    ),
    'NC042',
    'a threshold of zero gives no auto',
  )
  for (const half of ['{"concessao_correcoes": 5}', '{"concessao_correcoes": 5, "concessao_valor": 0}'])
    t.equal(
      await sqlstate(c.asPerson('adelia')`select audit.alterar_regra('nova', ${half}::text::jsonb, 'x')`),
      'NC009',
      half,
    )
})

t.test(
  'a grant without proof is used up, in corrections and in reais, and every digest shows it',
  async (t) => {
    const c = await scenario(t)
    await change(c, { concessao_correcoes: 3, concessao_valor: 1000 })
    const looked = await c.runSession()
    t.match(await said(c, looked['id'], 'sem_prova'), [/restam 3 e R\$ 1\.000,00/], "a manual session's too")
    await c.book({ id: 1 }, { id: 2 })
    const first = await c.runSession('auto')
    t.match(first, { corrigidas: 2n, status: 'concluida' })
    t.match(await said(c, first['id'], 'sem_prova'), [
      /concedidas 3 correções e R\$ 1\.000,00 por adelia; restam 1 e R\$ 800,00/,
    ])
    t.match(one(await c.sql`select motivo, detalhes from audit.operacoes where tipo = 'correcao'`), {
      motivo: /sem prova, por concessão de adelia/,
      detalhes: { sem_prova: { correcoes: 2, valor: 200 } },
    })
    await c.asPerson('ana')`select from audit.reverter_sessao(${String(first['id'])}, 'quero ver de novo')`
    await c.sql`update audit.divergencias_processadas set encaminhada_para = 'revisor' where status = 'aberta'`
    await c.book({ id: 3 }, { id: 4 })
    const second = await c.runSession('auto')
    t.match(
      second,
      {
        corrigidas: 1n,
        status: 'concluida_com_falhas',
        mensagem: /errada parou de corrigir: .*não está provada/,
      },
      'no more than was granted',
    )
    t.match(await said(c, second['id'], 'so_detectou'), [/restam 0/])
    t.match(await rule(c), {
      automatica: false,
      automatica_perdida: /conferente regras --auto errada --correcoes N --valor R\$ --motivo/,
    })
    t.equal(await sqlstate(change(c, { automatica: true })), 'NC042')

    await change(c, { automatica: true, concessao_correcoes: 100, concessao_valor: 250 })
    await c.book({ id: 5, valor: 200 }, { id: 6, valor: 60 })
    t.match(await c.runSession('auto'), { corrigidas: 1n }, 'nor more money')
    t.equal(await c.categoria(5), 'ERR', '4 came first, and with 5 it would be too much')
    await change(c, { automatica: true, concessao_correcoes: 100, concessao_valor: 1000 })
    await c.asPerson(
      'olivia',
    )`select from audit.processar_divergencias('auto', regras => '{errada}', simular => true)`
    t.match(await rule(c), { automatica: true }, 'a simulation uses up nothing')
    await c.runSession('auto')
    t.equal(await c.categoria(5), 'CERTA')
  },
)

t.test('doubtful findings, and decisions that say nothing about the proposal, do not count', async (t) => {
  const c = await scenario(t)
  await c.reject('ana', ...(await proposing(c, 1, 30, 0.94)))
  t.match(
    await rule(c),
    { automatica: true, rejeitadas: 30, respostas: 0, precisao: 0 },
    'below the threshold',
  )
  const ids = await proposing(c, 41, 60, 0.95)
  await c.asPerson('ana')`select from audit.confirmar_divergencias(${ids.slice(0, 5)}, 'na origem')`
  t.match(await rule(c), { respostas: 0, aprovadas: 5 }, 'dealt with elsewhere')
  await c.reject('ana', ...ids.slice(5, 9))
  t.match(await rule(c), { automatica: false, erradas_no_limiar: 4 }, 'at the threshold it is for auto')
  await c.asPerson('ana')`select audit.reabrir_divergencias(${ids.slice(5, 9)}, 'revista')`
  t.match(await rule(c), { automatica: false, rejeitadas: 30, respostas: 0 }, 'nor when taken back')
  await c.approve('ana', ...ids.slice(5, 9))
  t.match(await rule(c), { aprovadas: 9, certas_no_limiar: 4, respostas: 4 }, 'each finding counts once')
})

t.test('two simultaneous answers both count, and the second costs auto', async (t) => {
  const c = await scenario(t)
  const ids = await proposing(c, 1, 4)
  await c.reject('ana', ...ids.slice(0, 2))
  let secondOne: Promise<unknown> | undefined
  await c.asPerson('ana').begin(async (tx) => {
    await tx`select audit.rejeitar_divergencias(${[ids[2] as number]}, 'x')`
    secondOne = c.reject('bruno', ids[3] as number).then((rows) => rows)
    await untilLocked(c.sql)
  })
  await secondOne
  t.match(await rule(c), { automatica: false, rejeitadas: 4, erradas_no_limiar: 4 })
})

t.test('typing another value and declaring an exception count as answers too', async (t) => {
  const c = await scenario(t)
  const [um, ...others] = (await proposing(c, 1, 4)) as [number, number, number, number]
  await c.typeIn('ana', um, { categoria: 'MINHA' })
  t.match(await rule(c), { automatica: true, erradas_no_limiar: 1 })
  await c.typeIn('bruno', um, { categoria: 'CERTA' })
  t.match(await rule(c), { erradas_no_limiar: 0 }, 'the proposal was right after all')
  await c.typeIn('ana', um, { categoria: 'MINHA' })
  await c.reject('ana', ...others.slice(0, 2))
  await c.asPerson(
    'ana',
  )`select audit.declarar_excecao('errada', 'dw.lancamentos', '4', 'contrato', now() + interval '1 year')`
  t.match(await rule(c), { automatica: false, rejeitadas: 4, erradas_no_limiar: 4 })
})

t.test('automatic corrections that people call wrong count against the rule', async (t) => {
  const c = await scenario(t)
  await c.sql`insert into dw.lancamentos (id, data_lancamento, carregado_em, categoria, descricao, valor, confianca)
    select i, '2026-11-10', now() - interval '1 hour', 'ERR', 'x', 100, 0.99 from generate_series(1, 60) as i`
  await c.asPerson('adelia')`select audit.alterar_configuracao('limites.fracao', '1', 'teste')`
  const session = await c.runSession('auto')
  t.match(session, { corrigidas: 60n })
  const ids = (await c.sql`select id::int from audit.divergencias_processadas order by id`).map(
    (r) => r['id'] as number,
  )
  const revert = (...which: number[]) =>
    c.asPerson('ana')`select * from audit.reverter_divergencias(${which}, 'estava certo', 'erradas')`
  await revert(...ids.slice(0, 6))
  t.match(
    await rule(c),
    { automatica: true, automaticas_revertidas: 6, respostas: 0 },
    '6 of 60 may be chance',
  )
  const before = await rule(c)
  const lines = await revert(...ids.slice(6, 12))
  t.match(lines[0], {
    aviso: /errada perdeu a correção automática: .*conferente regras --auto errada --motivo/,
    explicacao: /não volta à fila/,
  })
  t.match(await rule(c), {
    automatica: false,
    prova: 'refutada',
    automatica_perdida: /12 correções automáticas revertidas por erro/,
  })
  t.match(await c.runSession('auto'), { mensagem: /só detectou: .*conferente regras --auto errada/ })

  await c.asPerson('ana')`select from audit.reverter_operacao(${lines[0]?.['operacao_id']}, 'era sim')`
  t.strictSame(await rule(c), before, 'a rollback that was undone leaves no mark')
  await revert(...ids.slice(6, 12))
  t.match(await rule(c), { automatica: false, automaticas_revertidas: 12 }, 'and counted again')
  t.equal(
    await sqlstate(
      c.asPerson('olivia')`select audit.reverter_sessao(${String(session['id'])}, 'x', 'sei lá')`,
    ),
    'NC001',
  )
})

t.test('corrections rolled back for another reason say nothing about the rule', async (t) => {
  const c = await scenario(t)
  await c.book(...Array.from({ length: 5 }, (_, i) => ({ id: i + 1 })))
  const session = (await c.runSession('auto'))['id']
  const lines = await c.asPerson(
    'olivia',
  )`select * from audit.reverter_sessao(${String(session)}, 'quero ver de novo')`
  t.equal(lines.length, 5)
  t.ok(
    lines.every(
      (l) => l['status'] === 'revertida' && /volta à fila/.test(l['explicacao']) && l['aviso'] === null,
    ),
    'it says what becomes of the findings',
  )
  t.match(await rule(c), { automatica: true, automaticas_revertidas: 0, rejeitadas: 0 })
})

t.test('an approval that is rolled back no longer counts', async (t) => {
  const c = await scenario(t)
  const [um] = (await proposing(c, 1, 1)) as [number]
  await c.approve('ana', um)
  t.match(await rule(c), { aprovadas: 1, certas_no_limiar: 1 })
  await c.asPerson('ana')`select from audit.reverter_divergencias(${[um]}, 'era outra nota')`
  t.match(await rule(c), { aprovadas: 0, certas_no_limiar: 0, automaticas_revertidas: 0 })
})

t.test(
  'an approval rolled back as wrong counts against the proposal; brought back, it counts again',
  async (t) => {
    const c = await scenario(t)
    const [um] = (await proposing(c, 1, 1)) as [number]
    await c.approve('ana', um)
    const before = await rule(c)
    const [line] = await c.asPerson(
      'bruno',
    )`select * from audit.reverter_divergencias(${[um]}, 'não era', 'erradas')`
    t.match(await rule(c), { aprovadas: 0, rejeitadas: 1 })
    await c.asPerson('bruno')`select from audit.reverter_operacao(${line?.['operacao_id']}, 'era sim')`
    t.strictSame(await rule(c), before)
  },
)
