// A supplier's code says who an entry is of only where name and text do not say otherwise: codes are given to other companies,
// copied and mistyped.
import type postgres from 'postgres'
import t from 'tap'
import { banco } from '../../helper/database.ts'
import { type Achado, achados, type Lancamento, lancar, razao } from './ledger.ts'

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
const TI: Lancamento = {
  fornecedor_id: '11222333000181',
  fornecedor: 'Alfa Tecnologia da Informação Ltda',
  categoria: 'Serviços de TI',
}
const TEXTOS_TI = ['suporte técnico mensal', 'licenças de software', 'manutenção de servidores']
const POSTO: Lancamento = { fornecedor: 'Posto Beira Rio', categoria: 'Combustíveis' }
const TEXTOS_POSTO = ['abastecimento gasolina comum', 'diesel frota', 'lavagem e gasolina aditivada']
const pick = (list: string[], n: number): string => list[n % list.length] as string

/** Fourteen months of IT suppliers and fuel stations, each with a habit. */
async function historia(sql: postgres.Sql): Promise<void> {
  await razao(sql)
  await lancar(
    sql,
    ...months.flatMap((month, m) =>
      [0, 1, 2].flatMap((n) => [
        { ...TI, descricao: pick(TEXTOS_TI, n), data_lancamento: `${month}-0${n + 1}`, valor: 1000 + n },
        ...[1, 2, 3, 4, 5, 6].map((k) => ({
          fornecedor_id: `2${k}333444000155`,
          fornecedor: `Posto ${['Sol', 'Lua', 'Mar', 'Serra', 'Vale', 'Norte'][k - 1]} Ltda`,
          categoria: 'Combustíveis',
          descricao: pick(TEXTOS_POSTO, n + k + m),
          data_lancamento: `${month}-1${n}`,
          valor: 100 + k * 10 + n,
        })),
        ...[1, 2, 3].map((k) => ({
          fornecedor_id: `3${k}333444000155`,
          fornecedor: `${['Beta Sistemas', 'Gama Computadores', 'Delta Redes'][k - 1]} SA`,
          categoria: 'Serviços de TI',
          descricao: pick(TEXTOS_TI, n + k + m),
          data_lancamento: `${month}-2${n}`,
          valor: 900 + k * 10 + n,
        })),
      ]),
    ),
  )
}

async function pendentes(sql: postgres.Sql, entries: Lancamento[]): Promise<Achado[]> {
  const ids = await lancar(
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
    (await achados(sql, 'pendente_verificacao', { chaves: ids })).map((a) => [a.registro_id, a]),
  )
  return ids.map((id) => by.get(id) as Achado)
}

t.test('a supplier’s code given to another company is nobody’s to correct alone', async (t) => {
  const { sql } = await banco(t)
  await historia(sql)
  const casos = await pendentes(
    sql,
    Array.from({ length: 20 }, (_, n) => ({
      ...POSTO,
      fornecedor_id: TI.fornecedor_id as string,
      descricao: pick(TEXTOS_POSTO, n),
    })),
  )
  for (const caso of casos) {
    t.ok(Number(caso.confianca) < 0.5, `below any threshold: ${caso.confianca}`)
    t.equal(caso.evidencia.contradiz_codigo, 'nome')
    t.match(caso.justificativa, /O nome não se parece com nenhum que o código 11222333000181 já teve/)
    t.not(caso.valores_propostos['categoria'], 'Serviços de TI', 'the code is not listened to')
  }
})

t.test('a text that has nothing of what its code ever said speaks against the code too', async (t) => {
  const { sql } = await banco(t)
  await historia(sql)
  const [estranho, costume, semTexto] = await pendentes(sql, [
    { ...TI, descricao: 'abastecimento gasolina comum' },
    { ...TI, descricao: 'suporte do servidor novo' },
    { ...TI, descricao: null },
  ])
  t.ok(Number(estranho?.confianca) < 0.5, `${estranho?.confianca}`)
  t.equal(estranho?.evidencia.contradiz_codigo, 'texto')
  t.match(estranho?.justificativa, /O texto não tem nada do que os lançamentos do código/)
  for (const achado of [costume, semTexto]) {
    t.same(achado?.valores_propostos, { categoria: 'Serviços de TI' })
    t.ok(Number(achado?.confianca) > 0.8, `${achado?.confianca}`)
    t.equal(achado?.evidencia.contradiz_codigo, undefined)
  }
})

