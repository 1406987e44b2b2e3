// A category that nobody books any more, by its own rhythm: a person is asked before it is written.
import type postgres from 'postgres'
import t from 'tap'
import { testDatabase } from '../../helper/database.ts'
import { sqlstate } from '../../helper/scenario.ts'
import { bookEntries, findings, type LedgerEntry, makeLedger, type RuleFinding } from './ledger.ts'

const RULE = 'pendente_verificacao'
const month = (n: number, day = 10) =>
  `${2022 + Math.floor(n / 12)}-${String(1 + (n % 12)).padStart(2, '0')}-${String(day).padStart(2, '0')}`

/** Ten entries of each supplier in each of these months; a monthly freight keeps the ledger going. */
function book(
  sql: postgres.Sql,
  categoria: string,
  months: number[],
  more: LedgerEntry = {},
  times = 10,
): Promise<string[]> {
  return bookEntries(
    sql,
    ...months.flatMap((m) =>
      Array.from({ length: times }, () => ({
        fornecedor: `Casa ${categoria}`,
        fornecedor_id: `F-${categoria}`,
        descricao: `nota de ${categoria}`,
        categoria,
        data_lancamento: month(m),
        ...more,
      })),
    ),
  )
}
const months = (from: number, to: number, step = 1) =>
  Array.from({ length: Math.ceil((to - from) / step) }, (_, n) => from + n * step)

async function ask(
  sql: postgres.Sql,
  categoria: string,
  at: string,
  more: LedgerEntry = {},
): Promise<RuleFinding> {
  const [id] = (await bookEntries(sql, {
    fornecedor: `Casa ${categoria}`,
    fornecedor_id: `F-${categoria}`,
    descricao: `nota de ${categoria}`,
    data_lancamento: at,
    ...more,
    categoria: 'A classificar',
  })) as [string]
  await sql`select regra_pendente_verificacao.preparar(null)`
  const [finding] = await findings(sql, RULE, { chaves: [id] })
  await sql`delete from dw.lancamentos where id::text = ${id}`
  return finding as RuleFinding
}

t.test('auto does not write a label that has been silent for unusually long', async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  await book(sql, 'Frete', months(0, 37), { fornecedor: 'Trans', fornecedor_id: 'T' }, 20)
  await book(sql, 'Aluguel', months(0, 37))
  await book(sql, 'Mensal', months(0, 24))
  await book(sql, 'Trimestral', months(0, 24, 3))
  await book(sql, 'Semestral', months(0, 24, 6))
  await book(sql, 'Anual', [1, 13, 25])
  await book(sql, 'Uma Vez', [20])
  // it paused for long once, and was booked every month afterwards
  await book(sql, 'Retomada', [0, ...months(12, 24)])
  const sure = async (category: string, at: number) =>
    Number((await ask(sql, category, month(at))).confianca) >= 0.95
  const quiet = async (category: string, at: number) =>
    !/de costume|não tem lançamento/.test((await ask(sql, category, month(at))).justificativa)
  t.ok(await sure('Aluguel', 36), 'one that is booked every month')
  for (const at of [26, 27, 28, 30, 36])
    t.notOk(await sure('Mensal', at), `monthly, silent since 23, asked in ${at}`)
  for (const at of [26, 27, 30, 33, 35])
    t.notOk(await sure('Retomada', at), `monthly of late, asked in ${at}`)
  for (const at of [23, 24]) t.ok(await sure('Trimestral', at), `quarterly, booked in 21, asked in ${at}`)
  for (const at of [27, 28, 29, 30, 31, 32, 33])
    t.notOk(await sure('Trimestral', at), `quarterly, asked in ${at}`)
  t.ok(await quiet('Semestral', 24), 'half-yearly, in its month')
  for (const at of [27, 30, 36])
    t.notOk(await sure('Semestral', at), `half-yearly, booked in 18, asked in ${at}`)
  t.ok(await quiet('Anual', 38), 'yearly, in its month')
  t.ok(await quiet('Anual', 36), 'yearly, before its month')
  t.notOk(await sure('Uma Vez', 30), 'one whose rhythm nobody knows')

  const year = await ask(sql, 'Uma Vez', month(32))
  t.same(year.valores_propostos, { categoria: 'Uma Vez' }, 'it is still proposed')
  t.match(year.justificativa, /há 11 meses nada entra em "Uma Vez", mais do que de costume/)
  t.notMatch(
    year.justificativa,
    /não tem lançamento desde/,
    'and not called dead: it may be booked once a year',
  )
  const dead = await ask(sql, 'Mensal', month(28))
  t.equal(Number(dead.confianca), 0.49)
  t.match(dead.justificativa, /"Mensal" não tem lançamento desde 12\/2023/)
})

