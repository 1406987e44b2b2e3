// Amounts that resemble an error and are none, and errors that resemble something else.
import t from 'tap'
import { banco } from '../../helper/database.ts'
import { achados, configurar, type Lancamento, lancar, mesmaTaxa, razao } from './ledger.ts'

const REGRA = 'validacao_valores'
type Numero = string | number
type Caso = [tipo: string | null, valor: Numero, documento: Numero, desconto?: Numero | null]

t.test('each kind, and what only resembles it', async (t) => {
  const { sql } = await banco(t)
  await razao(sql)
  const casos: Caso[] = [
    // within the tolerance of five cents, and one cent beyond it, on either side
    [null, 100.05, 100],
    [null, 99.95, 100],
    ['outro', 100.06, 100],
    ['outro', 99.94, 100],
    // a flipped sign, within the tolerance too; and with a discount, which a flip alone explains
    ['sinal_trocado', -100.05, 100],
    ['sinal_trocado', 100, -100],
    ['sinal_trocado', -83, 100, 17],
    ['outro', -100.06, 100],
    ['desconto_em_dobro', -20, 0, 10],
    // honest credit notes
    [null, -100, -100],
    [null, -83, -100, -17],
    // exactly a factor, and next to it
    ['fator_10', 1000, 100],
    ['fator_10', 1000.05, 100],
    ['outro', 1000.06, 100],
    ['fator_10', 10, 100],
    ['outro', 10.01, 100],
    ['fator_10', 12.35, 123.45],
    ['outro', 12.36, 123.45],
    ['fator_100', 10000, 100],
    ['fator_100', 1.23, 123.45],
    ['fator_1000', 100000, 100],
    ['fator_1000', 0.12, 123.45],
    ['fator_1000', -100000, -100],
    ['outro', 1000000, 100],
    ['outro', -1000, 100],
    // twelve instalments, twice the quantity: a multiple is no rate
    ['outro', 1200, 100],
    ['outro', 300, 100],
    ['outro', 100, 300],
    ['outro', 200, 100],
    // a rate: on both of its bounds, beyond them, the other way, of another sign
    ['razao_cambial', 250, 100],
    ['outro', 249.94, 100],
    ['razao_cambial', 537.1, 100],
    ['razao_cambial', 100, 537.1],
    ['razao_cambial', 799.9, 100],
    ['outro', 800.4, 100],
    ['outro', -537.1, 100],
    ['razao_cambial', -537.1, -100],
    // digits: neighbours, far apart, cents; the same digits in a third order; one more or less; another sign
    ['digitos_trocados', 1243, 1234],
    ['digitos_trocados', 4231, 1234],
    ['digitos_trocados', 1234.65, 1234.56],
    ['digitos_trocados', -1243, -1234],
    ['outro', 1342, 1234],
    ['outro', 2143, 1234],
    ['outro', 1225, 1234],
    ['outro', 1252, 1234],
    ['outro', -1243, 1234],
    ['outro', 123, 1230.5],
    ['outro', 1323.04, 1234.5],
    ['digitos_trocados', 10234, 12034],
    // a discount left out, within tolerance; taken twice; half taken; more than the document
    ['desconto_ignorado', 100.05, 100, 17],
    ['desconto_em_dobro', 65.95, 100, 17],
    ['outro', 91.5, 100, 17],
    ['desconto_ignorado', 100, 100, 170],
    ['desconto_em_dobro', -240, 100, 170],
    ['desconto_ignorado', 100, 100, -17],
    [null, 100, 100, 0],
    [null, 100, 100, null],
    [null, 0, 100, 100],
    ['outro', 50, 100, 100],
    // nothing, and very much
    [null, 0, 0],
    ['outro', 0, 100],
    ['outro', 100, 0],
    [null, '9999999999999999.99', '9999999999999999.99'],
    ['fator_10', '9999999999999999.90', '999999999999999.99'],
    ['outro', '9999999999999999.99', '1.00'],
    ['sinal_trocado', '-9999999999999999.99', '9999999999999999.99'],
    [null, 0.01, 0.02],
    [null, -0.01, 0.02],
    ['fator_10', 0.01, 0.07],
  ]
  const ids = await lancar(
    sql,
    ...casos.map(([, valor, valor_documento, valor_desconto = null]) => ({
      valor,
      valor_documento,
      valor_desconto,
    })),
  )
  await lancar(
    sql,
    ...casos.flatMap(([tipo, valor, valor_documento]) =>
      tipo === 'razao_cambial' ? mesmaTaxa({ valor, valor_documento }) : [],
    ),
  )
  const by = new Map((await achados(sql, REGRA)).map((a) => [a.registro_id, a]))
  for (const [i, [tipo, valor, documento, desconto]] of casos.entries()) {
    const achado = by.get(ids[i] as string)
    t.equal(
      achado?.evidencia.tipo ?? null,
      tipo,
      `${valor} of ${documento}${desconto == null ? '' : ` less ${desconto}`}: ${tipo ?? 'nothing'}`,
    )
  }
})

