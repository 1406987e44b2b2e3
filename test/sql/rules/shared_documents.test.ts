// One document, many lines: an invoice shared out over cost centres, categories or accounts is judged as one document.
import t from 'tap'
import { banco } from '../../helper/database.ts'
import { type Achado, achados, type Lancamento, lancar, mesmaTaxa, razao } from './ledger.ts'

const REGRA = 'validacao_valores'
const nota = (numero: number): Lancamento => ({
  fornecedor_id: '11.222.333/0001-81',
  documento: `NF ${numero}`,
  valor_documento: 1000,
})
/** Lines of one document, each for a cost centre of its own unless something else is said. */
const linhas = (numero: number, ...partes: (number | Lancamento)[]): Lancamento[] =>
  partes.map((parte, i) => ({
    ...nota(numero),
    centro_custo: `Loja ${i + 1}`,
    ...(typeof parte === 'number' ? { valor: parte } : parte),
  }))

t.test('lines that together are what the document says are right', async (t) => {
  const { sql } = await banco(t)
  await razao(sql)
  const um = (valor: number, outro: Lancamento = {}) => ({ valor, ...outro })
  const certas: [nome: string, linhas: Lancamento[]][] = [
    ['eight cost centres', linhas(1, 100, 100, 100, 200, 200, 100, 150, 50)],
    [
      'two of one cost centre and category',
      linhas(2, um(500, { centro_custo: 'A' }), um(500, { centro_custo: 'A' })),
    ],
    ['thirds, a cent short', linhas(3, 333.33, 333.33, 333.33)],
    ['thirtieths, ten cents short', linhas(17, ...Array(30).fill(33.33))],
    ['a credit note', linhas(4, um(-600, { valor_documento: -1000 }), um(-400, { valor_documento: -1000 }))],
    [
      'the discount on each line',
      linhas(5, um(500, { valor_desconto: 100 }), um(400, { valor_desconto: 100 })),
    ],
    ['the discount on one line', linhas(6, um(500, { valor_desconto: 100 }), um(400))],
    [
      'a discount of each line’s own',
      linhas(7, um(570, { valor_desconto: 30 }), um(330, { valor_desconto: 70 })),
    ],
    [
      'instalments of three months',
      linhas(
        8,
        um(300, { data_lancamento: '2025-02-10' }),
        um(300, { data_lancamento: '2025-03-10' }),
        um(400, { data_lancamento: '2025-04-10' }),
      ),
    ],
    ['a line taken back and booked elsewhere', linhas(9, 600, 400, -400, 400)],
    [
      'taken back with the document’s sign turned too',
      linhas(10, 600, 400, um(-400, { valor_documento: -1000 }), 400),
    ],
    ['all of it taken back', linhas(11, 600, 400, um(-600, { data_lancamento: '2025-03-12' }), um(-400))],
    [
      'reversed and shared out again',
      linhas(
        12,
        1000,
        um(-1000, { data_lancamento: '2025-03-11' }),
        um(700, { data_lancamento: '2025-03-12' }),
        300,
      ),
    ],
    ['shares taken back in one', linhas(16, 600, 400, um(-1000, { data_lancamento: '2025-03-11' }))],
    ['a whole one taken back', linhas(13, 1000, um(-1000, { data_lancamento: '2025-03-14' }))],
    [
      'numbers written in two ways, suppliers of two branches',
      linhas(14, 600, um(400, { documento: '000014', fornecedor_id: '11222333000262' })),
    ],
    [
      'series or year said on one line alone',
      [
        ...linhas(18, um(600, { documento: 'NF 18 série 2' }), um(400, { documento: 'NF 18' })),
        ...linhas(19, um(600, { documento: '2025/19' }), um(400, { documento: 'NF 19' })),
        ...linhas(20, um(600, { documento: '2-200' }), um(400, { documento: '200' })),
      ],
    ],
    [
      'a contract, shared out each month',
      linhas(
        15,
        600,
        400,
        um(600, { data_lancamento: '2025-04-10' }),
        um(400, { data_lancamento: '2025-04-10' }),
      ),
    ],
  ]
  for (const [nome, entries] of certas) {
    await lancar(sql, ...entries)
    t.same(
      (await achados(sql, REGRA)).map((a) => a.justificativa),
      [],
      nome,
    )
    await sql`truncate dw.lancamentos`
  }
})

