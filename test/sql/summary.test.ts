// What a person knows an entry by is shown with its finding, to those who may see the row.
import t from 'tap'
import { one, type Scenario, scenario, sqlstate } from '../helper/scenario.ts'

const shown = async (c: Scenario, who: Parameters<Scenario['asPerson']>[0]) =>
  c.asPerson(who)`select a.resumo, audit.divergencia_resumo(d) as campo, e.lancamento,
      audit.consultar_divergencias() #> '{itens,0,resumo}' as lista
    from audit.vw_divergencias_abertas a
    join audit.divergencias_processadas d on d.id = a.id
    join audit.vw_divergencias_exportacao e on e.id = a.id`

t.test('the summary is kept with the finding and shown to people who may see the row', async (t) => {
  const c = await scenario(t)
  await c.sql`select audit.alterar_regra('errada', '{"colunas_resumo": ["fornecedor", "data_lancamento", "valor"]}', 'conhecer')`
  await c.book({ id: 1, valor: 1234.5 })
  await c.sql`update dw.lancamentos set fornecedor = 'Auto Mantiqueira' where id = 1`
  await c.runSession()
  const summary = { fornecedor: 'Auto Mantiqueira', data_lancamento: '2026-11-10', valor: 1234.5 }
  for (const who of ['ana', 'adelia'] as const) {
    const [line] = await shown(c, who)
    t.match(line, { resumo: summary, campo: summary, lista: summary }, who)
    t.equal(
      line?.['lancamento'],
      'Auto Mantiqueira · 2026-11-10 · 1234.50',
      'in the order in which the rule registers them',
    )
  }
  const nothing = { resumo: null, campo: null, lista: null, lancamento: null }
  t.match(await shown(c, 'leo'), [nothing], 'a reader sees the finding without it')
  t.equal((await c.asPerson('leo')`select from audit.vw_resumos`).length, 0)
  await c.asPerson(
    'adelia',
  )`select audit.alterar_configuracao('resumo.leitores', 'true', 'a equipe toda confere')`
  t.match(await shown(c, 'leo'), [{ resumo: summary, campo: summary }], 'until an administrator allows it')
  await c.sql`update dw.lancamentos set valor = 99 where id = 1`
  await c.runSession()
  t.match(await shown(c, 'ana'), [{ resumo: { valor: 99 } }], 'found again, it shows the row as it is now')
})

t.test(
  'the letter tells each entry by what a person knows it by, to the people whom an administrator named',
  async (t) => {
    const c = await scenario(t)
    await c.sql`select audit.alterar_regra('errada', '{"colunas_resumo": ["fornecedor", "documento", "centro_custo", "data_lancamento", "filial", "valor"]}', 'conhecer')`
    await c.book({ id: 1, valor: 100_000 })
    await c.sql`update dw.lancamentos set fornecedor = 'Auto Mantiqueira', documento = 'NF 4711', filial = 'Betim' where id = 1`
    await c.runSession()
    await c.asPerson(
      'adelia',
    )`select audit.alterar_configuracao('correio.destinatarios', '["gestora@empresa.com.br"]', 'equipe')`
    await c.runSession()
    const written = await c.sql`
    select m.id, m.conteudo from audit.notificacoes n cross join lateral audit_interno.compor_mensagem(n.id) m
    where n.status = 'pendente' and n.tipo = 'resumo' order by n.id desc limit 1`
    const { conteudo } = one(
      await c.sql`select conteudo from audit_interno.iniciar_envio(${written[0]?.['id'] as never})`,
    )
    t.match((conteudo as { itens: unknown })['itens'], [
      {
        registro_id: '1',
        lancamento: ['Auto Mantiqueira', 'NF 4711', '2026-11-10', 'Betim', { n: '100000.00' }],
      },
    ])
    const kept = await c.asPerson(
      'leo',
    )`select conteudo::text as texto from audit.notificacoes where conteudo is not null`
    t.ok(kept.length > 0)
    t.notMatch(
      kept.map(({ texto }) => texto).join(),
      /Mantiqueira/,
      'a reader does not find it in what was sent',
    )
  },
)

t.test('blanks by which a column is filled up are not shown', async (t) => {
  const c = await scenario(t)
  await c.sql`alter table dw.lancamentos alter column fornecedor type char(40), alter column documento type char(20)`
  await c.sql`select audit.alterar_regra('errada', '{"colunas_resumo": ["fornecedor", "documento", "descricao"]}', 'conhecer')`
  await c.book({ id: 1 })
  await c.sql`update dw.lancamentos set fornecedor = 'Auto Mantiqueira', documento = '', descricao = 'frete ' where id = 1`
  await c.runSession()
  t.equal((await shown(c, 'ana'))[0]?.['lancamento'], 'Auto Mantiqueira · frete')
})

t.test('a column that the table does not have is refused when the rule is changed', async (t) => {
  const c = await scenario(t)
  const change = c.asPerson(
    'adelia',
  )`select audit.alterar_regra('errada', '{"colunas_resumo": ["apelido"]}', 'conhecer')`
  t.equal(await sqlstate(change), 'NC009')
})

t.test('a rule cannot register a column that the table does not have', async (t) => {
  const c = await scenario(t)
  await t.rejects(
    c.sql`select audit.registrar_regra('outra', 'Outra.', 'dw.errada', 'dw.lancamentos', 'id', array['categoria'],
      colunas_resumo => array['apelido'])`,
    { code: 'NC011' },
  )
})
