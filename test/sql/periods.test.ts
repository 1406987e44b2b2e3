// Closed months: nothing is written into them, by anybody or in any way, and what lies there is shown as such.
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { asOwner } from '../helper/owner.ts'
import { one, type Scenario, scenario, sqlstate } from '../helper/scenario.ts'
import { bookEntries } from './rules/ledger.ts'

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
/** A rule that proposes the booking day which stands in the text. */
const ruleOfDates = (c: Scenario) =>
  c.sql.unsafe(`create schema minhas; grant usage on schema minhas to conferente_regra;
    create function minhas.data(janela audit.janela) returns setof audit.achado language plpgsql stable
      set search_path = pg_catalog, pg_temp as $f$ begin return query
        select 'dw.lancamentos', l.id::text, jsonb_build_object('data_lancamento', l.descricao), 0.99, '{}'::jsonb, 'a data é outra', l.valor
        from dw.lancamentos l where l.id > 0 and l.descricao ~ '^2026' and l.descricao <> l.data_lancamento::text
          and (janela.chaves is null or l.id = any (janela.chaves::bigint[])); end $f$;
    select audit.registrar_regra('data', 'Data.', 'minhas.data', 'dw.lancamentos', 'id', array['data_lancamento'],
      'data_lancamento', 'carregado_em', 'valor', 0.9, 0.95,
      concessao_correcoes => 1000000, concessao_valor => 1e12)`)

const execution = async (c: Scenario) =>
  one(
    await c.sql`select fechadas::int, valor_fechado::float as valor, corrigidas::int, conferencia, motivo from audit.execucoes_regra
    where regra = 'errada' order by sessao_id desc limit 1`,
  )

t.test(
  'auto leaves a closed month alone, says how many findings it has, and corrects them once it is open',
  async (t) => {
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
      mensagem: /1 em período fechado \(R\$ 100,00\), deixadas como estão/,
    })
    t.match(
      await execution(c),
      { fechadas: 1, valor: 100, corrigidas: 1 },
      '3 is not sure enough for auto anyway',
    )
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
  },
)

t.test('a simulation says how many corrections a closed month prevents, and their amount', async (t) => {
  const c = await scenario(t)
  await c.book(
    { id: 1, data: '2026-10-31', valor: 250.5 },
    { id: 2 },
    { id: 3, data: '2026-10-30', confianca: 0.6 },
    { id: 4, data: '2026-10-29', descricao: 'aponta' },
    { id: 5, data: '2026-10-28', valor: 200000 },
    { id: 6, data: '2026-10-27', valor: 20 },
  )
  await c.runSession()
  await c.postpone('ana', null, (await c.finding(6)).id)
  await closeGates(c, '2026-10-01')
  const simulate = async (mode: string) =>
    one(
      await c.asPerson('olivia')`
      select mensagem, resumo from audit.processar_divergencias(${mode}, regras => '{errada}', simular => true)`,
    )
  t.match(await simulate('auto'), {
    mensagem: /1 em período fechado \(R\$ 250,50\)/,
    resumo: { regras: [{ fechadas: 1, valor_fechado: 250.5, corrigidas: 1 }] },
  })
  t.match(await simulate('manual'), { resumo: { regras: [{ fechadas: 4, valor_fechado: 200370.5 }] } })
})

t.test('findings in a closed month use up nothing of a grant', async (t) => {
  const c = await scenario(t)
  await c.sql`update audit.regras set prova = 'sem_prova', concessao_correcoes = 1, concessao_valor = 1000 where nome = 'errada'`
  await c.book({ id: 1, data: '2026-10-31', valor: 5000 }, { id: 2, data: '2026-10-30' }, { id: 3 })
  await closeGates(c, '2026-10-01')
  t.match(await c.runSession('auto'), { corrigidas: 1n, mensagem: /2 em período fechado/ })
  t.equal(await c.categoria(3), 'CERTA')
})