t.test('how sure a kind is, and what its sentence says', async (t) => {
  const { sql } = await banco(t)
  await razao(sql)
  const casos: [entry: Lancamento, confianca: number, frase: RegExp][] = [
    [{ valor: -1234.5, valor_documento: 1234.5 }, 0.65, /sinal está trocado \(-1\.234,50 = -\(1\.234,50\)\)/],
    [
      { valor: 1234567, valor_documento: 12345.67 },
      0.85,
      /multiplicado por 100 \(1\.234\.567,00 = 12\.345,67 × 100\)/,
    ],
    [{ valor: 1.23, valor_documento: 1234 }, 0.85, /dividido por 1000 \(1,23 = 1\.234,00 ÷ 1000\)/],
    [{ valor: 1243, valor_documento: 1234 }, 0.82, /trocaram de lugar \(1\.234,00 escrito como 1\.243,00\)/],
    [
      { valor: 100, valor_documento: 100, valor_desconto: 17 },
      0.8,
      /não foi abatido \(100,00 - 17,00 = 83,00, e não 100,00\)/,
    ],
    [
      { valor: 66, valor_documento: 100, valor_desconto: 17 },
      0.8,
      /abatido duas vezes \(66,00 = 100,00 - 2 × 17,00\)/,
    ],
    [{ valor: 537.1, valor_documento: 100 }, 0.65, /taxa de câmbio \(537,10 ÷ 100,00 = 5,3710\)/],
    [{ valor: 890, valor_documento: 1000 }, 0.3, /retenção de 11% \(INSS 11%\), que pode ser legítima/],
    [{ valor: 777.77, valor_documento: 1000 }, 0.6, /não tem causa reconhecida/],
  ]
  const ids = await lancar(sql, ...casos.map(([entry]) => entry))
  await lancar(sql, ...mesmaTaxa({ valor: 537.1, valor_documento: 100 }))
  const by = new Map((await achados(sql, REGRA)).map((a) => [a.registro_id, a]))
  for (const [i, [entry, confianca, frase]] of casos.entries()) {
    const achado = by.get(ids[i] as string)
    t.equal(Number(achado?.confianca), confianca, JSON.stringify(entry))
    t.match(achado?.justificativa, frase)
  }
})

t.test('every usual retention is known, to the cent, and nothing else is one', async (t) => {
  const { sql } = await banco(t)
  await razao(sql)
  // one rate, and what several take together
  const taxas = [1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 4.65, 5, 6, 6.15, 11, 11.15, 15, 22.15]
  const retida = (taxa: number, documento = 2345.67) => Math.round(documento * (100 - taxa)) / 100
  const sim = await lancar(
    sql,
    ...taxas.map((taxa) => ({ valor: retida(taxa).toFixed(2), valor_documento: 2345.67 })),
    { valor: -2111.1, valor_documento: -2345.67, descricao: 'ten per cent of a credit note is none' },
    { valor: -2087.65, valor_documento: -2345.67 },
    { valor: 2228.4, valor_documento: 2345.67 },
  )
  const nao = await lancar(
    sql,
    ...[0.5, 1.2, 7, 10, 20, 22.5].map((taxa) => ({
      valor: retida(taxa).toFixed(2),
      valor_documento: 2345.67,
    })),
    // two cents off; more than the document; too little to withhold from
    { valor: 2228.37, valor_documento: 2345.67 },
    { valor: 2462.95, valor_documento: 2345.67 },
    { valor: 8.9, valor_documento: 9.99 },
  )
  const by = new Map(
    (await achados(sql, REGRA)).map((a) => [a.registro_id, a.evidencia.retencao_possivel ?? null]),
  )
  t.same(
    sim.map((id) => by.get(id)),
    [...taxas, null, 11, 5],
  )
  t.same(
    nao.map((id) => by.get(id)),
    nao.map(() => null),
  )
})

