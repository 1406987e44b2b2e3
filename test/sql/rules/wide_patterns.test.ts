// A pattern that is too wide: what it would match is shown before it is saved, and what it matches is not corrected before it has
// earned that.
import t from 'tap'
import { testDatabase } from '../../helper/database.ts'
import { sqlstate } from '../../helper/scenario.ts'
import { bookEntries, type LedgerEntry, makeLedger, setSetting } from './ledger.ts'

/** Nine right entries of maintenance, and marketing with the same words. */
const BOOK: LedgerEntry[] = [
  ...Array.from({ length: 9 }, (_, n) => ({
    fornecedor: `Reformas ${n}`,
    fornecedor_id: `R-${n}`,
    categoria: 'Manutenção',
    descricao: 'reparo do piso do ponto de venda',
  })),
  ...Array.from({ length: 12 }, (_, n) => ({
    fornecedor: `Agência ${n}`,
    fornecedor_id: `A-${n}`,
    categoria: 'Trade Marketing',
    descricao: 'display no ponto de venda',
  })),
  { categoria: 'A classificar', descricao: 'ponto de venda da loja 7' },
]

t.test(
  'a pattern that the ledger contradicts too often is saved only by somebody who says they have looked',
  async (t) => {
    const { sql, connectAs } = await testDatabase(t)
    const [adelia, ana] = [connectAs('adelia'), connectAs('ana')]
    await makeLedger(sql)
    const save = (pattern: string, action = 'incluir', looked = false) =>
      adelia`select p.id::int, p.ativo from audit.salvar_padrao('descricao', 'contem', ${pattern}, ${action}, 'do negócio', ${looked}) p`
    t.match(await save('sem livro'), [{ ativo: true }], 'nothing to compare with yet')
    await bookEntries(sql, ...BOOK)

    const refused = (await save('ponto de venda').then(
      () => undefined,
      (error) => error,
    )) as { code: string; message: string; detail: string; hint: string }
    t.match(refused, {
      code: 'NC027',
      message: 'o padrão "ponto de venda" alcança 22 lançamentos; em outra categoria: 9 (43%)',
      detail:
        /^De 10\/03\/2025 a 10\/03\/2025\. Onde estão: Trade Marketing \(12\), Manutenção \(9\), A classificar \(1\)\.$/,
      hint: /conferido => true/,
    })
    t.equal((await sql`select from audit.padroes_trade_marketing`).length, 1, 'it was not saved')
    t.match(
      await ana`select discordam::int, discordancia::float8 from audit.medir_padrao('descricao', 'contem', 'ponto de venda')`,
      [{ discordam: 9, discordancia: 0.4286 }],
      'the preview shows the same',
    )
    t.match(await save('display'), [{ ativo: true }], 'one that the ledger agrees with')
    t.match(await save('reparo', 'excluir'), [{ ativo: true }], 'one that excludes corrects nothing')
    t.match(
      await save('ponto de venda'),
      [{ ativo: true }],
      'entries that an exclusion silences are not disagreement',
    )
    const off = (pattern: string, looked = false) =>
      adelia`select (audit.desativar_padrao(p.id, 'x', ${looked})).ativo from audit.padroes_trade_marketing p where p.padrao = ${pattern}`
    const unprotected = (await off('reparo').then(
      () => undefined,
      (error) => error,
    )) as { code: string; message: string; detail: string; hint: string }
    t.match(
      unprotected,
      {
        code: 'NC027',
        message:
          'sem o padrão de exclusão "reparo" os outros alcançam mais 9 lançamentos; em outra categoria: 9 (100%)',
        detail: /Onde estão: Manutenção \(9\)/,
        hint: /conferido => true/,
      },
      'an excluding pattern that protects entries is not switched off by oversight',
    )
    t.match(
      await sql`select ativo from audit.padroes_trade_marketing where padrao = 'reparo'`,
      [{ ativo: true }],
      'it still protects them',
    )
    t.match(await off('reparo', true), [{ ativo: false }])
    t.match(
      await sql`select detalhes -> 'alcance' as alcance from audit.operacoes where tipo = 'padrao' order by id desc limit 1`,
      [{ alcance: { lancamentos: 9, discordam: 9, conferido: true } }],
    )
    t.match(await off('reparo'), [{ ativo: false }], 'nobody is asked about what is already off')
    t.match(await save('reparo', 'excluir'), [{ ativo: true }])
    t.match(await save('do piso', 'excluir'), [{ ativo: true }])
    t.match(await off('reparo'), [{ ativo: false }], 'where another protects the same')
    t.match(
      await off('ponto de venda'),
      [{ ativo: false }],
      'one that includes is switched off without a question',
    )
    t.match(await off('do piso'), [{ ativo: false }], 'and with it, what nobody else would reach')
    t.equal(await sqlstate(save('ponto de venda')), 'NC027', 'switched on again, it is looked at again')
    t.match(await save('ponto de venda', 'incluir', true), [{ ativo: true }])
    t.match(
      await sql`select ator, detalhes -> 'alcance' as alcance from audit.operacoes where tipo = 'padrao' order by id desc limit 1`,
      [{ ator: 'adelia', alcance: { lancamentos: 22, discordam: 9, conferido: true } }],
      'the record says who looked, and at what',
    )
    await setSetting(sql, 'trade_marketing.discordancia_maxima', 0.5)
    t.match(await save('ponto de venda'), [{ ativo: true }], 'the share is a setting')
  },
)