t.test('limits do not count findings that auto leaves anyway', async (t) => {
  const c = await scenario(t)
  await c.asPerson('adelia')`select audit.alterar_regra('errada', '{"limite_linhas": 1}', 'teste')`
  await c.book({ id: 1, data: '2026-10-31' }, { id: 2, data: '2026-10-30' }, { id: 3 })
  await closeGates(c, '2026-10-01')
  t.match(await c.runSession('auto'), { corrigidas: 1n, limite_atingido: null })
})

t.test(
  'people cannot write there either: an approval leaves it, a typed value and a rollback are refused',
  async (t) => {
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
    t.match(
      await c.reject('ana', um.id),
      [{ resultado: 'feita' }],
      'acts that write nothing are still possible',
    )
  },
)

t.test('an entry that was moved into a closed month after it was seen', async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1, confianca: 0.6 })
  await c.runSession('auto')
  await closeGates(c, '2026-10-01')
  await c.sql`update dw.lancamentos set data_lancamento = '2026-10-31' where id = 1`
  t.match(await c.approve('ana', (await c.finding(1)).id), [{ resultado: 'sem_efeito', status: 'falha' }])
  t.equal(await c.categoria(1), 'ERR', 'by the statement that writes')
})

t.test('a single branch; for a rule without branches, any closed branch counts', async (t) => {
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

t.test('a corrected date does not move an entry into or out of a closed month', async (t) => {
  const c = await scenario(t)
  await ruleOfDates(c)
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

t.test("a branch is the same however it is written, here and in the warehouse's own list", async (t) => {
  const c = await scenario(t)
  await c.sql`update audit.regras set coluna_filial = 'filial' where nome = 'errada'`
  const spellings = ['São Paulo', 'SÃO PAULO', 'Sao  Paulo', ' são\u00a0paulo\t', 'Sa\u0303o Paulo']
  await c.book(...[...spellings, 'São Paulo II', 'Santos'].map((_, i) => ({ id: i + 1 })))
  for (const [i, branch] of [...spellings, 'São Paulo II', 'Santos'].entries()) {
    await c.sql`update dw.lancamentos set filial = ${branch} where id = ${i + 1}`
  }
  await closeGates(c, '2026-11-01', 'sao paulo')
  t.equal(await sqlstate(closeGates(c, '2026-11-01', 'SÃO PAULO')), 'NC005', 'it is already closed')
  await c.runSession('manual')
  t.match(
    await c.asPerson(
      'leo',
    )`select count(*)::int as n from audit.vw_divergencias_abertas where periodo_fechado`,
    [{ n: 5 }],
  )
  t.match(await c.asPerson('leo')`select sum(fechadas)::int as n from audit.vw_grupos_abertos`, [{ n: 5 }])
  t.equal(await sqlstate(c.approve('ana', (await c.finding(3)).id)), 'NC022')
  t.match(await c.runSession('auto'), { corrigidas: 2n, mensagem: /5 em período fechado/ })
  t.match(
    await c.sql`select string_agg(filial, ', ' order by id) as f from dw.lancamentos where id > 0 and categoria = 'CERTA'`,
    [{ f: 'São Paulo II, Santos' }],
  )
  // the statement that writes checks for itself: the last detection saw another branch
  await c.book({ id: 8, confianca: 0.6 })
  await c.sql`update dw.lancamentos set filial = 'Santos' where id = 8`
  await c.runSession('manual')
  await c.sql`update dw.lancamentos set filial = 'SAO PAULO ' where id = 8`
  t.match(await c.approve('ana', (await c.finding(8)).id), [
    { resultado: 'sem_efeito', explicacao: /o período está fechado/ },
  ])
  t.match(await reopen(c, '2026-11-01', 'SÃO  Paulo'), [{ mes: '2026-11-01' }])
  await c.sql.unsafe(`create schema contas; grant usage on schema contas to conferente_regra;
    create table contas.fechados (mes date, filial text); insert into contas.fechados values ('2026-11-20', 'SAO PAULO');
    grant select on contas.fechados to conferente_regra`)
  await source(c, 'contas.fechados')
  t.match(await c.runSession('auto'), { corrigidas: 0n })
})

t.test('closing a branch that no entry has is refused', async (t) => {
  const c = await scenario(t)
  t.match(await closeGates(c, '2026-09-01', 'Recife'), [{ filial: 'Recife' }], 'no rule knows any branch')
  await c.sql`update audit.regras set coluna_filial = 'filial' where nome = 'errada'`
  t.match(await closeGates(c, '2026-10-01', 'Recife'), [{ filial: 'Recife' }], 'nor has the ledger any yet')
  await c.book({ id: 1 }, { id: 2 })
  await c.sql`update dw.lancamentos set filial = case id when 1 then 'Belo Horizonte' else 'São Paulo' end where id > 0`
  const refused = await closeGates(c, '2026-11-01', 'S. Paulo').catch((error) => error)
  t.match(refused, { code: 'NC009', message: /nenhum lançamento tem S\. Paulo/, hint: /São Paulo/ })
  t.match(await closeGates(c, '2026-11-01', 'SAO PAULO'), [{ filial: 'SAO PAULO' }])
  t.match(
    await c.asPerson(
      'leo',
    )`select situacao, detalhe from audit.diagnosticar_contrato() where item = 'periodos'`,
    [{ situacao: 'aviso', detalhe: /Recife/ }],
    'months closed before are named',
  )
})

t.test('a typed date that would move an entry into a closed month is refused at once', async (t) => {
  const c = await scenario(t)
  await ruleOfDates(c)
  await c.book(
    { id: 1, categoria: 'BOA', data: '2026-11-01', descricao: '2026-11-02' },
    { id: 2, categoria: 'BOA', data: '2026-11-01', descricao: '2026-10-31' },
  )
  await c.asPerson('olivia')`select * from audit.processar_divergencias('manual', regras => '{data}')`
  await closeGates(c, '2026-10-01')
  const [one_, two] = [await c.finding(1), await c.finding(2)]
  for (const day of ['2026-10-31', '2026-10-01']) {
    t.equal(await sqlstate(c.typeIn('ana', one_.id, { data_lancamento: day })), 'NC022', day)
  }
  t.equal(await c.status(1), 'aberta')
  t.match(await c.typeIn('ana', one_.id, { data_lancamento: '2026-12-01' }), [
    { status: 'aguardando_segunda_aprovacao' },
  ])
  t.match(
    await c.typeIn('ana', two.id, { data_lancamento: '2026-11-20' }),
    [{ status: 'aguardando_segunda_aprovacao' }],
    'the rule proposed a closed month, the person did not',
  )
  // closed in the meantime: the second person is refused
  await closeGates(c, '2026-12-01')
  t.equal(await sqlstate(c.approve('bruno', one_.id)), 'NC022')
  t.match(await c.approve('bruno', two.id), [{ resultado: 'feita', status: 'corrigida' }])
})

t.test(
  'undoing in a closed month says that it is closed, and other ways back do not write there either',
  async (t) => {
    const c = await scenario(t)
    await c.book(
      { id: 1, data: '2026-10-31', confianca: 0.6 },
      { id: 2, data: '2026-10-30', confianca: 0.6 },
      { id: 3, data: '2026-10-29' },
    )
    const session = await c.runSession('auto')
    const [um] = await c.approve('ana', (await c.finding(1)).id)
    const back = one(
      await c.asPerson(
        'ana',
      )`select * from audit.reverter_divergencias(${[(await c.finding(3)).id]}, 'engano')`,
    )
    await closeGates(c, '2026-10-01')
    const refused = await c.undo('ana', um?.['operacao_id']).catch((error) => error)
    t.match(refused, { code: 'NC022', message: /o período está fechado/ })
    t.equal(await c.categoria(1), 'CERTA')
    for (const again of [
      c.asPerson('ana')`select * from audit.reverter_operacao(${um?.['operacao_id'] as never}, 'engano')`,
      c.asPerson('ana')`select * from audit.reverter_operacao(${back['operacao_id'] as never}, 'era certo')`,
    ]) {
      t.match(await again, [{ resultado: 'recusada', explicacao: /o período está fechado/ }])
    }
    t.equal(await c.categoria(3), 'ERR')
    t.equal(
      await sqlstate(
        c.asPerson('ana')`select * from audit.reverter_sessao(${session['id'] as never}, 'engano')`,
      ),
      'NC017',
    )
    const [group] = await c.asPerson(
      'ana',
    )`select grupo, visto from audit.vw_grupos_abertos where fechadas > 0`
    t.equal(
      await sqlstate(
        c.asPerson(
          'ana',
        )`select * from audit.decidir_grupo(${group?.['grupo'] as string}, 'aprovar', '{}', ${group?.['visto'] as never}, 'todas')`,
      ),
      'NC022',
    )
    t.equal(await c.categoria(2), 'ERR')
  },
)

t.test('findings that are only flagged say what to book in the open month', async (t) => {
  const c = await scenario(t)
  await c.sql`update audit.regras set ativa = nome = 'validacao_valores'`
  const note = { fornecedor: 'Gráfica Alfa Ltda', documento: 'NF 4711', valor: 100, valor_documento: 100 }
  await bookEntries(
    c.sql,
    { id: 1, ...note },
    { id: 2, ...note, data_lancamento: '2025-03-12' },
    { id: 3, ...note, documento: 'NF 5000', valor: 90, valor_documento: 100 },
    { id: 4, ...note, documento: 'NF 6000', valor: 40, centro_custo: 'A' },
    { id: 5, ...note, documento: 'NF 6000', valor: 50, centro_custo: 'B' },
    { id: 6, ...note, documento: 'NF 7000', valor: -70, valor_documento: -70, data_lancamento: '2025-03-12' },
    { id: 7, ...note, documento: 'NF 7000', valor: -70, valor_documento: -70, data_lancamento: '2025-03-13' },
  )
  await closeGates(c, '2025-03-01')
  await c.asPerson(
    'olivia',
  )`select * from audit.processar_divergencias('manual', '2025-03-01', '2025-03-31', regras => '{validacao_valores}')`
  t.same(
    await c.asPerson(
      'leo',
    )`select especie, ajuste_periodo::float as ajuste from audit.vw_divergencias_abertas order by registro_id`,
    [
      { especie: 'duplicidade_proxima', ajuste: -100 },
      { especie: 'outro', ajuste: 10 },
      { especie: 'rateio_a_menos', ajuste: 10 },
      { especie: 'duplicidade_proxima', ajuste: 70 },
    ],
  )
})

t.test('a closing waits, when it commits, for writes that began meanwhile', async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1, data: '2026-10-30', confianca: 0.6 })
  await c.runSession()
  const um = await c.finding(1)
  let committed = false
  let writing: () => void = () => {}
  const written = new Promise<void>((resolve) => {
    writing = resolve
  })
  let approval: Promise<unknown> = Promise.resolve()
  const closing = c
    .asPerson('adelia')
    .begin(async (tx) => {
      await tx`select * from audit.fechar_periodo('2026-10-01', 'fecha')`
      approval = c.asPerson('ana').begin(async (other) => {
        await other`select * from audit.aprovar_divergencias(${[um.id]}, 'conferido')`
        writing()
        await sleep(500)
        t.notOk(committed, 'the closing waits')
      })
      await written
    })
    .then(() => {
      committed = true
    })
  await closing
  await approval
  t.equal(await c.categoria(1), 'CERTA')
  t.same(await closed(c), ['2026-10 - conferente'])
})

t.test('two people close two months at once', async (t) => {
  const c = await scenario(t)
  await c.asPerson('adelia').begin(async (tx) => {
    await tx`select * from audit.fechar_periodo('2026-10-01', 'fecha')`
    const other = c.connectAs('adelia')
    await other`select * from audit.fechar_periodo('2026-09-01', 'fecha')`
  })
  t.same(await closed(c), ['2026-09 - conferente', '2026-10 - conferente'])
})

t.test('a transaction with a snapshot from before a closing does not write into it either', async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1, data: '2026-10-30', confianca: 0.6 })
  await c.runSession()
  const um = await c.finding(1)
  const late = c.asPerson('ana').begin('isolation level repeatable read', async (tx) => {
    await tx`select 1 from audit.vw_divergencias_abertas`
    await closeGates(c, '2026-10-01')
    await tx`select * from audit.aprovar_divergencias(${[um.id]}, 'conferido')`
  })
  t.equal(await sqlstate(late), 'NC022')
  t.equal(await c.categoria(1), 'ERR')
})

