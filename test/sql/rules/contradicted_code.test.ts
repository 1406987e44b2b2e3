// A supplier's code identifies an entry's supplier only if name and text do not contradict it: codes are reassigned, copied and
// mistyped.
import type postgres from 'postgres'
import t from 'tap'
import { testDatabase } from '../../helper/database.ts'
import { bookEntries, findings, type LedgerEntry, makeLedger, type RuleFinding } from './ledger.ts'

const months = [
  '2024-01',
  '2024-02',
  '2024-03',
  '2024-04',
  '2024-05',
  '2024-06',
  '2024-07',
  '2024-08',
].concat(['2024-09', '2024-10', '2024-11', '2024-12', '2025-01', '2025-02'])
const TI: LedgerEntry = {
  fornecedor_id: '11222333000181',
  fornecedor: 'Alfa Tecnologia da Informação Ltda',
  categoria: 'Serviços de TI',
}
const IT_TEXTS = ['suporte técnico mensal', 'licenças de software', 'manutenção de servidores']
const STATION: LedgerEntry = { fornecedor: 'Posto Beira Rio', categoria: 'Combustíveis' }
const STATION_TEXTS = ['abastecimento gasolina comum', 'diesel frota', 'lavagem e gasolina aditivada']
const pick = (list: string[], n: number): string => list[n % list.length] as string

/** Fourteen months of IT suppliers and fuel stations, each with a habit. */
async function history(sql: postgres.Sql): Promise<void> {
  await makeLedger(sql)
  await bookEntries(
    sql,
    ...months.flatMap((month, m) =>
      [0, 1, 2].flatMap((n) => [
        { ...TI, descricao: pick(IT_TEXTS, n), data_lancamento: `${month}-0${n + 1}`, valor: 1000 + n },
        ...[1, 2, 3, 4, 5, 6].map((k) => ({
          fornecedor_id: `2${k}333444000155`,
          fornecedor: `Posto ${['Sol', 'Lua', 'Mar', 'Serra', 'Vale', 'Norte'][k - 1]} Ltda`,
          categoria: 'Combustíveis',
          descricao: pick(STATION_TEXTS, n + k + m),
          data_lancamento: `${month}-1${n}`,
          valor: 100 + k * 10 + n,
        })),
        ...[1, 2, 3].map((k) => ({
          fornecedor_id: `3${k}333444000155`,
          fornecedor: `${['Beta Sistemas', 'Gama Computadores', 'Delta Redes'][k - 1]} SA`,
          categoria: 'Serviços de TI',
          descricao: pick(IT_TEXTS, n + k + m),
          data_lancamento: `${month}-2${n}`,
          valor: 900 + k * 10 + n,
        })),
      ]),
    ),
  )
}

async function pending(sql: postgres.Sql, entries: LedgerEntry[]): Promise<RuleFinding[]> {
  const ids = await bookEntries(
    sql,
    ...entries.map((e, n) => ({
      ...e,
      categoria: 'PENDENTE',
      data_lancamento: '2025-03-05',
      valor: 300 + n,
    })),
  )
  await sql`select regra_pendente_verificacao.preparar(null)`
  const by = new Map(
    (await findings(sql, 'pendente_verificacao', { chaves: ids })).map((a) => [a.registro_id, a]),
  )
  return ids.map((id) => by.get(id) as RuleFinding)
}

t.test('an entry whose code was given to another company is never corrected without a person', async (t) => {
  const { sql } = await testDatabase(t)
  await history(sql)
  const cases = await pending(
    sql,
    Array.from({ length: 20 }, (_, n) => ({
      ...STATION,
      fornecedor_id: TI.fornecedor_id as string,
      descricao: pick(STATION_TEXTS, n),
    })),
  )
  for (const oneCase of cases) {
    t.ok(Number(oneCase.confianca) < 0.5, `below any threshold: ${oneCase.confianca}`)
    t.equal(oneCase.evidencia.contradiz_codigo, 'nome')
    t.match(oneCase.justificativa, /O nome não se parece com nenhum que o código 11222333000181 já teve/)
    t.not(oneCase.valores_propostos['categoria'], 'Serviços de TI', 'the code is ignored')
  }
})