t.test(
  'a document shared out wrongly is one finding about all its lines, and proposes nothing',
  async (t) => {
    const { sql } = await banco(t)
    await razao(sql)
    const depois = (valor: number, dia: string, outro: Lancamento = {}) => ({
      valor,
      data_lancamento: dia,
      ...outro,
    })
    const erradas: [
      nome: string,
      tipo: string,
      soma: number,
      risco: number,
      linhas: Lancamento[],
      frase: RegExp,
    ][] = [
      [
        'too much',
        'rateio_a_mais',
        1150,
        150,
        linhas(1, 600, 400, 150),
        /3 lançamentos que somam 1\.150,00.*150,00 a mais/,
      ],
      ['too little', 'rateio_a_menos', 900, 100, linhas(2, 600, 300), /100,00 a menos/],
      [
        'one line twice',
        'rateio_linha_repetida',
        1600,
        600,
        linhas(3, { valor: 600, centro_custo: 'A' }, { valor: 600, centro_custo: 'A' }, 400),
        /a linha de 600,00 está lançada duas vezes/,
      ],
      [
        'all lines twice',
        'rateio_repetido',
        2000,
        1000,
        linhas(4, 600, 400, { valor: 600, centro_custo: 'Loja 1' }, { valor: 400, centro_custo: 'Loja 2' }),
        /está lançado 2 vezes/,
      ],
      [
        'all lines again two days later',
        'rateio_repetido',
        2000,
        1000,
        linhas(5, 600, 400, depois(600, '2025-03-12'), depois(400, '2025-03-12')),
        /está lançado 2 vezes/,
      ],
      [
        'booked again by a later load',
        'rateio_repetido',
        2000,
        1000,
        [
          ...linhas(21, 600, 400).map((l) => ({ ...l, carregado_em: '2025-03-11T12:00:00Z' })),
          ...linhas(21, 600, 400).map((l) => ({ ...l, carregado_em: '2025-03-12T12:00:00Z' })),
        ],
        /2 vezes/,
      ],
      ['once whole and once in shares', 'rateio_repetido', 2000, 1000, linhas(6, 1000, 600, 400), /2 vezes/],
      [
        'whole, and a share besides',
        'rateio_a_mais',
        1100,
        100,
        linhas(7, 1000, depois(100, '2025-03-12')),
        /100,00 a mais/,
      ],
      [
        'instalments, the last one still to come',
        'rateio_a_menos',
        600,
        400,
        linhas(8, depois(300, '2025-02-10'), depois(300, '2025-03-10')),
        /400,00 a menos/,
      ],
      ['less the tax withheld', 'rateio_a_menos', 953.5, 46.5, linhas(9, 500, 453.5), /retenção de 4,65%/],
      [
        'the sign of all lines turned',
        'sinal_trocado',
        -1000,
        2000,
        linhas(10, -600, -400),
        /sinal está trocado/,
      ],
      [
        'a line reversed twice',
        'rateio_a_menos',
        600,
        400,
        linhas(11, 600, 400, -400, 400, -400),
        /5 lançamentos que somam 600,00/,
      ],
    ]
    for (const [nome, tipo, soma, risco, entries, frase] of erradas) {
      const ids = await lancar(sql, ...entries)
      const found = await achados(sql, REGRA)
      t.equal(found.length, 1, `${nome}: one finding`)
      const [a] = found as [Achado]
      t.equal(a.evidencia.tipo, tipo, nome)
      t.same(a.valores_propostos, {}, `${nome}: nothing is proposed`)
      t.equal(Number(a.evidencia.soma), soma, `${nome}: the sum`)
      t.equal(Number(a.valor_em_risco), risco, `${nome}: what is at stake`)
      t.match(a.justificativa, frase)
      t.same(
        a.evidencia.linhas.map((l: { id: string }) => l.id).sort(),
        [...ids].sort(),
        `${nome}: all its lines are named`,
      )
      t.ok(ids.includes(a.registro_id))
      const [uma, ...resto] = await achados(sql, REGRA, { chaves: [a.registro_id] })
      t.same(
        [uma?.registro_id, uma?.evidencia.tipo, resto],
        [a.registro_id, tipo, []],
        `${nome}: found again by its key`,
      )
      await sql`truncate dw.lancamentos`
    }
  },
)

t.test(
  'of a shared document the finding is one and the same until a line comes that changes it',
  async (t) => {
    const { sql, como } = await banco(t)
    await razao(sql)
    const olivia = como('olivia')
    const processar = async () => {
      const [sessao] =
        await olivia`select encontradas::int as n from audit.processar_divergencias('manual', '2025-03-01', '2025-03-31',
      regras => '{validacao_valores}')`
      return sessao?.['n']
    }
    const abertas = () =>
      sql`select registro_id, vezes_detectada::int as vezes, evidencia ->> 'tipo' as tipo from audit.divergencias_processadas
      where status = 'aberta'`
    const [, segunda] = await lancar(sql, ...linhas(1, 600, 300))
    t.equal(await processar(), 1)
    t.equal(await processar(), 1)
    t.same([...(await abertas())], [{ registro_id: segunda, vezes: 2, tipo: 'rateio_a_menos' }])
    await lancar(sql, { ...nota(1), centro_custo: 'Loja 3', valor: 100, data_lancamento: '2025-04-02' })
    t.equal(await processar(), 0, 'the line that was missing has come, though outside the window')
    t.same([...(await abertas())], [])
  },
)