t.test('the same company written otherwise stays well known', async (t) => {
  const { sql } = await banco(t)
  await historia(sql)
  const grafias: Lancamento[] = [
    { ...TI, fornecedor: 'ALFA TECNOLOGIA DA INFORMACAO LTDA - ME' },
    { ...TI, fornecedor: 'Alfa Tecn. da Informação' },
    { ...TI, fornecedor: 'Alfa Tecnologia' },
    { ...TI, fornecedor: 'Alfa Tecnologia da Informação Ltda (filial Recife)' },
    { ...TI, fornecedor_id: '11.222.333/0002-62' },
    { ...TI, fornecedor: null },
    { ...TI, fornecedor: '' },
  ]
  const casos = await pendentes(
    sql,
    grafias.map((g, n) => ({ ...g, descricao: pick(TEXTOS_TI, n) })),
  )
  for (const [n, caso] of casos.entries()) {
    t.same(caso.valores_propostos, { categoria: 'Serviços de TI' }, JSON.stringify(grafias[n]))
    t.ok(Number(caso.confianca) > 0.9, `${grafias[n]?.fornecedor}: ${caso.confianca}`)
  }
})

t.test('what many companies are called does not make two names one company’s', async (t) => {
  const { sql } = await banco(t)
  await historia(sql)
  const codigos = {
    'Distribuidora de Bebidas Sol Ltda': ['61777888000199', 'Bebidas'],
    'Comercial Silva Ltda': ['62777888000199', 'Papelaria'],
    'Transportes Rápidos Ltda': ['63777888000199', 'Frete'],
  } as const
  for (const [fornecedor, [fornecedor_id, categoria]] of Object.entries(codigos))
    await lancar(
      sql,
      ...months.flatMap((m) =>
        [1, 2, 3].map((d) => ({
          fornecedor,
          fornecedor_id,
          categoria,
          descricao: null,
          data_lancamento: `${m}-0${d}`,
        })),
      ),
    )
  const sob = (fornecedor: string, codigo: string): Lancamento => ({
    fornecedor,
    fornecedor_id: codigo,
    descricao: null,
  })
  const outras = [
    sob('Distribuidora de Medicamentos Lua Ltda', '61777888000199'),
    sob('Comercial Souza de Combustíveis', '62777888000199'),
    sob('Transportes de Valores Prosegur', '63777888000199'),
    sob('Instituto de Tecnologia em Alimentos', TI.fornecedor_id as string),
  ]
  for (const caso of await pendentes(sql, outras)) {
    t.ok(Number(caso.confianca) < 0.5, caso.confianca)
    t.equal(caso.evidencia.contradiz_codigo, 'nome')
  }
  const mesmas = [
    sob('DISTRIB. BEBIDAS SOL', '61777888000199'),
    sob('Sol Distribuidora', '61777888000199'),
    sob('Silva Materiais para Escritório Ltda', '62777888000199'),
    sob('RAPIDOS TRANSPORTE DE CARGAS', '63777888000199'),
  ]
  for (const caso of await pendentes(sql, mesmas)) {
    t.ok(Number(caso.confianca) > 0.9, caso.confianca)
    t.equal(caso.evidencia.contradiz_codigo, undefined)
  }
})

t.test('a known name under a new code is not thrown away', async (t) => {
  const { sql } = await banco(t)
  await historia(sql)
  const [caso, nunca] = await pendentes(sql, [
    { fornecedor_id: '99888777000166', fornecedor: 'Beta Sistemas', descricao: null },
    { fornecedor_id: '99888777000166', fornecedor: 'Ninguém Viu', descricao: null },
  ])
  t.same(caso?.valores_propostos, { categoria: 'Serviços de TI' })
  t.match(caso?.evidencia.niveis, [{ por: 'nome do fornecedor' }])
  t.ok(Number(caso?.confianca) > 0.8, `${caso?.confianca}`)
  t.ok(Number(nunca?.confianca) < Number(caso?.confianca), `${nunca?.confianca}`)
})