t.test("a text with none of the code's usual words speaks against the code too", async (t) => {
  const { sql } = await testDatabase(t)
  await history(sql)
  const [stranger, costume, withoutText] = await pending(sql, [
    { ...TI, descricao: 'abastecimento gasolina comum' },
    { ...TI, descricao: 'suporte do servidor novo' },
    { ...TI, descricao: null },
  ])
  t.ok(Number(stranger?.confianca) < 0.5, `${stranger?.confianca}`)
  t.equal(stranger?.evidencia.contradiz_codigo, 'texto')
  t.match(stranger?.justificativa, /O texto não tem nada do que os lançamentos do código/)
  for (const finding of [costume, withoutText]) {
    t.same(finding?.valores_propostos, { categoria: 'Serviços de TI' })
    t.ok(Number(finding?.confianca) > 0.8, `${finding?.confianca}`)
    t.equal(finding?.evidencia.contradiz_codigo, undefined)
  }
})

t.test('the same company in another spelling is still recognised', async (t) => {
  const { sql } = await testDatabase(t)
  await history(sql)
  const spellings: LedgerEntry[] = [
    { ...TI, fornecedor: 'ALFA TECNOLOGIA DA INFORMACAO LTDA - ME' },
    { ...TI, fornecedor: 'Alfa Tecn. da Informação' },
    { ...TI, fornecedor: 'Alfa Tecnologia' },
    { ...TI, fornecedor: 'Alfa Tecnologia da Informação Ltda (filial Recife)' },
    { ...TI, fornecedor_id: '11.222.333/0002-62' },
    { ...TI, fornecedor: null },
    { ...TI, fornecedor: '' },
  ]
  const cases = await pending(
    sql,
    spellings.map((g, n) => ({ ...g, descricao: pick(IT_TEXTS, n) })),
  )
  for (const [n, oneCase] of cases.entries()) {
    t.same(oneCase.valores_propostos, { categoria: 'Serviços de TI' }, JSON.stringify(spellings[n]))
    t.ok(Number(oneCase.confianca) > 0.9, `${spellings[n]?.fornecedor}: ${oneCase.confianca}`)
  }
})

t.test('words that many companies share do not make two names one company', async (t) => {
  const { sql } = await testDatabase(t)
  await history(sql)
  const codes = {
    'Distribuidora de Bebidas Sol Ltda': ['61777888000199', 'Bebidas'],
    'Comercial Silva Ltda': ['62777888000199', 'Papelaria'],
    'Transportes Rápidos Ltda': ['63777888000199', 'Frete'],
  } as const
  for (const [supplier, [fornecedor_id, category]] of Object.entries(codes))
    await bookEntries(
      sql,
      ...months.flatMap((m) =>
        [1, 2, 3].map((d) => ({
          fornecedor: supplier,
          fornecedor_id,
          categoria: category,
          descricao: null,
          data_lancamento: `${m}-0${d}`,
        })),
      ),
    )
  const under = (supplier: string, sqlstate: string): LedgerEntry => ({
    fornecedor: supplier,
    fornecedor_id: sqlstate,
    descricao: null,
  })
  const others = [
    under('Distribuidora de Medicamentos Lua Ltda', '61777888000199'),
    under('Comercial Souza de Combustíveis', '62777888000199'),
    under('Transportes de Valores Prosegur', '63777888000199'),
    under('Instituto de Tecnologia em Alimentos', TI.fornecedor_id as string),
  ]
  for (const oneCase of await pending(sql, others)) {
    t.ok(Number(oneCase.confianca) < 0.5, oneCase.confianca)
    t.equal(oneCase.evidencia.contradiz_codigo, 'nome')
  }
  const sameOnes = [
    under('DISTRIB. BEBIDAS SOL', '61777888000199'),
    under('Sol Distribuidora', '61777888000199'),
    under('Silva Materiais para Escritório Ltda', '62777888000199'),
    under('RAPIDOS TRANSPORTE DE CARGAS', '63777888000199'),
  ]
  for (const oneCase of await pending(sql, sameOnes)) {
    t.ok(Number(oneCase.confianca) > 0.9, oneCase.confianca)
    t.equal(oneCase.evidencia.contradiz_codigo, undefined)
  }
})

t.test('a known name under a new code keeps its history', async (t) => {
  const { sql } = await testDatabase(t)
  await history(sql)
  const [oneCase, never] = await pending(sql, [
    { fornecedor_id: '99888777000166', fornecedor: 'Beta Sistemas', descricao: null },
    { fornecedor_id: '99888777000166', fornecedor: 'Ninguém Viu', descricao: null },
  ])
  t.same(oneCase?.valores_propostos, { categoria: 'Serviços de TI' })
  t.match(oneCase?.evidencia.niveis, [{ por: 'nome do fornecedor' }])
  t.ok(Number(oneCase?.confianca) > 0.8, `${oneCase?.confianca}`)
  t.ok(Number(never?.confianca) < Number(oneCase?.confianca), `${never?.confianca}`)
})

