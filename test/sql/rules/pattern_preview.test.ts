// What a marketing pattern would match, measured before anybody saves it.
import t from 'tap'
import { testDatabase } from '../../helper/database.ts'
import { sqlstate } from '../../helper/scenario.ts'
import { bookEntries, makeLedger } from './ledger.ts'

t.test('a pattern is measured before it is saved: where the ledger agrees and where not', async (t) => {
  const { sql, connectAs } = await testDatabase(t)
  const [ana, adelia] = [connectAs('ana'), connectAs('adelia')]
  await makeLedger(sql)
  const measure = async (field: string, type: string, pattern: string) =>
    (
      await ana`select m.de::text, m.ate::text, m.fracao::float, m.lancamentos::int, m.em_marketing::int, m.pendentes::int, m.em_outra::int,
        m.valor_em_outra::float, m.so_este::int, m.vetados::int, m.categorias
        from audit.medir_padrao(${field}, ${type}, ${pattern}) m`
    )[0]
  t.match(
    await measure('descricao', 'contem', 'verba'),
    { de: null, lancamentos: 0, categorias: [] },
    'an empty ledger',
  )
  await bookEntries(
    sql,
    { descricao: 'VERBA cooperada', categoria: 'Trade Marketing', valor: 10 },
    { descricao: 'verba  cooperada de março', categoria: 'trade marketing', valor: 20 },
    { descricao: 'verba de gabinete', categoria: 'Serviços', valor: 300 },
    { descricao: 'Vérba', categoria: 'A classificar', valor: 4000 },
    { descricao: 'verba antiga', data_lancamento: '2024-03-10', categoria: 'Serviços', valor: 50_000 },
    { descricao: 'outra coisa', valor: 1 },
  )
  t.same(await measure('descricao', 'contem', 'verba'), {
    de: '2024-03-10',
    ate: '2025-03-10',
    fracao: 1,
    lancamentos: 5,
    em_marketing: 2,
    pendentes: 1,
    em_outra: 2,
    valor_em_outra: 50_300,
    so_este: 5,
    vetados: 0,
    categorias: [
      { categoria: 'Serviços', lancamentos: 2 },
      { categoria: 'A classificar', lancamentos: 1 },
      { categoria: 'Trade Marketing', lancamentos: 1 },
      { categoria: 'trade marketing', lancamentos: 1 },
    ],
  })
  await adelia`select audit.salvar_padrao('descricao', 'palavra', 'cooperada', 'incluir', 'do negócio')`
  await adelia`select audit.salvar_padrao('descricao', 'contem', 'gabinete', 'excluir', 'é do gabinete')`
  t.match(
    await measure('descricao', 'contem', 'verba'),
    { lancamentos: 5, so_este: 3, vetados: 1 },
    'entries that another pattern matches already, and one that an exclusion silences',
  )
  t.match(
    await measure('descricao', 'palavra', 'cooperada'),
    { lancamentos: 2, so_este: 2 },
    'the pattern itself does not count as another',
  )
  t.equal((await sql`select from audit.padroes_trade_marketing`).length, 2, 'nothing is saved')
  t.match(await measure('descricao', 'palavra', 'verb'), { lancamentos: 0, de: '2024-03-10' })

  for (const [type, pattern] of [
    ['contem', '  '],
    ['contem', 'x'.repeat(501)],
    ['regex', 'a('],
    ['regex', 'a*'],
    ['regex', '^(x+)(x+)(x+)\\3\\2\\1z$'],
    ['glob', 'verba'],
  ] as const)
    t.equal(
      await sqlstate(ana`select audit.medir_padrao('descricao', ${type}, ${pattern})`),
      'NC014',
      `${type} ${pattern.slice(0, 9)}`,
    )
  t.equal(
    await sqlstate(connectAs('leo')`select audit.medir_padrao('descricao', 'contem', 'verba')`),
    '42501',
  )
  await sql`alter table dw.lancamentos rename to outra`
  t.equal(await sqlstate(ana`select audit.medir_padrao('descricao', 'contem', 'verba')`), 'NC010')
})

t.test('the labels of the ledger, to choose from', async (t) => {
  const { sql, connectAs } = await testDatabase(t)
  await makeLedger(sql)
  await bookEntries(
    sql,
    { categoria: 'Serviços' },
    { categoria: 'Serviços' },
    { categoria: 'Frete' },
    { categoria: '' },
  )
  const ana = connectAs('ana')
  const labels = (rule: string, column: string, fragment: string | null = null) =>
    ana`select rotulo, lancamentos::int from audit.rotulos_livro(${rule}, ${column}, ${fragment})`
  t.same(await labels('trade_marketing', 'categoria'), [
    { rotulo: 'Serviços', lancamentos: 2 },
    { rotulo: 'Frete', lancamentos: 1 },
  ])
  t.same(await labels('validacao_valores', 'valor'), [], 'an amount has no labels')
  await sql`insert into dw.lancamentos (id, descricao) select 1000000 + n, 'texto ' || n from generate_series(1, 1500) n`
  t.same(await labels('trade_marketing', 'descricao'), [], 'nor has a text that is different in every entry')
  await sql`analyze dw.lancamentos`
  t.same(await labels('trade_marketing', 'descricao'), [], 'which the statistics know too')
  t.equal((await labels('trade_marketing', 'categoria')).length, 2)
  // a chart of a thousand accounts, each seldom used: labels all the same, found by a piece of their text
  await sql`insert into dw.lancamentos (id, categoria) select 2000000 + n, 'Conta ' || n from generate_series(1, 1000) n`
  await sql`insert into dw.lancamentos (id, categoria) values (3000000, 'conta 77'), (3000001, 'Conta 77'), (3000002, 'Verbas de ção')`
  t.equal((await labels('trade_marketing', 'categoria')).length, 200, 'the most common ones')
  t.match(await labels('trade_marketing', 'categoria', ' conta 77 '), [
    { rotulo: 'conta 77', lancamentos: 1 },
    { rotulo: 'Conta 77', lancamentos: 2 },
    { rotulo: 'Conta 770', lancamentos: 1 },
  ])
  t.equal((await labels('trade_marketing', 'categoria', 'VERBAS DE CAO')).length, 1)
  t.same(await labels('trade_marketing', 'categoria', 'Conta 77%'), [], 'nothing is a sign for others')
  t.same(await labels('trade_marketing', 'descricao', 'texto'), [], 'nor has free text any for being asked')
  t.equal(await sqlstate(labels('nenhuma', 'categoria')), 'NC003')
  t.equal(await sqlstate(labels('trade_marketing', 'filial')), 'NC015')
  await sql`alter table dw.lancamentos rename to outra`
  t.equal(await sqlstate(labels('trade_marketing', 'categoria')), 'NC010')
})
