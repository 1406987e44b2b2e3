// Closed months: nothing is written into them, by nobody and in no way, and what lies there is shown as such.
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { asOwner } from '../helper/database.ts'
import { one, type Scenario, scenario, sqlstate } from '../helper/scenario.ts'

const closeGates = (c: Scenario, month: string, branch: string | null = null, until: string | null = null) =>
  c.asPerson('adelia')`select mes::text, filial, fechado_por
    from audit.fechar_periodo(${month}::text::date, 'balancete entregue', ${branch}, ${until}::text::date)`
const reopen = (c: Scenario, month: string, branch: string | null = null) =>
  c.asPerson(
    'adelia',
  )`select mes::text, reaberto_por from audit.reabrir_periodo(${month}::text::date, 'ajuste do auditor', ${branch})`
const source = (c: Scenario, name: string) =>
  c.asPerson('adelia')`select audit.alterar_configuracao('periodos.fonte', ${c.sql.json(name)}, 'teste')`
const closed = async (c: Scenario) =>
  (
    await c.asPerson(
      'leo',
    )`select to_char(mes, 'YYYY-MM') as mes, filial, origem from audit.periodos_fechados()`
  ).map(({ mes, filial, origem }) => `${mes} ${filial ?? '-'} ${origem}`)
const execution = async (c: Scenario) =>
  one(
    await c.sql`select fechadas::int, corrigidas::int, conferencia, motivo from audit.execucoes_regra
    where regra = 'errada' order by sessao_id desc limit 1`,
  )

t.test('auto leaves a closed month as it is, says how many, and corrects it once it is open', async (t) => {
  const c = await scenario(t)
  await c.book(
    { id: 1, data: '2026-10-31' },
    { id: 2, data: '2026-11-01' },
    { id: 3, data: '2026-10-02', confianca: 0.6 },
  )
  t.match(await closeGates(c, '2026-10-15'), [{ mes: '2026-10-01', filial: null, fechado_por: 'adelia' }])
  t.match(await c.runSession('auto'), {
    status: 'concluida',
    corrigidas: 1n,
    mensagem: /2 em período fechado, deixadas como estão/,
  })
  t.match(await execution(c), { fechadas: 2, corrigidas: 1 })
  t.equal(await c.categoria(1), 'ERR')
  t.equal(await c.categoria(2), 'CERTA')
  t.match(
    await c.asPerson(
      'leo',
    )`select registro_id, periodo_fechado, ajuste_periodo::float from audit.vw_divergencias_abertas order by 1`,
    [
      { registro_id: '1', periodo_fechado: true, ajuste_periodo: 100 },
      { registro_id: '3', periodo_fechado: true },
    ],
  )
  t.match(await c.asPerson('ana')`select sum(fechadas)::int as n from audit.vw_grupos_abertos`, [{ n: 2 }])
  t.match(await reopen(c, '2026-10-01'), [{ mes: '2026-10-01', reaberto_por: 'adelia' }])
  t.match(await c.runSession('auto'), { corrigidas: 1n, mensagem: null })
  t.equal(await c.categoria(1), 'CERTA')
  t.match(await c.sql`select * from audit.verificar_integridade()`, [{ situacao: 'provada' }])
})

t.test('a simulation says how much it leaves out', async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1, data: '2026-10-31' }, { id: 2 })
  await closeGates(c, '2026-10-01')
  const [s] = await c.asPerson('olivia')`
    select mensagem, resumo from audit.processar_divergencias('auto', regras => '{errada}', simular => true)`
  t.match(s, { mensagem: /1 em período fechado/, resumo: { regras: [{ fechadas: 1, corrigidas: 1 }] } })
})