t.test('rounding at the source explains half a unit of the last digit, and no more', async (t) => {
  const { sql } = await banco(t)
  await razao(sql)
  await configurar(sql, 'valores.digitos_significativos', 6)
  await configurar(sql, 'valores.tolerancia_absoluta', 0)
  const casos: [achado: boolean, valor: Numero, documento: Numero, desconto?: Numero][] = [
    // printed 23456.1 for anything from 23456.05 to 23456.15
    [false, 23456.05, 23456.1],
    [true, 23456.04, 23456.1],
    [false, 23456.15, 23456.1],
    // printed 1.23457e6
    [false, 1234565, 1234570],
    [true, 1234564.99, 1234570],
    // both sides printed so
    [false, 1234560, 1234570],
    [true, 1234559, 1234570],
    // the discount too
    [false, 1222220.5, 1234570, 12344.5],
    [false, 1211111.84, 1234567.89, 23456.1],
    [true, 1211111.85, 1234567.89, 23456.1],
    // below ten thousand every digit is there; with more digits than six the source printed all of them
    [true, 9999.96, 9999.9],
    [true, 23456.11, 23456.12],
    [false, -23456.05, -23456.1],
  ]
  const ids = await lancar(
    sql,
    ...casos.map(([, valor, valor_documento, valor_desconto = null]) => ({
      valor,
      valor_documento,
      valor_desconto,
    })),
  )
  const by = new Set((await achados(sql, REGRA)).map((a) => a.registro_id))
  for (const [i, [achado, valor, documento]] of casos.entries()) {
    t.equal(by.has(ids[i] as string), achado, `${valor} of ${documento}`)
  }
  await configurar(sql, 'valores.digitos_significativos', 4)
  const [grande, pequeno] = await lancar(
    sql,
    { valor: 12345.01, valor_documento: 12350 },
    { valor: 1234.6, valor_documento: 1235 },
  )
  const quatro = new Set((await achados(sql, REGRA)).map((a) => a.registro_id))
  t.notOk(quatro.has(grande as string))
  t.ok(quatro.has(pequeno as string), 'below ten thousand nothing is taken for rounding')
})

