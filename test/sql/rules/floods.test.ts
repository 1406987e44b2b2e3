// Much of the same: charges without a number of their own, a load that came in twice. One finding, which says how much.
import t from 'tap'
import { banco } from '../../helper/database.ts'
import { achados, type Janela, type Lancamento, lancar, razao } from './ledger.ts'

const REGRA = 'validacao_valores'
const vezes = (n: number, lancamento: (i: number) => Lancamento) =>
  Array.from({ length: n }, (_, i) => lancamento(i))
const dia = (n: number) => `2025-03-${String(n).padStart(2, '0')}`

t.test('more than ten of one document, amount and day are one finding', async (t) => {
  const { sql } = await banco(t)
  await razao(sql)
  const tarifa: Lancamento = {
    fornecedor: 'Banco Um',
    documento: 'TAR 01',
    descricao: 'tarifa',
    valor: 12.5,
  }
  const ids = await lancar(sql, ...vezes(300, () => tarifa))
  const [achado, ...outros] = await achados(sql, REGRA)
  t.same(outros, [])
  t.match(achado, {
    registro_id: ids.at(-1),
    valores_propostos: {},
    evidencia: { tipo: 'repeticao_em_massa', lancamentos: 299, soma: 299 * 12.5 },
    justificativa: /está em 299 lançamentos de 10\/03\/2025 além do primeiro, e somam 3\.737,50/,
  })
  t.equal(achado?.evidencia.linhas.length, 20, 'some of them are named')
  t.equal(Number(achado?.valor_em_risco), 299 * 12.5)
  t.match(
    await achados(sql, REGRA, { chaves: [ids.at(-1) as string] }),
    [{ evidencia: { tipo: 'repeticao_em_massa' } }],
    'found again by its key',
  )
})

t.test('what has no number, and ten of one kind, are no flood', async (t) => {
  const { sql } = await banco(t)
  await razao(sql)
  await lancar(sql, ...vezes(300, () => ({ documento: 'S/N', valor: 12.5 })))
  await lancar(sql, ...vezes(300, () => ({ documento: null, valor: 12.5 })))
  await lancar(sql, ...vezes(300, (i) => ({ documento: 'TAR 02', valor: 12.5, centro_custo: `Loja ${i}` })))
  t.same(await achados(sql, REGRA), [])
  await lancar(sql, ...vezes(11, () => ({ documento: 'NF 7', valor: 80 })))
  const found = await achados(sql, REGRA)
  t.equal(found.length, 10, 'each by itself')
  t.ok(found.every((a) => a.evidencia.tipo === 'duplicidade'))
})

t.test('bookings and reversals in great number leave what stands', async (t) => {
  const { sql } = await banco(t)
  await razao(sql)
  const nota: Lancamento = { documento: 'NF 9', valor: 50 }
  await lancar(sql, ...vezes(200, (i) => ({ ...nota, valor: i % 2 ? -50 : 50 })))
  t.same(await achados(sql, REGRA), [], 'each is taken back')
  await lancar(sql, nota, nota)
  t.equal((await achados(sql, REGRA)).length, 1)
})

