// What a marketing pattern would match, measured before anybody saves it.
import t from 'tap'
import { banco } from '../../helper/database.ts'
import { codigo } from '../../helper/scenario.ts'
import { lancar, razao } from './ledger.ts'

t.test(
  'a pattern is measured before it is saved: where the ledger agrees, and where it does not',
  async (t) => {
    const { sql, como } = await banco(t)
    const [ana, adelia] = [como('ana'), como('adelia')]
    await razao(sql)
    const medir = async (campo: string, tipo: string, padrao: string) =>
      (
        await ana`select m.de::text, m.ate::text, m.fracao::float, m.lancamentos::int, m.em_marketing::int, m.pendentes::int, m.em_outra::int,
        m.valor_em_outra::float, m.so_este::int, m.vetados::int, m.categorias
        from audit.medir_padrao(${campo}, ${tipo}, ${padrao}) m`
      )[0]
    t.match(
      await medir('descricao', 'contem', 'verba'),
      { de: null, lancamentos: 0, categorias: [] },
      'an empty ledger',
    )
    await lancar(
      sql,
      { descricao: 'VERBA cooperada', categoria: 'Trade Marketing', valor: 10 },
      { descricao: 'verba  cooperada de março', categoria: 'trade marketing', valor: 20 },
      { descricao: 'verba de gabinete', categoria: 'Serviços', valor: 300 },
      { descricao: 'Vérba', categoria: 'A classificar', valor: 4000 },
      { descricao: 'verba antiga', data_lancamento: '2024-03-10', categoria: 'Serviços', valor: 50_000 },
      { descricao: 'outra coisa', valor: 1 },
    )
    t.same(await medir('descricao', 'contem', 'verba'), {
      de: '2024-03-11',
      ate: '2025-03-10',
      fracao: 1,
      lancamentos: 4,
      em_marketing: 2,
      pendentes: 1,
      em_outra: 1,
      valor_em_outra: 300,
      so_este: 4,
      vetados: 0,
      categorias: [
        { categoria: 'A classificar', lancamentos: 1 },
        { categoria: 'Serviços', lancamentos: 1 },
        { categoria: 'Trade Marketing', lancamentos: 1 },
        { categoria: 'trade marketing', lancamentos: 1 },
      ],
    })
    await adelia`select audit.salvar_padrao('descricao', 'palavra', 'cooperada', 'incluir', 'do negócio')`
    await adelia`select audit.salvar_padrao('descricao', 'contem', 'gabinete', 'excluir', 'é do gabinete')`
    t.match(
      await medir('descricao', 'contem', 'verba'),
      { lancamentos: 4, so_este: 2, vetados: 1 },
      'what another pattern reaches already, and what one silences',
    )
    t.match(
      await medir('descricao', 'palavra', 'cooperada'),
      { lancamentos: 2, so_este: 2 },
      'itself is no other',
    )
    t.equal((await sql`select from audit.padroes_trade_marketing`).length, 2, 'nothing is saved')
    t.match(await medir('descricao', 'palavra', 'verb'), { lancamentos: 0, de: '2024-03-11' })

    for (const [tipo, padrao] of [
      ['contem', '  '],
      ['contem', 'x'.repeat(501)],
      ['regex', 'a('],
      ['regex', 'a*'],
      ['regex', '^(x+)(x+)(x+)\\3\\2\\1z$'],
      ['glob', 'verba'],
    ] as const)
      t.equal(
        await codigo(ana`select audit.medir_padrao('descricao', ${tipo}, ${padrao})`),
        'NC014',
        `${tipo} ${padrao.slice(0, 9)}`,
      )
    t.equal(await codigo(como('leo')`select audit.medir_padrao('descricao', 'contem', 'verba')`), '42501')
    await sql`alter table dw.lancamentos rename to outra`
    t.equal(await codigo(ana`select audit.medir_padrao('descricao', 'contem', 'verba')`), 'NC010')
  },
)

t.test('the labels of the ledger, to choose from', async (t) => {
  const { sql, como } = await banco(t)
  await razao(sql)
  await lancar(
    sql,
    { categoria: 'Serviços' },
    { categoria: 'Serviços' },
    { categoria: 'Frete' },
    { categoria: '' },
  )
  const ana = como('ana')
  const rotulos = (regra: string, coluna: string, trecho: string | null = null) =>
    ana`select rotulo, lancamentos::int from audit.rotulos_livro(${regra}, ${coluna}, ${trecho})`
  t.same(await rotulos('trade_marketing', 'categoria'), [
    { rotulo: 'Serviços', lancamentos: 2 },
    { rotulo: 'Frete', lancamentos: 1 },
  ])
  t.same(await rotulos('validacao_valores', 'valor'), [], 'an amount has no labels')
  await sql`insert into dw.lancamentos (id, descricao) select 1000000 + n, 'texto ' || n from generate_series(1, 1500) n`
  t.same(await rotulos('trade_marketing', 'descricao'), [], 'nor has a text of which every one is another')
  await sql`analyze dw.lancamentos`
  t.same(await rotulos('trade_marketing', 'descricao'), [], 'which the statistics know too')
  t.equal((await rotulos('trade_marketing', 'categoria')).length, 2)
  // a plan of a thousand accounts, each of them seldom used: labels all the same, and looked for by a piece of them
  await sql`insert into dw.lancamentos (id, categoria) select 2000000 + n, 'Conta ' || n from generate_series(1, 1000) n`
  await sql`insert into dw.lancamentos (id, categoria) values (3000000, 'conta 77'), (3000001, 'Conta 77'), (3000002, 'Verbas de ção')`
  t.equal((await rotulos('trade_marketing', 'categoria')).length, 200, 'the commonest')
  t.match(await rotulos('trade_marketing', 'categoria', ' conta 77 '), [
    { rotulo: 'conta 77', lancamentos: 1 },
    { rotulo: 'Conta 77', lancamentos: 2 },
    { rotulo: 'Conta 770', lancamentos: 1 },
  ])
  t.equal((await rotulos('trade_marketing', 'categoria', 'VERBAS DE CAO')).length, 1)
  t.same(await rotulos('trade_marketing', 'categoria', 'Conta 77%'), [], 'nothing is a sign for others')
  t.same(await rotulos('trade_marketing', 'descricao', 'texto'), [], 'nor has free text any for being asked')
  t.equal(await codigo(rotulos('nenhuma', 'categoria')), 'NC003')
  t.equal(await codigo(rotulos('trade_marketing', 'filial')), 'NC015')
  await sql`alter table dw.lancamentos rename to outra`
  t.equal(await codigo(rotulos('trade_marketing', 'categoria')), 'NC010')
})
