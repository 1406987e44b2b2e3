// Accounts that moved in a new chart, entries without an account, and accounts that were left behind.
import type postgres from 'postgres'
import t from 'tap'
import { testDatabase } from '../../helper/database.ts'
import { bookEntries, findings, type LedgerEntry, makeLedger, setSetting } from './ledger.ts'

const month = (n: number, day = 15) =>
  `${2024 + Math.floor(n / 12)}-${String(1 + (n % 12)).padStart(2, '0')}-${String(day).padStart(2, '0')}`
const HABITS = {
  Combustíveis: {
    fornecedor: 'Posto Sol',
    fornecedor_id: '11222333000181',
    descricao: 'abastecimento da frota',
  },
  Frete: { fornecedor: 'Rápido Norte', fornecedor_id: '44555666000172', descricao: 'entrega de peças' },
  Seguro: { fornecedor: 'Segura Tudo', fornecedor_id: '77888999000163', descricao: 'apólice' },
} as const
type Category = keyof typeof HABITS

/** Entries of a category in each of these months on one account. */
const book = (
  sql: postgres.Sql,
  categoria: Category,
  conta: string | null,
  from: number,
  to: number,
  times = 20,
  step = 1,
) =>
  bookEntries(
    sql,
    ...Array.from({ length: Math.ceil((to - from) / step) }, (_, n) => from + n * step).flatMap((m) =>
      Array.from({ length: times }, () => ({
        ...HABITS[categoria],
        categoria,
        conta_contabil: conta,
        data_lancamento: month(m),
      })),
    ),
  )

/** Entries that wait on account 1.1.9.99 and were never sorted out. */
const waiting = (sql: postgres.Sql, months: number) =>
  bookEntries(
    sql,
    ...Array.from({ length: 3 * months }, (_, n) => ({
      fornecedor: `Ninguém ${n}`,
      descricao: null,
      categoria: 'A classificar',
      conta_contabil: '1.1.9.99',
      data_lancamento: month(n % months),
    })),
  )

async function proposals(sql: postgres.Sql, rule: string, ...entries: LedgerEntry[]) {
  const ids = await bookEntries(sql, ...entries)
  await sql`select regra_pendente_verificacao.preparar(null)`
  const by = new Map((await findings(sql, rule, { chaves: ids })).map((f) => [f.registro_id, f]))
  await sql`delete from dw.lancamentos where id::text = any (${ids})`
  return ids.map((id) => by.get(id))
}
const pending = (categoria: Category, at: string, conta: string | null = '1.1.9.99') => ({
  ...HABITS[categoria],
  categoria: 'A classificar',
  conta_contabil: conta,
  data_lancamento: at,
})
async function accounts(sql: postgres.Sql, ...entries: LedgerEntry[]) {
  return (await proposals(sql, 'pendente_verificacao', ...entries)).map(
    (f) => f?.valores_propostos['conta_contabil'],
  )
}
async function ledger(sql: postgres.Sql) {
  await makeLedger(sql)
  await setSetting(sql, 'pendente.rotulos', ['A classificar'])
  await waiting(sql, 18)
}

t.test(
  'a new chart of accounts: the old account is not proposed, the new one is once it is clear',
  async (t) => {
    const { sql } = await testDatabase(t)
    await ledger(sql)
    await book(sql, 'Combustíveis', '4.1.2.01', 0, 14)
    await book(sql, 'Frete', '3.2.1.01', 0, 14)
    await book(sql, 'Seguro', '4.4.4.44', 0, 14, 20, 3)
    t.same(
      await accounts(sql, pending('Combustíveis', month(14, 3))),
      ['4.1.2.01'],
      'nothing is known about it yet',
    )

    // the first entries of March under the new chart; the insurance has not come yet
    await book(sql, 'Combustíveis', '41020001', 14, 15, 6)
    await book(sql, 'Frete', '32010001', 14, 15, 6)
    t.same(
      await accounts(
        sql,
        pending('Combustíveis', month(14, 20)),
        pending('Seguro', month(14, 20)),
        pending('Combustíveis', month(12)),
      ),
      [undefined, undefined, '4.1.2.01'],
      'too few for the new one; entries booked back get the account of that time',
    )
    await book(sql, 'Combustíveis', '41020001', 14, 16, 20)
    await book(sql, 'Frete', '32010001', 14, 16, 20)
    t.same(
      await accounts(
        sql,
        pending('Combustíveis', month(15, 20)),
        pending('Seguro', month(15, 20)),
        pending('Combustíveis', month(16, 3)),
      ),
      ['41020001', undefined, '41020001'],
    )
    const [finding] = await proposals(sql, 'pendente_verificacao', pending('Combustíveis', month(15, 20)))
    t.match(finding?.justificativa, /para 41020001, a de 46 de 46 lançamentos da categoria/)
    t.same(
      await accounts(sql, pending('Combustíveis', month(13))),
      ['4.1.2.01'],
      'an old window is judged by its own time',
    )
  },
)