/** Entries of March under a pattern of the business, which a person would look at. */
async function campanhas(sql: postgres.Sql, entries: Lancamento[]): Promise<Achado[]> {
  await sql`insert into audit.padroes_trade_marketing (campo, tipo, padrao) values ('descricao', 'contem', 'campanha')`
  const ids = await lancar(
    sql,
    ...entries.map((e) => ({ descricao: 'campanha de verão', data_lancamento: '2025-03-05', ...e })),
  )
  const by = new Map((await achados(sql, 'trade_marketing', { chaves: ids })).map((a) => [a.registro_id, a]))
  return ids.map((id) => by.get(id) as Achado)
}

t.test('marketing: a code given to another company lends it no history, and says so', async (t) => {
  const { sql } = await banco(t)
  await historia(sql)
  // an agency that is nothing but marketing
  const agencia: Lancamento = {
    fornecedor_id: '44555666000177',
    fornecedor: 'Agência Lua',
    categoria: 'Trade Marketing',
  }
  await lancar(
    sql,
    ...months.flatMap((m) => [1, 2, 3, 4].map((d) => ({ ...agencia, data_lancamento: `${m}-0${d}` }))),
  )
  const [alheio, pendente, dela, filial, semNome] = await campanhas(sql, [
    { ...agencia, ...POSTO },
    { ...agencia, ...POSTO, categoria: 'PENDENTE' },
    { ...agencia, categoria: 'Serviços de TI' },
    { ...agencia, fornecedor: 'AGENCIA LUA LTDA - filial Recife', categoria: 'Serviços de TI' },
    { ...agencia, fornecedor: null, categoria: 'Serviços de TI' },
  ])
  for (const caso of [alheio, pendente]) {
    t.ok(Number(caso?.confianca) < 0.5, `below any threshold: ${caso?.confianca}`)
    t.match(caso?.evidencia, {
      contradiz_codigo: 'nome',
      historico_fornecedor: { lancamentos: 0, em_marketing: 0 },
    })
    t.match(
      caso?.justificativa,
      /Contra: .*o nome não se parece com nenhum que o código 44555666000177 já teve: confira de quem é/,
    )
  }
  for (const caso of [dela, filial, semNome]) {
    t.equal(caso?.evidencia.contradiz_codigo, undefined)
    t.ok(caso?.evidencia.historico_fornecedor.em_marketing > 40, 'the code decides')
    t.ok(Number(caso?.confianca) > 3 * Number(alheio?.confianca), `${caso?.confianca}`)
  }
})

t.test('marketing: what another company did under the code does not defend an entry either', async (t) => {
  const { sql } = await banco(t)
  await historia(sql)
  const [alheio, dela] = await campanhas(sql, [{ ...TI, fornecedor: 'Posto Beira Rio' }, TI])
  t.equal(alheio?.evidencia.historico_fornecedor.na_categoria_lancada, 0)
  t.ok(Number(alheio?.confianca) < 0.5)
  t.ok(dela?.evidencia.historico_fornecedor.na_categoria_lancada > 30)
})

t.test('marketing: a known name under a new code keeps its history', async (t) => {
  const { sql } = await banco(t)
  await historia(sql)
  const novo = '99888777000166'
  const [conhecida, ninguem] = await campanhas(sql, [
    { fornecedor_id: novo, fornecedor: 'BETA SISTEMAS LTDA', categoria: 'Serviços de TI' },
    { fornecedor_id: '98888777000166', fornecedor: 'Ninguém Viu', categoria: 'Serviços de TI' },
  ])
  t.match(
    conhecida?.evidencia.historico_fornecedor,
    { lancamentos: 36, na_categoria_lancada: 36 },
    'a year of three a month, itself left out',
  )
  t.match(conhecida?.justificativa, /Contra: \d+ de \d+ outros lançamentos do fornecedor/)
  t.ok(Number(conhecida?.confianca) < Number(ninguem?.confianca))
  t.equal(conhecida?.evidencia.contradiz_codigo, undefined)
  t.equal(ninguem?.evidencia.contra, null)
})