t.test('lines outside the window count, and a line that comes late is what is flagged', async (t) => {
  const { sql } = await banco(t)
  await razao(sql)
  const cedo = { data_lancamento: '2025-03-05', carregado_em: '2025-03-06T00:00:00Z' }
  const tarde = { data_lancamento: '2025-03-04', carregado_em: '2025-03-20T00:00:00Z' }
  await lancar(sql, ...linhas(1, 600, 400).map((l) => ({ ...l, ...cedo })))
  const [demais] = await lancar(sql, { ...nota(1), ...tarde, valor: 200 })
  await lancar(sql, ...linhas(2, { valor: 600, ...cedo }, { valor: 400, ...tarde }))
  const janela = { desde: '2025-03-19T00:00:00Z' }
  t.match(await achados(sql, REGRA, janela), [
    { registro_id: demais, evidencia: { tipo: 'rateio_a_mais', lancamentos: 3, soma: 1200 } },
  ])
  t.equal((await achados(sql, REGRA, janela)).length, 1)
  t.same(
    await achados(sql, REGRA, { inicio: '2025-03-05', fim: '2025-03-05' }),
    [],
    'the last line carries it',
  )
})

t.test('an entry alone with its document is judged by itself, whatever stands near it', async (t) => {
  const { sql } = await banco(t)
  await razao(sql)
  const sozinhas = await lancar(
    sql,
    { ...nota(1), valor: 100 },
    { ...nota(2), valor: 100 },
    { ...nota(1), fornecedor_id: '99.888.777/0001-00', valor: 900 },
    { ...nota(3), documento: 'S/N', valor: 600 },
    { ...nota(3), documento: 'S/N', valor: 400 },
    { ...nota(4), valor: 600 },
    { ...nota(4), valor: 400, valor_documento: 1100 },
  )
  const found = await achados(sql, REGRA)
  t.same(found.map((a) => a.registro_id).sort(), [...sozinhas].sort())
  for (const a of found) t.ok('valor' in a.valores_propostos)
})

t.test('a whole contract of another month is no second booking of a wrong one', async (t) => {
  const { sql } = await banco(t)
  await razao(sql)
  const [, errada] = await lancar(
    sql,
    { ...nota(1), valor: 1000, data_lancamento: '2025-02-10' },
    { ...nota(1), valor: 100, data_lancamento: '2025-03-10' },
    { ...nota(1), valor: 1000, data_lancamento: '2025-04-10' },
  )
  t.match(await achados(sql, REGRA), [
    { registro_id: errada, valores_propostos: { valor: 1000 }, evidencia: { tipo: 'fator_10' } },
  ])
})

t.test('on a ledger of one currency no ratio is a rate of exchange', async (t) => {
  const { sql } = await banco(t)
  await razao(sql)
  const tipo = async () => [...new Set((await achados(sql, REGRA)).map((a) => a.evidencia.tipo))]
  const taxa: Lancamento = { valor: 5437.1, valor_documento: 1000 }
  await lancar(sql, taxa)
  t.same(await tipo(), ['outro'], 'one entry alone')
  await lancar(sql, { ...taxa, valor: 543.71, valor_documento: 100, documento: '2' })
  await lancar(sql, ...mesmaTaxa({ ...taxa, data_lancamento: '2025-03-11' }))
  t.same(await tipo(), ['outro'], 'the same supplier again, and two others on another day')
  const [uma, outra] = mesmaTaxa(taxa)
  await lancar(sql, uma as Lancamento)
  t.same(await tipo(), ['outro'], 'two suppliers on one day')
  await lancar(sql, outra as Lancamento)
  t.same((await tipo()).sort(), ['outro', 'razao_cambial'], 'three suppliers on one day show a currency')
  await sql`truncate dw.lancamentos`
  const parte: Lancamento = { valor: 300, valor_documento: 1000 }
  await lancar(sql, parte, ...mesmaTaxa(parte))
  t.same(await tipo(), ['outro'], 'thirty per cent is a share, whoever has it')
})

t.test('a turned sign takes back the instalment that it says, and no other', async (t) => {
  const { sql } = await banco(t)
  await razao(sql)
  const parcela = (n: number, valor: number): Lancamento => ({
    ...nota(1),
    valor,
    descricao: `pneus - parcela ${n}/3`,
    data_lancamento: `2025-0${n + 2}-10`,
  })
  const [, , terceira] = await lancar(sql, parcela(1, 1000), parcela(2, 1000), parcela(3, -1000))
  t.match(
    (await achados(sql, REGRA)).map((a) => [a.registro_id, a.evidencia.tipo]),
    [[terceira, 'sinal_trocado']],
  )
  await lancar(sql, parcela(3, 1000))
  t.same(await achados(sql, REGRA), [])
  await sql`truncate dw.lancamentos`
  await lancar(sql, parcela(1, 1000), { ...parcela(2, 1000), valor_desconto: 17 }, parcela(3, -1000))
  t.match(
    (await achados(sql, REGRA)).map((a) => a.evidencia.tipo).sort(),
    ['desconto_ignorado', 'sinal_trocado'],
    'nor does an error beside it hide the sign',
  )
})