t.test('what would be too much for auto is counted without what it leaves anyway', async (t) => {
  const c = await scenario(t)
  await c.asPerson('adelia')`select audit.alterar_regra('errada', '{"limite_linhas": 1}', 'teste')`
  await c.book({ id: 1, data: '2026-10-31' }, { id: 2, data: '2026-10-30' }, { id: 3 })
  await closeGates(c, '2026-10-01')
  t.match(await c.runSession('auto'), { corrigidas: 1n, limite_atingido: null })
})

t.test('nor by a person: an approval leaves it, a typed value and a rollback are refused', async (t) => {
  const c = await scenario(t)
  await c.book(
    { id: 1, data: '2026-10-31', confianca: 0.6 },
    { id: 2, confianca: 0.6 },
    { id: 3, data: '2026-10-05' },
  )
  await c.runSession('auto')
  t.equal(await c.categoria(3), 'CERTA')
  const [um, two, three] = [await c.finding(1), await c.finding(2), await c.finding(3)]
  await closeGates(c, '2026-10-01')
  t.match(await c.approve('ana', um.id, two.id), [
    { resultado: 'deixada', codigo: 'NC022', status: 'aberta', explicacao: /10\/2026 está fechado/ },
    { resultado: 'feita', status: 'corrigida' },
  ])
  t.equal(await sqlstate(c.approve('ana', um.id)), 'NC022')
  t.equal(await sqlstate(c.typeIn('ana', um.id, { categoria: 'OUTRA' })), 'NC022')
  t.match(await c.asPerson('ana')`select * from audit.reverter_divergencias(${[three.id]}, 'engano')`, [
    { resultado: 'recusada', explicacao: /o período está fechado/, status: 'corrigida' },
  ])
  t.equal(await c.categoria(3), 'CERTA')
  t.match(await c.reject('ana', um.id), [{ resultado: 'feita' }], 'what writes nothing is still possible')
})

t.test('an entry that was moved into a closed month after it was seen', async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1, confianca: 0.6 })
  await c.runSession('auto')
  await closeGates(c, '2026-10-01')
  await c.sql`update dw.lancamentos set data_lancamento = '2026-10-31' where id = 1`
  t.match(await c.approve('ana', (await c.finding(1)).id), [{ resultado: 'sem_efeito', status: 'falha' }])
  t.equal(await c.categoria(1), 'ERR', 'by the statement that writes')
})

t.test('a branch alone; of a rule that knows no branch any branch counts', async (t) => {
  const c = await scenario(t)
  await asOwner(
    c.sql,
    (owner) => owner`update audit.regras set coluna_filial = 'filial' where nome = 'errada'`,
  )
  await c.book({ id: 1 }, { id: 2 }, { id: 3 })
  await c.sql`update dw.lancamentos set filial = case id when 1 then ' SP ' when 2 then 'RJ' end where id > 0`
  await closeGates(c, '2026-11-01', ' SP')
  t.match(await c.runSession('auto'), { corrigidas: 1n })
  t.same(
    [await c.categoria(1), await c.categoria(2), await c.categoria(3)],
    ['ERR', 'CERTA', 'ERR'],
    '3 has no branch',
  )
  t.same(await closed(c), ['2026-11 SP conferente'])
  await asOwner(c.sql, (owner) => owner`update audit.regras set coluna_filial = null where nome = 'errada'`)
  await c.book({ id: 4 })
  t.match(await c.runSession('auto'), { corrigidas: 0n })
  t.equal(await sqlstate(reopen(c, '2026-11-01')), 'NC004', 'the company was not closed')
  await reopen(c, '2026-11-01', 'SP')
  t.match(await c.runSession('auto'), { corrigidas: 3n })
})