t.test('a category lives while others book it, wherever one of its suppliers went', async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  await book(sql, 'Frete', months(0, 20), { fornecedor: 'Trans', fornecedor_id: 'T' }, 20)
  await book(sql, 'Móveis', months(0, 20), {}, 40)
  // a small supplier of furniture is booked elsewhere from the last month on
  const small = { fornecedor: 'Oficina', fornecedor_id: 'F-Oficina' }
  await book(sql, 'Móveis', [10], small, 1)
  await book(sql, 'Indenizações', [19], small, 10)
  const finding = await ask(sql, 'Móveis', month(20))
  t.ok(Number(finding.confianca) >= 0.95, `${finding.confianca}: ${finding.justificativa}`)
})

t.test(
  'categories that were merged are dead at once, whatever part of the new one each of them is',
  async (t) => {
    const { sql } = await testDatabase(t)
    await makeLedger(sql)
    await book(sql, 'Frete', months(0, 20), { fornecedor: 'Trans', fornecedor_id: 'T' }, 20)
    const old = ['Papel', 'Toner', 'Limpeza']
    const rare = (category: string) => ({ fornecedor: `Rara ${category}`, fornecedor_id: `R-${category}` })
    for (const category of old) {
      const usual = { fornecedor: `Casa ${category}`, fornecedor_id: `F-${category}` }
      const descricao = `nota de ${category}`
      await book(sql, category, months(0, 19))
      await book(sql, category, months(0, 19, 3), rare(category))
      await book(sql, 'Materiais', [19], { ...usual, descricao }, 12)
    }
    for (const category of old) {
      const finding = await ask(sql, category, month(20), rare(category))
      t.same(finding.valores_propostos, { categoria: category })
      t.equal(Number(finding.confianca), 0.49, finding.justificativa)
      t.match(finding.justificativa, /"Materiais"/)
    }
    // one that others still book is alive
    await book(sql, 'Papel', [19], { fornecedor: 'Livraria', fornecedor_id: 'L' }, 40)
    t.ok(Number((await ask(sql, 'Papel', month(20), rare('Papel'))).confianca) > 0.49)
    t.equal(Number((await ask(sql, 'Toner', month(20), rare('Toner'))).confianca), 0.49)
  },
)

t.test(
  'a category of every month that fell silent is doubted after one month, whatever took its place',
  async (t) => {
    const { sql } = await testDatabase(t)
    await makeLedger(sql)
    await book(sql, 'Frete', months(0, 24), { fornecedor: 'Trans', fornecedor_id: 'T' }, 20)
    await book(sql, 'Papel', months(0, 23))
    await book(sql, 'Papel', months(1, 23, 3), { fornecedor: 'Rara', fornecedor_id: 'R' })
    await book(sql, 'Materiais', months(0, 24))
    // merged into one that was there before
    await book(sql, 'Materiais', [23], {
      fornecedor: 'Casa Papel',
      fornecedor_id: 'F-Papel',
      descricao: 'nota de Papel',
    })
    // a few entries a month may well be none in one of them
    await book(sql, 'Chaves', months(0, 23), {}, 2)
    // and one that paused before may pause again
    await book(sql, 'Escola', [...months(0, 12), ...months(13, 23)])
    const rare = await ask(sql, 'Papel', month(24), { fornecedor: 'Rara', fornecedor_id: 'R' })
    t.same(rare.valores_propostos, { categoria: 'Papel' })
    t.ok(Number(rare.confianca) < 0.95, rare.confianca)
    t.match(rare.justificativa, /há um mês nada entra em "Papel", mais do que de costume/)
    for (const category of ['Chaves', 'Escola'])
      t.notMatch((await ask(sql, category, month(24))).justificativa, /de costume/, category)
  },
)

t.test('silence is measured at the month of the entry, not at the end of the ledger', async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  await book(sql, 'Frete', months(0, 40), { fornecedor: 'Trans', fornecedor_id: 'T' }, 20)
  await book(sql, 'Ida', months(0, 20))
  // a stray entry two years later does not wake it for the time in between
  await book(sql, 'Ida', [38], {}, 1)
  const sure = async (at: number) => Number((await ask(sql, 'Ida', month(at))).confianca) >= 0.95
  t.ok(await sure(19), 'it was alive at that time')
  t.notOk(await sure(30), 'and was not alive at that time')
  t.ok((await ask(sql, 'Ida', month(19))).justificativa.includes('Ida'))
})