t.test('accounts that change in the middle of a month, or that two categories exchange', async (t) => {
  const { sql } = await testDatabase(t)
  await ledger(sql)
  await book(sql, 'Combustíveis', '4.1.2.01', 0, 14)
  await book(sql, 'Frete', '3.2.1.01', 0, 14)
  // February is on both, for most of the month on the old one
  await book(sql, 'Combustíveis', '41020001', 13, 14, 2)
  t.same(await accounts(sql, pending('Combustíveis', month(13, 28)), pending('Combustíveis', month(14, 2))), [
    undefined,
    undefined,
  ])
  const [contrary] = await proposals(
    sql,
    'pendente_verificacao',
    pending('Combustíveis', month(14, 2), '3.2.1.01'),
  )
  t.equal(Number(contrary?.confianca), 0.49, 'too little to propose is enough to contradict')
  t.same(contrary?.valores_propostos, { categoria: 'Combustíveis' })
  // freight's old number is fuel's now: an old account in other hands is for a person
  await book(sql, 'Frete', '3.9.9.99', 14, 17)
  await book(sql, 'Combustíveis', '3.2.1.01', 14, 17)
  t.same(
    await accounts(
      sql,
      pending('Combustíveis', month(17, 2)),
      pending('Frete', month(17, 2)),
      pending('Frete', month(12)),
    ),
    [undefined, '3.9.9.99', '3.2.1.01'],
  )
})

t.test("an entry without an account gets its category's account", async (t) => {
  const { sql, connectAs } = await testDatabase(t)
  await ledger(sql)
  await setSetting(sql, 'limites.fracao', 1)
  await book(sql, 'Combustíveis', '4.1.2.01', 0, 14)
  await book(sql, 'Frete', '3.2.1.01', 0, 14)
  await book(sql, 'Seguro', null, 0, 14)
  const found = await proposals(
    sql,
    'pendente_verificacao',
    ...[null, '', '  '].map((conta) => pending('Combustíveis', month(14), conta)),
    pending('Seguro', month(14), null),
  )
  const together = { categoria: 'Combustíveis', conta_contabil: '4.1.2.01' }
  t.same(
    found.map((f) => f?.valores_propostos),
    [together, together, together, { categoria: 'Seguro' }],
  )
  t.match(found[0]?.justificativa, /A conta vai junto, hoje vazia: 4\.1\.2\.01, a de 280 de 280/)
  const ids = await bookEntries(sql, ...[null, ''].map((conta) => pending('Combustíveis', month(14), conta)))
  t.match(
    await connectAs('olivia')`
      select corrigidas::int from audit.processar_divergencias('auto', ${month(14)}, ${month(14)}, '{pendente_verificacao}')`,
    [{ corrigidas: 2 }],
  )
  t.match(await sql`select categoria, conta_contabil from dw.lancamentos where id::text = any (${ids})`, [
    together,
    together,
  ])
  await connectAs(
    'ana',
  )`select audit.reverter_sessao(s.id, 'era outra nota') from audit.sessoes_processamento s`
  t.match(
    await sql`select categoria, conta_contabil from dw.lancamentos where id::text = any (${ids}) order by conta_contabil`,
    [
      { categoria: 'A classificar', conta_contabil: '' },
      { categoria: 'A classificar', conta_contabil: null },
    ],
    'and rolls it back exactly',
  )
})

t.test(
  'the diagnosis names decided entries left on the suspense account, and nothing corrects them',
  async (t) => {
    const { sql, connectAs } = await testDatabase(t)
    await ledger(sql)
    await book(sql, 'Combustíveis', '4.1.2.01', 0, 14)
    await book(sql, 'Frete', '3.2.1.01', 0, 14)
    const lines = () =>
      connectAs(
        'leo',
      )`select item, situacao, detalhe, sugestao from audit.diagnosticar_contrato() where item like 'conta "%'`
    await sql`select regra_pendente_verificacao.preparar(null)`
    t.same(await lines(), [])
    await book(sql, 'Combustíveis', '1.1.9.99', 12, 14, 2)
    await book(sql, 'Frete', '1.1.9.99', 13, 14, 1)
    await sql`select regra_pendente_verificacao.preparar(null)`
    t.match(await lines(), [
      {
        item: 'conta "1.1.9.99"',
        situacao: 'aviso',
        detalhe:
          '5 lançamentos com categoria continuam nesta conta transitória: "Combustíveis" (4; a conta dela é 4.1.2.01), "Frete" (1; a conta dela é 3.2.1.01)',
        sugestao: /btrim\(conta_contabil\) = '1\.1\.9\.99' and categoria in \('Combustíveis', 'Frete'\)/,
      },
    ])
    t.same(
      await findings(sql, 'pendente_verificacao', { inicio: month(12, 1), fim: month(13, 28) }).then((f) =>
        f.filter((x) => x.evidencia.rotulo !== 'A classificar'),
      ),
      [],
    )
    t.same(
      await accounts(sql, pending('Combustíveis', month(14))),
      ['4.1.2.01'],
      'nor do these few make it a real account',
    )
  },
)