t.test('a correction of the date itself does not cross a closed month, either way', async (t) => {
  const c = await scenario(t)
  await c.sql.unsafe(`create schema minhas; grant usage on schema minhas to conferente_regra;
    create function minhas.data(janela audit.janela) returns setof audit.achado language plpgsql stable
      set search_path = pg_catalog, pg_temp as $f$ begin return query
        select 'dw.lancamentos', l.id::text, jsonb_build_object('data_lancamento', l.descricao), 0.99, '{}'::jsonb, 'a data é outra', l.valor
        from dw.lancamentos l where l.id > 0 and l.descricao ~ '^2026' and l.descricao <> l.data_lancamento::text
          and (janela.chaves is null or l.id = any (janela.chaves::bigint[])); end $f$;
    select audit.registrar_regra('data', 'Data.', 'minhas.data', 'dw.lancamentos', 'id', array['data_lancamento'],
      'data_lancamento', 'carregado_em', 'valor', 0.9, 0.95,
      concessao_correcoes => 1000000, concessao_valor => 1e12)`)
  await c.book(
    { id: 1, categoria: 'BOA', data: '2026-10-31', descricao: '2026-11-01' },
    { id: 2, categoria: 'BOA', data: '2026-11-01', descricao: '2026-10-31' },
    { id: 3, categoria: 'BOA', data: '2026-11-01', descricao: '2026-11-02' },
  )
  await closeGates(c, '2026-10-01')
  t.match(
    one(await c.asPerson('olivia')`select * from audit.processar_divergencias('auto', regras => '{data}')`),
    {
      corrigidas: 1n,
      mensagem: /2 em período fechado/,
    },
  )
  t.same(await c.sql`select data_lancamento::text as dia from dw.lancamentos where id > 0 order by id`, [
    { dia: '2026-10-31' },
    { dia: '2026-11-01' },
    { dia: '2026-11-02' },
  ])
  t.equal(await sqlstate(c.approve('ana', (await c.finding(2)).id)), 'NC022')
})

for (const [o, did] of [
  [
    'a table',
    "create table contas.fechados (mes date, filial text); insert into contas.fechados values ('2026-10-20', null), (null, null); grant select on contas.fechados to conferente_regra",
  ],
  [
    'a view without branches',
    "create view contas.fechados as select timestamp '2026-10-01' as mes; grant select on contas.fechados to conferente_regra",
  ],
  [
    'a function',
    "create function contas.fechados() returns table (mes date, filial text) language sql stable as $$ select date '2026-10-01', '' $$",
  ],
] as const) {
  t.test(`the warehouse says which months are closed: ${o}`, async (t) => {
    const c = await scenario(t)
    await c.sql.unsafe(`create schema contas; grant usage on schema contas to conferente_regra; ${did}`)
    await source(c, 'contas.fechados')
    await c.book({ id: 1, data: '2026-10-31' }, { id: 2 })
    t.match(await c.runSession('auto'), { corrigidas: 1n, mensagem: /1 em período fechado/ })
    t.equal(await c.categoria(1), 'ERR')
    t.same(await closed(c), ['2026-10 - contas.fechados'])
  })
}

t.test('while that list cannot be read nothing is written, and everybody is told why', async (t) => {
  const c = await scenario(t)
  await c.sql.unsafe('create table dw.fechados (mes date, filial text)')
  await c.book({ id: 1 }, { id: 2, confianca: 0.6 })
  for (const [name, said] of [
    ['dw.fechados', /permission denied/],
    ['dw.esquecida', /dw\.esquecida não existe/],
    ['dw.ajuste', /mes/],
  ] as const) {
    await source(c, name)
    t.match(
      await c.runSession('auto'),
      { status: 'concluida_com_falhas', corrigidas: 0n, limite_atingido: said },
      name,
    )
    t.equal(await sqlstate(c.approve('ana', (await c.finding(2)).id)), 'NC022')
    t.match(await c.asPerson('leo')`select periodo_fechado from audit.vw_divergencias_abertas`, [
      { periodo_fechado: null },
      { periodo_fechado: null },
    ])
    t.match(
      await c.runSession('manual'),
      { status: 'concluida', mensagem: said },
      'finding is still possible',
    )
    t.match(
      await c.asPerson('leo')`select * from audit.diagnosticar_contrato() where item = 'periodos.fonte'`,
      [{ situacao: 'erro' }],
    )
  }
  t.equal(await c.categoria(1), 'ERR')
  await source(c, '')
  t.match(await c.runSession('auto'), { corrigidas: 1n })
})