t.test(
  'a pattern that is too wide only proposes until its own answers prove it, and wrong answers count too',
  async (t) => {
    const { sql, connectAs } = await testDatabase(t)
    await makeLedger(sql)
    await setSetting(sql, 'limites.fracao', 1)
    await bookEntries(sql, ...BOOK)
    const adelia = connectAs('adelia')
    // one that is proven already lends nothing to another
    await adelia`select audit.salvar_padrao('descricao', 'contem', 'display', 'incluir', 'do negócio')`
    await adelia`select audit.salvar_padrao('descricao', 'contem', 'ponto de venda', 'incluir', 'do negócio', true)`
    await bookEntries(
      sql,
      ...Array.from({ length: 70 }, (_, n) => ({
        fornecedor: `Vitrine ${n}`,
        fornecedor_id: `V-${n}`,
        categoria: 'Serviços',
        descricao: 'display de vitrine',
      })),
    )
    const session = () => connectAs('olivia')`select status, corrigidas::int
      from audit.processar_divergencias('auto', '2025-01-01', '2025-12-31', '{trade_marketing}')`
    t.match(await session(), [{ status: 'concluida', corrigidas: 0 }], 'nothing before people have answered')
    await connectAs('ana')`select from audit.aprovar_divergencias(array(
      select id from audit.divergencias_processadas where entrada ->> 'fornecedor' like 'Vitrine%'), 'conferi a nota')`
    t.match(await session(), [{ corrigidas: 0 }], 'the nine are right where they are')
    const nine = () =>
      sql`select d.status, d.confianca::float8 as confianca, d.justificativa from audit.divergencias_processadas d
        where d.entrada ->> 'fornecedor' like 'Reformas%'`
    for (const { status, confianca, justificativa } of await nine()) {
      t.equal(status, 'aberta')
      t.ok(confianca < 0.95, `${confianca}`)
      t.match(justificativa, /O padrão ainda não corrige sozinho: \d+ de 20 respostas certas/)
    }
    await connectAs('ana')`select from audit.rejeitar_divergencias(array(
      select id from audit.divergencias_processadas where entrada ->> 'fornecedor' like 'Reformas%'), 'é reforma')`
    await bookEntries(sql, {
      fornecedor: 'Reformas 99',
      fornecedor_id: 'R-99',
      categoria: 'Manutenção',
      descricao: 'reparo do piso do ponto de venda',
    })
    t.match(await session(), [{ corrigidas: 0 }])
    const [fresh] = await sql`select confianca::float8 as confianca from audit.divergencias_processadas
      where entrada ->> 'fornecedor' = 'Reformas 99'`
    t.ok(fresh?.['confianca'] < 0.1, `after nine refusals: ${fresh?.['confianca']}`)
  },
)