t.test('a document booked twice, and what only resembles one', async (t) => {
  const { sql } = await banco(t)
  await razao(sql)
  const A = '11.222.333/0001-81'
  const B = '11222333000262'
  let numero = 1000
  /** Two entries of one new number; what is not said is the same in both. */
  const par = (um: Lancamento, dois: Lancamento): [Lancamento, Lancamento] => {
    const nota: Lancamento = { fornecedor_id: A, documento: String(++numero), valor: 500 }
    return [
      { ...nota, ...um },
      { ...nota, ...dois },
    ]
  }
  // an amount of its own: what one pair has at its end must not bring another's together
  const doc = (de: string, para: string): [Lancamento, Lancamento] =>
    par({ documento: de, valor: numero }, { documento: para, valor: numero })
  const casos: [
    tipo: string | null,
    confianca: number | null,
    par: [Lancamento, Lancamento],
    nome: string,
  ][] = [
    ['duplicidade', 0.85, par({}, {}), 'alike in everything'],
    ['duplicidade', 0.65, par({}, { descricao: 'outro serviço' }), 'with another text'],
    [
      'duplicidade',
      0.85,
      par({}, { descricao: 'SERVICO  prestado'.replace('  ', ' ') }),
      'case is no other text',
    ],
    ['duplicidade', 0.85, par({ valor: -500 }, { valor: -500 }), 'a credit note booked twice'],
    ['duplicidade', 0.85, par({ valor: 0.01 }, { valor: 0.01 }), 'however small'],
    ['duplicidade_proxima', 0.75, par({}, { data_lancamento: '2025-03-11' }), 'a day later'],
    ['duplicidade_proxima', 0.75, par({}, { data_lancamento: '2025-03-20' }), 'ten days later'],
    [null, null, par({}, { data_lancamento: '2025-03-21' }), 'eleven days later'],
    ['duplicidade_proxima', 0.75, par({}, { filial: 'Filial 2' }), 'in another branch'],
    ['duplicidade_proxima', 0.75, par({}, { filial: null }), 'in no branch'],
    ['duplicidade', 0.85, par({}, { fornecedor_id: B }), 'of another branch of the company'],
    [null, null, par({}, { centro_custo: 'Outro' }), 'a share of another cost centre'],
    [null, null, par({}, { categoria: 'Outra' }), 'a share of another category'],
    [null, null, par({}, { conta_contabil: '4.1.2' }), 'a share of another account'],
    ['duplicidade', 0.85, par({}, { categoria: 'A classificar', conta_contabil: '1.1.9' }), 'parked'],
    [
      'duplicidade',
      0.85,
      par({ valor_documento: 500 }, { valor_documento: 500, centro_custo: 'Outro' }),
      'the whole document for another cost centre',
    ],
    [
      'duplicidade',
      0.7,
      par({ centro_custo: 'Outro' }, { valor_documento: 500 }),
      'the whole document beside an entry that does not say what it is of',
    ],
    [
      'duplicidade_proxima',
      0.6,
      par({}, { centro_custo: 'Outro', data_lancamento: '2025-03-12' }),
      'two days later for another cost centre',
    ],
    ['duplicidade', 0.85, par({ fornecedor_id: 'ab-1' }, { fornecedor_id: 'AB1' }), 'of a code in capitals'],
    [null, null, par({}, { fornecedor_id: '11.222.334/0001-81' }), 'of another company'],
    [null, null, par({ fornecedor_id: 'X1' }, { fornecedor_id: 'X2' }), 'of another code'],
    [
      'duplicidade',
      0.85,
      par({ fornecedor_id: null, fornecedor: 'Água' }, { fornecedor_id: '', fornecedor: 'AGUA ' }),
      'by name',
    ],
    [
      'duplicidade',
      0.85,
      par(
        { fornecedor_id: null, fornecedor: 'Acme Ltda' },
        { fornecedor_id: null, fornecedor: 'Acme Ltda.' },
      ),
      'by name, a full stop after it',
    ],
    [
      'duplicidade',
      0.85,
      par({ fornecedor_id: null, fornecedor: 'Acme S/A' }, { fornecedor_id: '-', fornecedor: 'ACME, S.A.' }),
      'by name, its legal form written otherwise',
    ],
    [
      null,
      null,
      par({ fornecedor_id: null, fornecedor: '---' }, { fornecedor_id: null, fornecedor: '---' }),
      'of a dash',
    ],
    [
      null,
      null,
      par({ fornecedor_id: null, fornecedor: 'Água' }, { fornecedor_id: null, fornecedor: 'Água e Luz' }),
      'by another name',
    ],
    [
      null,
      null,
      par({ fornecedor_id: null, fornecedor: null }, { fornecedor_id: null, fornecedor: null }),
      'of nobody',
    ],
    [null, null, par({}, { valor: 500.01 }), 'of another amount'],
    [null, null, par({ valor: 0 }, { valor: 0 }), 'of nothing'],
    [null, null, par({}, { valor: -500 }), 'reversed'],
    [null, null, par({ descricao: 'parcela 1/2' }, { descricao: 'parc. 2/2' }), 'in instalments'],
    [
      'duplicidade',
      0.85,
      par({ descricao: 'Parcela 1/2' }, { descricao: 'parcela 1/2' }),
      'the same instalment twice',
    ],
    [
      'duplicidade',
      0.65,
      par({ descricao: 'parcela 1/2' }, { descricao: 'PARCELA 01 de 2'.replace('01', '1') }),
      'the same, otherwise said',
    ],
    [
      null,
      null,
      par({ descricao: '1ª parcela' }, { descricao: '2ª parcela' }),
      'in instalments, number first',
    ],
    [
      null,
      null,
      par({ descricao: '1a. PARCELA - 03/2025' }, { descricao: '2a. PARCELA - 03/2025' }),
      'in instalments, a month after',
    ],
    [
      null,
      null,
      par({ descricao: 'parcela nº 1' }, { descricao: 'parcela nº 2' }),
      'in instalments, numbered',
    ],
    [null, null, par({ descricao: 'prestação 1/12' }, { descricao: 'prestação 2/12' }), 'in prestações'],
    [null, null, par({ descricao: 'NF 345 1/3' }, { descricao: 'NF 345 2/3' }), 'in parts of three'],
    [null, null, par({ descricao: 'parcela I' }, { descricao: 'parcela II' }), 'in Roman instalments'],
    [
      null,
      null,
      par({ descricao: 'primeira parcela' }, { descricao: 'segunda parcela' }),
      'in instalments spelled out',
    ],
    [
      'duplicidade',
      0.65,
      par({ descricao: 'terceira parcela' }, { descricao: 'parcela III' }),
      'the same instalment, spelled and Roman',
    ],
    [
      'duplicidade',
      0.65,
      par({ descricao: 'prestação de serviços' }, { descricao: 'prestação de serviço' }),
      'services rendered are no instalment',
    ],
    [
      'duplicidade',
      0.65,
      par({ descricao: 'parc. 01' }, { descricao: 'parcela 1' }),
      'the same instalment with a zero',
    ],
    [
      'duplicidade',
      0.65,
      par({ descricao: '2ª parcela' }, { descricao: 'Parcela 2/3' }),
      'the same, number first',
    ],
    [
      'duplicidade',
      0.65,
      par({ descricao: '03ª parcela' }, { descricao: '3ª parcela' }),
      'the same, number first with a zero',
    ],
    [
      'duplicidade',
      0.65,
      par({ descricao: 'NF 10 parcela única' }, { descricao: 'parcela única' }),
      'a number before that is none of an instalment',
    ],
    [
      'duplicidade',
      0.65,
      par({ descricao: 'NF em 10 parcelas' }, { descricao: 'NF 10 parcelada' }),
      'parts in number are no part',
    ],
    ['duplicidade', 0.85, doc('NF 7001', '007001'), 'NF and zeros'],
    ['duplicidade', 0.85, doc('NFS-e 7002', 'nota fiscal nº 7002'), 'kinds'],
    ['duplicidade', 0.85, doc('7003/', '7003'), 'punctuation after'],
    ['duplicidade', 0.85, doc('7004-A', '7004/a'), 'punctuation within'],
    ['duplicidade', 0.85, doc('Fatura (7008)', 'Fatura 7008'), 'brackets'],
    ['duplicidade', 0.85, doc('NF 7009;', 'NF 7009'), 'a semicolon after'],
    ['duplicidade', 0.85, doc('NF 7010)', 'NF 7010'), 'a bracket after'],
    ['duplicidade', 0.85, doc('NF 7011#', 'NF 7011'), 'a sharp after'],
    ['duplicidade', 0.85, doc('NF 7012\t', 'NF 7012'), 'a tabulator after'],
    ['duplicidade', 0.85, doc('NF 7013\u00a0', 'NF 7013'), 'a blank of another kind after'],
    ['duplicidade', 0.85, doc('NF 7014É', 'NF 7014E'), 'an accent at the end'],
    ['duplicidade', 0.85, doc('NF 7015E\u0301', 'nf 7015e'), 'an accent by itself at the end'],
    ['duplicidade', 0.85, doc('NF 7016ª', 'NF 7016A'), 'an ordinal at the end'],
    [
      'duplicidade',
      0.85,
      doc(`NF ${'7'.repeat(197)}8`, `NF ${'7'.repeat(197)}9`),
      'alike in all that is compared',
    ],
    [null, null, doc('NF 7017)', 'NF 7018)'), 'another number in brackets'],
    ['duplicidade', 0.85, doc('000.017.019', '17019'), 'full stops between thousands'],
    ['duplicidade', 0.85, doc('NF 1.234.567', '1234567'), 'full stops and a kind'],
    ['duplicidade', 0.85, doc('001-000723', '1-723'), 'zeros before each part'],
    ['duplicidade', 0.85, doc('4711.0', '4711'), 'a spreadsheet’s number'],
    ['duplicidade', 0.85, doc('DANFE 7020', '7020'), 'a DANFE'],
    ['duplicidade', 0.85, doc('CT-e 7021', 'CTE 007021'), 'a CT-e'],
    ['duplicidade', 0.85, doc('RPS 77022', '77022'), 'an RPS'],
    ['duplicidade', 0.85, doc('NFC-e nº 7023', 'NFCe 7023'), 'an NFC-e'],
    [null, null, doc('NF 7024.5', 'NF 7024.6'), 'parts after a full stop'],
    [null, null, doc('1.7025', '17025'), 'a full stop that parts no thousands'],
    [null, null, doc('7026.00', '7026'), 'cents, perhaps'],
    [null, null, doc('1-723', '2-723'), 'of another series'],
    [null, null, doc('7005-1', '7005-2'), 'parts of a number'],
    [null, null, doc('7006', '70060'), 'a longer number'],
    [null, null, doc('7007', '7070'), 'another number'],
    [null, null, doc('NF', 'NF'), 'a kind and no number'],
    [null, null, doc('---', '---'), 'nothing but punctuation'],
    [null, null, par({ documento: '' }, { documento: '' }), 'a blank'],
  ]
  const ids = await lancar(sql, ...casos.flatMap(([, , dois]) => dois))
  const by = new Map((await achados(sql, REGRA)).map((a) => [a.registro_id, a]))
  for (const [i, [tipo, confianca, , nome]] of casos.entries()) {
    const achado = by.get(ids[2 * i + 1] as string)
    t.equal(achado?.evidencia.tipo ?? null, tipo, `${nome}: ${tipo ?? 'nothing'}`)
    t.notOk(by.has(ids[2 * i] as string), `${nome}: the first one is nobody’s second`)
    if (!achado) continue
    t.equal(Number(achado.confianca), confianca, nome)
    t.equal(achado.evidencia.gemeo.id, ids[2 * i], `${nome}: the twin is named`)
    t.same(achado.valores_propostos, {})
  }
})