t.test('credit notes and pending entries do not show that a category is alive', async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  await book(sql, 'Frete', months(0, 30), { fornecedor: 'Trans', fornecedor_id: 'T' }, 20)
  await book(sql, 'Papel', months(0, 20))
  await book(sql, 'Papel', months(20, 30), { valor: -30, descricao: 'estorno de nota' }, 1)
  await book(sql, 'A classificar', months(20, 30), { fornecedor: 'Casa Papel', fornecedor_id: 'F-Papel' }, 1)
  t.ok(Number((await ask(sql, 'Papel', month(27))).confianca) < 0.95)
  // where everything is negative, that is how the ledger writes its expenses
  await sql`update dw.lancamentos set valor = -valor, carregado_em = '2025-03-12'`
  t.ok(Number((await ask(sql, 'Papel', month(27), { valor: -100 })).confianca) < 0.95)
  await book(sql, 'Papel', months(20, 30), { valor: -30, carregado_em: '2025-03-13T12:00:00Z' }, 3)
  t.notMatch(
    (await ask(sql, 'Papel', month(27), { valor: -100 })).justificativa,
    /de costume|não tem lançamento/,
  )
})

t.test('a category renamed in the middle of a month, both names in use for two weeks', async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  await book(sql, 'Frete', months(0, 30), { fornecedor: 'Trans', fornecedor_id: 'T' }, 20)
  await book(sql, 'Velha', months(0, 20))
  await book(sql, 'Velha', [20], {}, 6)
  const Nova = { fornecedor: 'Casa Velha', fornecedor_id: 'F-Velha', descricao: 'nota de Velha' }
  await book(sql, 'Nova', [20], { ...Nova, data_lancamento: month(20, 20) }, 6)
  const during = await ask(sql, 'Velha', month(20, 25))
  t.ok(Number(during.confianca) < 0.95, `in that month: ${during.confianca}`)
  t.match(during.justificativa, /parece ter virado "Nova", com 6 lançamentos dos mesmos fornecedores/)
  const after = await ask(sql, 'Velha', month(21, 1))
  t.ok(Number(after.confianca) < 0.95, `before the first entry of the next month: ${after.confianca}`)
  await book(sql, 'Nova', [21], Nova)
  // somebody still writes the old one
  await book(sql, 'Velha', [21], {}, 1)
  t.ok(Number((await ask(sql, 'Velha', month(21, 25))).confianca) < 0.95)
  t.notMatch((await ask(sql, 'Velha', month(19))).justificativa, /virado/, 'before that, it is unchanged')
})

t.test(
  'a successor that is dead itself, or not yet booked, is not proposed with confidence either',
  async (t) => {
    const { sql, connectAs } = await testDatabase(t)
    const adelia = connectAs('adelia')
    await makeLedger(sql)
    await book(sql, 'Frete', months(0, 30), { fornecedor: 'Trans', fornecedor_id: 'T' }, 20)
    await book(sql, 'Velha', months(0, 20))
    await book(sql, 'Breve', [20, 21], { fornecedor: 'Casa Velha', fornecedor_id: 'F-Velha' })
    await book(sql, 'Outra', months(0, 20))
    await adelia`select audit.salvar_sucessora('Velha', 'Breve', ${month(20, 1)}, 'novo plano')`
    await adelia`select audit.salvar_sucessora('Outra', 'Nunca Lançada', ${month(20, 1)}, 'novo plano')`
    const fresh = await ask(sql, 'Velha', month(22))
    t.same(fresh.valores_propostos, { categoria: 'Breve' })
    t.ok(Number(fresh.confianca) >= 0.95, `history went along: ${fresh.confianca}`)
    t.ok(Number((await ask(sql, 'Velha', month(27))).confianca) < 0.95, 'five months without an entry')
    const never = await ask(sql, 'Outra', month(26))
    t.same(never.valores_propostos, { categoria: 'Nunca Lançada' })
    t.ok(Number(never.confianca) < 0.95)
    // one that will end stays what it is until then
    await adelia`select audit.salvar_sucessora('Frete', 'Transporte', ${month(29, 1)}, 'no futuro')`
    t.same(
      (await ask(sql, 'Frete', month(28), { fornecedor: 'Trans', fornecedor_id: 'T' })).valores_propostos,
      { categoria: 'Frete' },
    )
  },
)