t.test('disagreement in earlier years counts too', async (t) => {
  const { sql, connectAs } = await testDatabase(t)
  await makeLedger(sql)
  const save = (pattern: string) =>
    connectAs(
      'adelia',
    )`select p.id::int from audit.salvar_padrao('descricao', 'contem', ${pattern}, 'incluir', 'do negócio') p`
  const many = (n: number, categoria: string, descricao: string, day: string) =>
    bookEntries(
      sql,
      ...Array.from({ length: n }, (_, k) => ({
        fornecedor: `Casa ${k}`,
        categoria,
        descricao,
        data_lancamento: day,
      })),
    )
  await many(300, 'Trade Marketing', 'display de loja', '2025-03-10')
  await many(9, 'Manutenção', 'reparo do display', '2022-05-10')
  await many(30, 'Manutenção', 'gôndola quebrada', '2021-05-10')
  await many(4, 'Trade Marketing', 'gôndola de ponta', '2025-03-10')
  await many(200, 'Trade Marketing', 'wobbler', '2025-03-10')
  await many(2, 'Serviços', 'wobbler', '2023-03-10')
  // a mistyped date leaves nothing out
  await bookEntries(sql, { descricao: 'outra coisa', data_lancamento: '2202-03-01' })
  t.equal(await sqlstate(save('gondola')), 'NC027', 'the last year says little')
  const refused = (await save('display').then(
    () => undefined,
    (error) => error,
  )) as { code: string; message: string; detail: string }
  t.match(refused, {
    code: 'NC027',
    message: 'o padrão "display" alcança 309 lançamentos; em outra categoria: 9 (3%)',
    detail: /^De 10\/05\/2021 a 01\/03\/2202; no ano em que mais discorda, 100%\./,
  })
  t.match(await save('wobbler'), [{}], 'two entries do not make a year')
})

t.test('changing the marketing category checks all active patterns, even the first time', async (t) => {
  const { sql, connectAs } = await testDatabase(t)
  const adelia = connectAs('adelia')
  await makeLedger(sql)
  await bookEntries(sql, ...BOOK)
  await sql`update audit.configuracoes_sistema set valor = 'null' where chave = 'trade_marketing.categoria'`
  const configure = (category: string, looked = false) =>
    adelia`select valor from audit.alterar_configuracao('trade_marketing.categoria', ${sql.json(category)}, 'novo plano', ${looked})`
  // without a category there is nothing to compare with, so it was saved
  await adelia`select audit.salvar_padrao('descricao', 'contem', 'ponto de venda', 'incluir', 'do negócio')`
  const refused = (await configure('Trade Marketing').then(
    () => undefined,
    (error) => error,
  )) as { code: string; message: string; detail: string; hint: string }
  t.match(refused, {
    code: 'NC027',
    message: 'com a categoria "Trade Marketing", 1 padrões alcançam lançamentos demais de outras categorias',
    detail: 'Em outra categoria: "ponto de venda" (9 de 21).',
    hint: /--conferido/,
  })
  t.match(
    await sql`select valor from audit.configuracoes_sistema where chave = 'trade_marketing.categoria'`,
    [{ valor: null }],
  )
  await adelia`select audit.salvar_padrao('descricao', 'contem', 'reparo', 'excluir', 'é obra')`
  t.match(await configure('Trade Marketing'), [{ valor: 'Trade Marketing' }], 'protected, it agrees')
  t.equal(await sqlstate(configure('Manutenção')), 'NC027')
  t.match(
    await configure('trade marketing'),
    [{ valor: 'trade marketing' }],
    'another spelling is not another category',
  )
  t.match(await configure('Manutenção', true), [{ valor: 'Manutenção' }])
  t.match(
    await sql`select detalhes -> 'alcance' as alcance from audit.operacoes where tipo = 'configuracao' order by id desc limit 1`,
    [{ alcance: { padroes_largos: 1, conferido: true } }],
  )
})