t.test('a load that came in again is one finding', async (t) => {
  const { sql } = await banco(t)
  await razao(sql)
  const carga = (numero: number, carregado_em: string) =>
    vezes(60, (i) => ({
      documento: `NF ${numero + i}`,
      valor: 100 + i,
      data_lancamento: dia(3 + (i % 5)),
      carregado_em,
    }))
  await lancar(sql, ...carga(1000, '2025-03-08T05:00:00Z'), ...carga(2000, '2025-03-08T05:00:00Z'))
  await lancar(sql, { documento: 'NF 5', valor: 5 }, { documento: 'NF 5', valor: 5 })
  t.equal((await achados(sql, REGRA)).length, 1, 'two loads of one week, and one document twice')

  const de_novo = await lancar(
    sql,
    ...carga(1000, '2025-03-20T05:00:00Z'),
    ...carga(2000, '2025-03-20T05:00:00Z'),
  )
  const soma = 2 * vezes(60, (i) => ({ valor: 100 + i })).reduce((s, { valor }) => s + Number(valor), 0)
  const found = await achados(sql, REGRA)
  t.same(found.map((a) => a.evidencia.tipo).sort(), ['carga_repetida', 'duplicidade'])
  const achado = found.find((a) => a.evidencia.tipo === 'carga_repetida')
  t.match(achado, {
    valores_propostos: {},
    evidencia: { lancamentos: 120, soma, de: '2025-03-03', ate: '2025-03-07' },
    justificativa: /^120 lançamentos de 03\/03\/2025 a 07\/03\/2025.*a mesma carga/,
  })
  t.ok(de_novo.includes(achado?.registro_id ?? ''))
  for (const janela of [{ desde: '2025-03-19T00:00:00Z' }, { chaves: [achado?.registro_id ?? ''] }]) {
    t.match(
      await achados(sql, REGRA, janela),
      [{ registro_id: achado?.registro_id, evidencia: { tipo: 'carga_repetida' } }],
      `the same by ${Object.keys(janela)}`,
    )
  }
})

t.test('the thin days of a load that came in again belong to its finding', async (t) => {
  const { sql } = await banco(t)
  await razao(sql)
  const noite = (dia: string) => ({ carregado_em: `${dia}T23:00:00Z` })
  const originais: [nome: string, noite: (dia: string) => Lancamento, magros: number[]][] = [
    ['loaded at once', () => noite('2025-03-31'), [1, 10, 28]],
    ['loaded day by day', noite, [8, 10, 15]],
  ]
  for (const [nome, carregado, magros] of originais) {
    await sql`truncate dw.lancamentos`
    // two days of twelve documents each, and three days of one
    const mes = vezes(27, (i) => ({
      documento: `NF ${100 + i}`,
      valor: 100 + i,
      data_lancamento: dia(i < 12 ? 3 : i < 24 ? 20 : (magros[i - 24] as number)),
    }))
    await lancar(sql, ...mes.map((l) => ({ ...l, ...carregado(l.data_lancamento ?? dia(1)) })))
    const dobradas = []
    for (const [documento, d] of [
      ['NF 5', 3],
      ['NF 6', 10],
    ] as const) {
      const nota = { documento, valor: 5, data_lancamento: dia(d) }
      const [, dobrada] = await lancar(
        sql,
        { ...nota, ...carregado(dia(d)) },
        { ...nota, ...noite('2025-04-01') },
      )
      dobradas.push(dobrada)
    }
    const nota = { documento: 'NF 7', valor: 7, data_lancamento: dia(20), ...carregado(dia(20)) }
    dobradas.push((await lancar(sql, nota, nota))[1])
    const de_novo = await lancar(sql, ...mes.map((l) => ({ ...l, ...noite('2025-04-02') })))
    const [carga, ...outros] = (await achados(sql, REGRA)).sort((a, b) =>
      a.evidencia.tipo.localeCompare(b.evidencia.tipo),
    )
    t.match(
      carga?.evidencia,
      { tipo: 'carga_repetida', lancamentos: 27, ate: dia(Math.max(20, ...magros)) },
      nome,
    )
    t.same(outros.map((a) => a.registro_id).sort(), dobradas.sort(), `${nome}: three that are no part of it`)
    t.equal(carga?.registro_id, de_novo[23], `${nome}: on the last entry of a day that proves it`)
    t.match(
      await achados(sql, REGRA, { chaves: [carga?.registro_id ?? ''] }),
      [{ registro_id: carga?.registro_id, evidencia: { tipo: 'carga_repetida' } }],
      `${nome}: found again by its key`,
    )
  }
})