t.test("an instant belongs to the month of the company's time zone", async (t) => {
  const c = await scenario(t)
  await c.sql`alter table dw.lancamentos alter data_lancamento type timestamptz`
  await c.book({ id: 1 }, { id: 2 })
  await c.sql`update dw.lancamentos set data_lancamento = case id when 1 then timestamptz '2026-11-01 01:00+00' else '2026-11-01 04:00+00' end where id > 0`
  await closeGates(c, '2026-10-01')
  await c.asPerson('olivia').begin(async (tx) => {
    await tx`set local timezone = 'UTC'`
    t.match(await c.runSession('auto', tx as never), { corrigidas: 1n })
  })
  t.same([await c.categoria(1), await c.categoria(2)], ['ERR', 'CERTA'])
})

t.test('a source with an infinite month is an error, and nothing is written', async (t) => {
  const c = await scenario(t)
  await c.sql.unsafe(
    `create table dw.fechados (mes date); insert into dw.fechados values ('infinity'); grant select on dw.fechados to conferente_regra`,
  )
  await source(c, 'dw.fechados')
  await c.book({ id: 1 })
  t.match(await c.runSession('auto'), { corrigidas: 0n, limite_atingido: /dw\.fechados/ })
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

t.test(
  "while the warehouse's list cannot be read, nothing is written, and everybody is told why",
  async (t) => {
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
  },
)

t.test('a closing waits for writers; one that is left open in psql blocks nobody', async (t) => {
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
  t.equal(await c.categoria(1), 'CERTA', 'whoever came first')
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

t.test('if corrections do not end, nothing is closed, and the person is told', async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1, confianca: 0.6 })
  await c.runSession()
  await c.asPerson('ana').begin(async (tx) => {
    await tx`select * from audit.aprovar_divergencias(${[(await c.finding(1)).id]}, 'conferido')`
    t.equal(await sqlstate(closeGates(c, '2026-11-01')), '55P03')
  })
  t.same(await closed(c), [])
})

t.test('several months at once, refusals, and who may close', async (t) => {
  const c = await scenario(t)
  t.match(await closeGates(c, '2026-08-20', null, '2026-10-01'), [
    { mes: '2026-08-01' },
    { mes: '2026-09-01' },
    { mes: '2026-10-01' },
  ])
  t.match(
    await closeGates(c, '2026-10-02', null, '2026-11-02'),
    [{ mes: '2026-11-01' }],
    'what is closed stays closed',
  )
  t.equal(await sqlstate(closeGates(c, '2026-10-01')), 'NC005')
  t.equal(await sqlstate(closeGates(c, '2026-10-01', null, '2026-09-01')), 'NC009')
  t.equal(await sqlstate(closeGates(c, 'infinity')), 'NC009')
  t.equal(await sqlstate(closeGates(c, '2026-10-01', '  ')), 'NC009')
  const [next] =
    await c.sql`select (date_trunc('month', audit.hoje()) + interval '1 month')::date::text as day`
  const early = closeGates(c, '2026-10-01', null, next?.['day'])
  await t.rejects(
    early,
    { code: 'NC009', message: /ainda não começou/, hint: /Nada foi fechado/ },
    'a future month',
  )
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

t.test('repeated approvals for a rule without branches work while another month is closed', async (t) => {
  const c = await scenario(t)
  await c.book(...Array.from({ length: 8 }, (_, n) => ({ id: n + 1, confianca: 0.6 })))
  await c.runSession('manual')
  await closeGates(c, '2026-10-01')
  for (let n = 1; n <= 8; n++)
    t.match(await c.approve('ana', (await c.finding(n)).id), [{ status: 'corrigida' }], `entry ${n}`)
})