t.test('reversed and booked again is once; reversed and booked twice again is twice', async (t) => {
  const { sql } = await banco(t)
  await razao(sql)
  const nota: Lancamento = { documento: '1', fornecedor_id: 'A', valor: 10 }
  const serie = (documento: string, ...valores: number[]) =>
    lancar(
      sql,
      ...valores.map((valor, i) => ({ ...nota, documento, valor, data_lancamento: `2025-03-0${i + 1}` })),
    )
  await serie('1', 10, -10, 10)
  await serie('2', -10, 10, -10)
  const [, , , segunda] = await serie('3', 10, -10, 10, 10)
  const [, , terceira] = await serie('4', 10, 10, 10)
  const found = (await achados(sql, REGRA)).map((a) => a.registro_id)
  t.ok(found.includes(segunda as string))
  t.ok(found.includes(terceira as string))
  t.equal(found.length, 3, 'of three alike two are too many')
})

t.test(
  'what was reversed within the days is no longer twice, and what stands beside another is',
  async (t) => {
    const { sql } = await banco(t)
    await razao(sql)
    let documento = 0
    /** Bookings (+) and reversals (-) of one document, each with its day of March. */
    const casos: [movimentos: number[], apontado: number[], gemeo: number[], nome: string][] = [
      [[1, 3], [1], [0], 'booked twice'],
      [[1, 3, -6], [], [], 'reversed since'],
      [[1, 3, -13], [], [], 'reversed on the last of the days'],
      [[1, 3, -14], [1], [0], 'reversed a day too late'],
      [[1, 1, -1], [], [], 'all on one day'],
      [[-1, 1, 1], [], [], 'all on one day, the reversal first'],
      [[-1, 1, 1, 1], [3], [2], 'all on one day, one too many'],
      [[1, -1, 3], [], [], 'the reversal dated as the booking'],
      [[1, 3, -6, 8], [3], [0], 'booked twice, reversed once, booked a third time'],
      [[1, 3, 5, -6], [1], [0], 'booked three times, reversed once'],
      [[1, 3, 5, -6, -7], [], [], 'booked three times, reversed twice'],
      [[1, 3, -6, -7], [], [], 'both reversed'],
      [[1, 3, -6, -7, 8], [], [], 'both reversed, booked again'],
      [[1, 3, -6, -7, 8, 9], [5], [4], 'both reversed, booked twice again'],
      [[1, -8, 9, 15], [3], [2], 'reversed, booked twice again, the first long ago'],
      [[1, 3, -6, 20], [], [], 'booked again when the first is long ago'],
      [[1, 10, 19, -24], [1], [0], 'a chain: the last is taken back'],
    ]
    for (const sinal of [1, -1]) {
      for (const [movimentos, apontado, gemeo, nome] of casos) {
        documento++
        const ids = await lancar(
          sql,
          ...movimentos.map((dia) => ({
            documento: `NF ${documento}`,
            valor: sinal * Math.sign(dia) * 100,
            data_lancamento: `2025-03-${String(Math.abs(dia)).padStart(2, '0')}`,
          })),
        )
        const esperado = apontado.map((n, i) => [ids[n], ids[gemeo[i] as number]])
        const found = (await achados(sql, REGRA)).filter((a) => ids.includes(a.registro_id))
        t.same(
          found.map((a) => [a.registro_id, a.evidencia.gemeo.id]),
          esperado,
          `${nome}${sinal < 0 ? ', of a credit note' : ''}`,
        )
        // of each entry alone, by its key and by its day, the answer is the same
        if (sinal < 0) continue
        for (const [n, id] of ids.entries()) {
          const dia = `2025-03-${String(Math.abs(movimentos[n] as number)).padStart(2, '0')}`
          const janelas = [
            { chaves: [id] },
            { inicio: dia, fim: dia },
            { inicio: dia, fim: dia, chaves: [id] },
          ]
          for (const janela of janelas) {
            const um = (await achados(sql, REGRA, janela)).filter((a) => a.registro_id === id)
            t.same(
              um.map((a) => [a.registro_id, a.evidencia.gemeo.id]),
              esperado.filter(([chave]) => chave === id),
              `${nome}: entry ${n + 1} by ${JSON.stringify(janela)}`,
            )
          }
        }
      }
    }
  },
)

t.test('what the column holds is proposed, what it cannot hold is only flagged', async (t) => {
  const { sql } = await banco(t)
  await razao(sql)
  const [cabe, demais] = await lancar(
    sql,
    { valor: 1, valor_documento: '9999999999999999.99' },
    { valor: 1, valor_documento: '9999999999999999.99', valor_desconto: '-0.01' },
  )
  const by = new Map((await achados(sql, REGRA)).map((a) => [a.registro_id, a.valores_propostos]))
  t.same(Object.keys(by.get(cabe as string) ?? {}), ['valor'])
  t.same(by.get(demais as string), {})
})

t.test('the twin of an instalment is the same instalment', async (t) => {
  const { sql } = await banco(t)
  await razao(sql)
  const parcela = (n: number): Lancamento => ({
    documento: '77',
    fornecedor_id: 'A',
    descricao: `parcela ${n}/2`,
  })
  const [primeira, , repetida] = await lancar(sql, parcela(1), parcela(2), parcela(1))
  t.match(await achados(sql, REGRA), [{ registro_id: repetida, evidencia: { gemeo: { id: primeira } } }])
})