t.test('a load that came in again is the same finding in every window that holds a part of it', async (t) => {
  const { sql } = await banco(t)
  await razao(sql)
  // three months; the one in the middle has so few documents that alone it proves nothing; two are shared out
  const quando = (mes: number, i: number) =>
    `2025-0${mes}-${String(i >= 12 ? 1 + i : mes === 1 ? 5 : 25).padStart(2, '0')}`
  const trimestre = [1, 2, 3].flatMap((mes) =>
    vezes(mes === 2 ? 3 : 15, (i) => ({
      documento: `NF ${mes * 1000 + i}`,
      valor: 100 + i,
      data_lancamento: mes === 2 ? `2025-02-0${i + 3}` : quando(mes, i),
    })),
  )
  const rateio = [600, 400].map((valor, i) => ({
    documento: 'NF 9000',
    valor,
    valor_documento: 1000,
    centro_custo: `Loja ${i}`,
    data_lancamento: '2025-02-11',
  }))
  const originais = [...trimestre, ...rateio].map((l) => ({
    ...l,
    carregado_em: `${l.data_lancamento}T23:00:00Z`,
  }))
  await lancar(sql, ...originais)
  const de_novo = await lancar(sql, ...originais.map((l) => ({ ...l, carregado_em: '2025-04-02T05:00:00Z' })))
  // a document twice by itself stays a finding of its own, in its own month
  const nota = {
    documento: 'NF 5',
    valor: 5,
    data_lancamento: '2025-02-20',
    carregado_em: '2025-02-20T23:00:00Z',
  }
  const [, dobrada] = await lancar(sql, nota, { ...nota, carregado_em: '2025-02-21T23:00:00Z' })
  const janelas: Janela[] = [
    {},
    { inicio: '2025-01-01', fim: '2025-01-31' },
    { inicio: '2025-02-01', fim: '2025-02-28' },
    { inicio: '2025-03-01', fim: '2025-03-31' },
    { inicio: '2025-02-11', fim: '2025-02-11' },
    { desde: '2025-04-01T00:00:00Z' },
  ]
  const [whole] = await achados(sql, REGRA)
  for (const janela of janelas) {
    const found = await achados(sql, REGRA, janela)
    const own =
      janela.desde === undefined && !['2025-01-01', '2025-03-01', '2025-02-11'].includes(janela.inicio ?? '')
    t.match(
      found.find((a) => a.evidencia.tipo === 'carga_repetida'),
      {
        registro_id: whole?.evidencia.tipo === 'carga_repetida' ? whole.registro_id : /./,
        evidencia: { lancamentos: 35, de: '2025-01-05', ate: '2025-03-25' },
      },
      JSON.stringify(janela),
    )
    t.same(
      found.filter((a) => a.evidencia.tipo !== 'carga_repetida').map((a) => a.registro_id),
      own ? [dobrada] : [],
      JSON.stringify(janela),
    )
    t.ok(de_novo.includes(found.find((a) => a.evidencia.tipo === 'carga_repetida')?.registro_id ?? ''))
  }
})

t.test('a load of shared documents that came in again is one finding too, with its thin days', async (t) => {
  const { sql } = await banco(t)
  await razao(sql)
  const nota = (numero: number, carregado_em: string, ...valores: number[]) =>
    valores.map((valor, i) => ({
      documento: `NF ${numero}`,
      valor,
      valor_documento: 1000,
      centro_custo: `Loja ${i}`,
      data_lancamento: dia(numero === 100 ? 20 : 10),
      carregado_em,
    }))
  const carga = (carregado_em: string) =>
    Array.from({ length: 21 }, (_, i) => nota(100 + i, carregado_em, 600, 400)).flat()
  const [antes, depois] = ['2025-03-21T05:00:00Z', '2025-03-22T05:00:00Z']
  await lancar(sql, ...carga(antes), ...nota(200, antes, 600, 400))
  t.same(await achados(sql, REGRA), [])
  await lancar(sql, ...carga(depois), ...nota(200, depois, 700, 300))
  t.same(
    (await achados(sql, REGRA)).map((a) => [a.evidencia.tipo, a.evidencia.lancamentos]).sort(),
    [
      ['carga_repetida', 42],
      ['rateio_repetido', 4],
    ],
    'and a document that was shared out again otherwise is no copy',
  )
  await lancar(sql, ...nota(300, antes, 600, 400), ...nota(300, antes, 600, 400))
  t.ok(
    (await achados(sql, REGRA)).some(({ evidencia }) => evidencia.documento === 'NF 300'),
    'nor is one that was there twice from the beginning, and it is said',
  )
})