/** Entries of March under a pattern of the business, which a person would look at. */
async function campaigns(sql: postgres.Sql, entries: LedgerEntry[]): Promise<RuleFinding[]> {
  await sql`insert into audit.padroes_trade_marketing (campo, tipo, padrao) values ('descricao', 'contem', 'campanha')`
  const ids = await bookEntries(
    sql,
    ...entries.map((e) => ({ descricao: 'campanha de verão', data_lancamento: '2025-03-05', ...e })),
  )
  const by = new Map((await findings(sql, 'trade_marketing', { chaves: ids })).map((a) => [a.registro_id, a]))
  return ids.map((id) => by.get(id) as RuleFinding)
}

t.test(
  'marketing: a code given to another company gives it no history, and the sentence says so',
  async (t) => {
    const { sql } = await testDatabase(t)
    await history(sql)
    // an agency that does nothing but marketing
    const agency: LedgerEntry = {
      fornecedor_id: '44555666000177',
      fornecedor: 'Agência Lua',
      categoria: 'Trade Marketing',
    }
    await bookEntries(
      sql,
      ...months.flatMap((m) => [1, 2, 3, 4].map((d) => ({ ...agency, data_lancamento: `${m}-0${d}` }))),
    )
    const [foreign, pendingOne, hers, branch, nameless] = await campaigns(sql, [
      { ...agency, ...STATION },
      { ...agency, ...STATION, categoria: 'PENDENTE' },
      { ...agency, categoria: 'Serviços de TI' },
      { ...agency, fornecedor: 'AGENCIA LUA LTDA - filial Recife', categoria: 'Serviços de TI' },
      { ...agency, fornecedor: null, categoria: 'Serviços de TI' },
    ])
    for (const oneCase of [foreign, pendingOne]) {
      t.ok(Number(oneCase?.confianca) < 0.5, `below any threshold: ${oneCase?.confianca}`)
      t.match(oneCase?.evidencia, {
        contradiz_codigo: 'nome',
        historico_fornecedor: { lancamentos: 0, em_marketing: 0 },
      })
      t.match(
        oneCase?.justificativa,
        /Contra: .*o nome não se parece com nenhum que o código 44555666000177 já teve: confira de quem é/,
      )
    }
    for (const oneCase of [hers, branch, nameless]) {
      t.equal(oneCase?.evidencia.contradiz_codigo, undefined)
      t.ok(oneCase?.evidencia.historico_fornecedor.em_marketing > 40, 'the code decides')
      t.ok(Number(oneCase?.confianca) > 3 * Number(foreign?.confianca), `${oneCase?.confianca}`)
    }
  },
)

t.test("marketing: another company's history under the code does not defend an entry either", async (t) => {
  const { sql } = await testDatabase(t)
  await history(sql)
  const [foreign, hers] = await campaigns(sql, [{ ...TI, fornecedor: 'Posto Beira Rio' }, TI])
  t.equal(foreign?.evidencia.historico_fornecedor.na_categoria_lancada, 0)
  t.ok(Number(foreign?.confianca) < 0.5)
  t.ok(hers?.evidencia.historico_fornecedor.na_categoria_lancada > 30)
})

t.test('marketing: a known name under a new code keeps its history', async (t) => {
  const { sql } = await testDatabase(t)
  await history(sql)
  const fresh = '99888777000166'
  const [known, nobody] = await campaigns(sql, [
    { fornecedor_id: fresh, fornecedor: 'BETA SISTEMAS LTDA', categoria: 'Serviços de TI' },
    { fornecedor_id: '98888777000166', fornecedor: 'Ninguém Viu', categoria: 'Serviços de TI' },
  ])
  t.match(
    known?.evidencia.historico_fornecedor,
    { lancamentos: 36, na_categoria_lancada: 36 },
    'a year of three entries a month, without the one in question',
  )
  t.match(known?.justificativa, /Contra: \d+ de \d+ outros lançamentos do fornecedor/)
  t.ok(Number(known?.confianca) < Number(nobody?.confianca))
  t.equal(known?.evidencia.contradiz_codigo, undefined)
  t.equal(nobody?.evidencia.contra, null)
})