t.test('circular successors are refused, whatever their length and order', async (t) => {
  const { sql, connectAs } = await testDatabase(t)
  const adelia = connectAs('adelia')
  const save = (from: string, to: string, since = '2025-04-01') =>
    adelia`select id::int, de, para from audit.salvar_sucessora(${from}, ${to}, ${since}::date, 'novo plano')`
  await save('A', 'B')
  t.equal(await sqlstate(save('A', ' a')), 'NC009')
  for (const since of ['2025-04-01', '2024-01-01', '2026-01-01'])
    t.equal(await sqlstate(save('b', 'Á', since)), 'NC009', since)
  await save('B', 'C', '2025-06-01')
  await save('C', 'D', '2025-05-01')
  t.equal(await sqlstate(save('D', 'A', '2025-08-01')), 'NC009', 'four of them')
  t.match(await save('X', 'D', '2025-08-01').then((r) => r[0]), { de: 'X' }, 'a merger is not a circle')
  t.match(
    await save('X', 'B', '2025-08-01').then((r) => r[0]),
    { de: 'X' },
    'nor is a split that comes together again',
  )
  const refused = (await save('D', 'A').then(
    () => undefined,
    (error) => error,
  )) as { message: string; detail: string; hint: string }
  t.match(refused, { message: /círculo/, detail: /"A".*"B".*"C".*"D"/, hint: /categorias desativar/ })
  // switched off, the way back is free; and switching on again closes the circle
  await adelia`select audit.desativar_sucessora(1, 'voltamos atrás')`
  await save('B', 'A', '2026-01-01')
  t.equal(await sqlstate(save('A', 'B')), 'NC009', 'switched on again')
  t.equal((await sql`select from audit.sucessoras_categoria where not ativo`).length, 1, 'and it stays off')

  // two people at once
  const [one, other] = [connectAs('adelia'), connectAs('adelia')]
  const codes = await Promise.all([
    one
      .begin((tx) => tx`select audit.salvar_sucessora('P', 'Q', '2025-04-01', 'x')`)
      .then(
        () => null,
        (e) => e.code,
      ),
    other
      .begin((tx) => tx`select audit.salvar_sucessora('Q', 'P', '2025-04-01', 'x')`)
      .then(
        () => null,
        (e) => e.code,
      ),
  ])
  t.same(
    codes.filter((c) => c !== null),
    ['NC009'],
  )

  // A took B's name on the day on which B became C: nobody can tell which of the two is meant
  await save('K', 'L', '2025-04-10')
  t.equal(await sqlstate(save('J', 'K', '2025-04-20')), 'NC009', 'the successor ends in the same month')
  t.equal(await sqlstate(save('L', 'M', '2025-04-20')), 'NC009', 'whichever comes first')
  t.match(await save('L', 'M', '2025-05-01').then((r) => r[0]), { de: 'L' }, 'a month later it is a chain')
})

t.test('a future successor changes nothing yet, not in trade_marketing either', async (t) => {
  const { sql, connectAs } = await testDatabase(t)
  const adelia = connectAs('adelia')
  await makeLedger(sql)
  await adelia`select audit.salvar_padrao('descricao', 'contem', 'ponto de venda', 'incluir', 'do negócio')`
  const campaign = (categoria: string, n: number) => ({
    fornecedor: `Agência ${n}`,
    fornecedor_id: `A-${n}`,
    descricao: 'ponto de venda',
    categoria,
  })
  await bookEntries(sql, ...Array.from({ length: 30 }, (_, n) => campaign('Trade Marketing', n)))
  const [wrong] = await bookEntries(sql, campaign('Marketing de Loja', 77))
  const found = async () => (await findings(sql, 'trade_marketing')).map((f) => f.registro_id)
  t.same(await found(), [wrong])
  await adelia`select audit.salvar_sucessora('Marketing de Loja', 'Trade Marketing', '2099-01-01', 'novo plano')`
  t.same(await found(), [wrong], 'it is another category until then')
  await adelia`select audit.salvar_sucessora('Trade Marketing', 'Canal', '2099-01-01', 'novo plano')`.catch(
    () => null,
  )
  await adelia`select audit.salvar_sucessora('Trade Marketing', 'Canal', '2100-01-01', 'novo plano')`
  t.same(await found(), [wrong], 'and so is the future name of marketing')
  await adelia`select audit.salvar_sucessora('Marketing de Loja', 'Trade Marketing', '2025-01-01', 'novo plano')`
  t.same(await found(), [], 'once it has begun, it is marketing')
})