t.test('who closes waits for who writes; a closing that is left open in psql stops nobody', async (t) => {
  const c = await scenario(t)
  await c.book(...[1, 2, 3].map((id) => ({ id, data: '2026-10-30', confianca: id === 3 ? 0.99 : 0.6 })))
  await c.runSession()
  const [um, two] = [await c.finding(1), await c.finding(2)]
  const shown = await c.shown(two.id)
  let closedMonth = false
  let closing: Promise<unknown> = Promise.resolve()
  await c.asPerson('ana').begin(async (tx) => {
    await tx`select * from audit.aprovar_divergencias(${[um.id]}, 'conferido')`
    closing = closeGates(c, '2026-10-01').then(() => {
      closedMonth = true
    })
    await sleep(300)
    t.notOk(closedMonth, 'not while it is being written')
  })
  await closing
  t.equal(await c.categoria(1), 'CERTA', 'came first')
  await reopen(c, '2026-10-01')
  await c.asPerson('adelia').begin(async (tx) => {
    await tx`select * from audit.fechar_periodo('2026-10-01', 'fecha')`
    t.match(
      await c.asPerson('bruno')`select * from audit.aprovar_divergencias(${[two.id]}, 'conferido', ${shown})`,
      [{ resultado: 'feita' }],
    )
    t.match(await c.runSession('auto'), { corrigidas: 1n }, 'nor the morning session')
  })
  await c.change(2, 'ERR')
  await c.runSession()
  t.equal(await sqlstate(c.approve('ana', (await c.finding(2)).id)), 'NC022', 'closed once it is committed')
})

t.test('corrections that do not end: nothing is closed, and that is said', async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1, confianca: 0.6 })
  await c.runSession()
  await c.asPerson('ana').begin(async (tx) => {
    await tx`select * from audit.aprovar_divergencias(${[(await c.finding(1)).id]}, 'conferido')`
    t.equal(await sqlstate(closeGates(c, '2026-11-01')), '55P03')
  })
  t.same(await closed(c), [])
})

t.test('months at once, the refusals, and who may', async (t) => {
  const c = await scenario(t)
  t.match(await closeGates(c, '2026-08-20', null, '2026-10-01'), [
    { mes: '2026-08-01' },
    { mes: '2026-09-01' },
    { mes: '2026-10-01' },
  ])
  t.match(
    await closeGates(c, '2026-10-02', null, '2026-11-02'),
    [{ mes: '2026-11-01' }],
    'what is closed stays',
  )
  t.equal(await sqlstate(closeGates(c, '2026-10-01')), 'NC005')
  t.equal(await sqlstate(closeGates(c, '2026-10-01', null, '2026-09-01')), 'NC009')
  t.equal(await sqlstate(closeGates(c, 'infinity')), 'NC009')
  t.equal(await sqlstate(closeGates(c, '2026-10-01', '  ')), 'NC009')
  t.equal(await sqlstate(c.asPerson('adelia')`select audit.fechar_periodo('2026-10-01', ' ')`), 'NC006')
  for (const who of ['leo', 'ana', 'olivia'] as const) {
    t.equal(await sqlstate(c.asPerson(who)`select audit.fechar_periodo('2025-01-01', 'x')`), '42501')
    t.equal(await sqlstate(c.asPerson(who)`select audit.reabrir_periodo('2026-10-01', 'x')`), '42501')
    t.equal(await sqlstate(c.asPerson(who)`delete from audit.periodos`), '42501')
  }
  t.match(
    await c.sql`select tipo, ator, linhas::int from audit.operacoes where tipo = 'periodo' order by id`,
    [{ ator: 'adelia', linhas: 3 }, { linhas: 1 }],
  )
})
