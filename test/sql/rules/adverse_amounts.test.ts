// Amounts that look like an error and are none, and errors that look like something else.
import t from 'tap'
import { testDatabase } from '../../helper/database.ts'
import { bookEntries, findings, type LedgerEntry, makeLedger, sameRate, setSetting } from './ledger.ts'

const RULE_FUNCTION = 'validacao_valores'
type NumberCase = string | number
type Case = [tipo: string | null, valor: NumberCase, documento: NumberCase, desconto?: NumberCase | null]

t.test('each kind, and what only resembles it', async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  const cases: Case[] = [
    // within the tolerance of five cents, and one cent beyond it, on either side
    [null, 100.05, 100],
    [null, 99.95, 100],
    ['outro', 100.06, 100],
    ['outro', 99.94, 100],
    // a flipped sign, within the tolerance too; and with a discount, where the flip alone explains it
    ['sinal_trocado', -100.05, 100],
    ['sinal_trocado', 100, -100],
    ['sinal_trocado', -83, 100, 17],
    ['outro', -100.06, 100],
    ['desconto_em_dobro', -20, 0, 10],
    // honest credit notes
    [null, -100, -100],
    [null, -83, -100, -17],
    // exactly a factor, and close to one
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
    // twelve instalments, twice the quantity: a multiple is not a rate
    ['outro', 1200, 100],
    ['outro', 300, 100],
    ['outro', 100, 300],
    ['outro', 200, 100],
    // a rate: at both bounds, beyond them, the other way round, with another sign
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
  const ids = await bookEntries(
    sql,
    ...cases.map(([, valor, valor_documento, valor_desconto = null]) => ({
      valor,
      valor_documento,
      valor_desconto,
    })),
  )
  await bookEntries(
    sql,
    ...cases.flatMap(([type, valor, valor_documento]) =>
      type === 'razao_cambial' ? sameRate({ valor, valor_documento }) : [],
    ),
  )
  const by = new Map((await findings(sql, RULE_FUNCTION)).map((a) => [a.registro_id, a]))
  for (const [i, [type, valor, documento, discount]] of cases.entries()) {
    const finding = by.get(ids[i] as string)
    t.equal(
      finding?.evidencia.tipo ?? null,
      type,
      `${valor} of ${documento}${discount == null ? '' : ` less ${discount}`}: ${type ?? 'nothing'}`,
    )
  }
})

t.test('the confidence and the sentence of each kind', async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  const cases: [entry: LedgerEntry, confianca: number, frase: RegExp][] = [
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
  const ids = await bookEntries(
    sql,
    ...cases.map(([entry], i) => ({ ...entry, fornecedor: `Fornecedor ${i}` })),
  )
  await bookEntries(sql, ...sameRate({ valor: 537.1, valor_documento: 100 }))
  const by = new Map((await findings(sql, RULE_FUNCTION)).map((a) => [a.registro_id, a]))
  for (const [i, [entry, confidence, sentence]] of cases.entries()) {
    const finding = by.get(ids[i] as string)
    t.equal(Number(finding?.confianca), confidence, JSON.stringify(entry))
    t.match(finding?.justificativa, sentence)
  }
})

t.test('every usual withholding is recognised to the cent, and nothing else', async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  // one rate, and what several take together
  const rates = [1, 1.5, 2, 2.5, 3, 3.5, 4, 3.65, 4.5, 4.65, 5, 5.15, 6, 6.15, 7.5, 11, 11.15, 15, 22.15]
  const withheld = (rate: number, documento = 2345.67) => Math.round(documento * (100 - rate)) / 100
  const sim = await bookEntries(
    sql,
    ...rates.map((rate) => ({ valor: withheld(rate).toFixed(2), valor_documento: 2345.67 })),
    { valor: -2111.1, valor_documento: -2345.67, descricao: 'ten per cent of a credit note is none' },
    { valor: -2087.65, valor_documento: -2345.67 },
    { valor: 2228.4, valor_documento: 2345.67 },
  )
  const no = await bookEntries(
    sql,
    ...[0.5, 0.65, 1.2, 8, 10, 20, 22.5].map((rate) => ({
      valor: withheld(rate).toFixed(2),
      valor_documento: 2345.67,
    })),
    // two cents off; more than the document; too little to withhold from
    { valor: 2228.37, valor_documento: 2345.67 },
    { valor: 2462.95, valor_documento: 2345.67 },
    { valor: 8.9, valor_documento: 9.99 },
  )
  const by = new Map(
    (await findings(sql, RULE_FUNCTION)).map((a) => [a.registro_id, a.evidencia.retencao_possivel ?? null]),
  )
  t.same(
    sim.map((id) => by.get(id)),
    [...rates, null, 11, 5],
  )
  t.same(
    no.map((id) => by.get(id)),
    no.map(() => null),
  )
})

t.test('rounding at the source explains half a unit of the last digit, no more', async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  await setSetting(sql, 'valores.digitos_significativos', 6)
  await setSetting(sql, 'valores.tolerancia_absoluta', 0)
  const cases: [achado: boolean, valor: NumberCase, documento: NumberCase, desconto?: NumberCase][] = [
    // printed as 23456.1 for anything from 23456.05 to 23456.15
    [false, 23456.05, 23456.1],
    [true, 23456.04, 23456.1],
    [false, 23456.15, 23456.1],
    // printed 1.23457e6
    [false, 1234565, 1234570],
    [true, 1234564.99, 1234570],
    // both sides printed like that
    [false, 1234560, 1234570],
    [true, 1234559, 1234570],
    // the discount too
    [false, 1222220.5, 1234570, 12344.5],
    [false, 1211111.84, 1234567.89, 23456.1],
    [true, 1211111.85, 1234567.89, 23456.1],
    // below ten thousand every digit is there; with more than six digits the source printed all of them
    [true, 9999.96, 9999.9],
    [true, 23456.11, 23456.12],
    [false, -23456.05, -23456.1],
  ]
  const ids = await bookEntries(
    sql,
    ...cases.map(([, valor, valor_documento, valor_desconto = null]) => ({
      valor,
      valor_documento,
      valor_desconto,
    })),
  )
  const by = new Set((await findings(sql, RULE_FUNCTION)).map((a) => a.registro_id))
  for (const [i, [finding, valor, documento]] of cases.entries()) {
    t.equal(by.has(ids[i] as string), finding, `${valor} of ${documento}`)
  }
  await setSetting(sql, 'valores.digitos_significativos', 4)
  const [large, small] = await bookEntries(
    sql,
    { valor: 12345.01, valor_documento: 12350 },
    { valor: 1234.6, valor_documento: 1235 },
  )
  const four = new Set((await findings(sql, RULE_FUNCTION)).map((a) => a.registro_id))
  t.notOk(four.has(large as string))
  t.ok(four.has(small as string), 'below ten thousand nothing counts as rounding')
})

t.test('a document booked twice, and what only resembles one', async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  const A = '11.222.333/0001-81'
  const B = '11222333000262'
  let number = 1000
  /** Two entries with one new number; what is not given is the same in both. */
  const pair = (um: LedgerEntry, two: LedgerEntry): [LedgerEntry, LedgerEntry] => {
    const note: LedgerEntry = { fornecedor_id: A, documento: String(++number), valor: 500 }
    return [
      { ...note, ...um },
      { ...note, ...two },
    ]
  }
  // a separate amount: the end of one pair's number must not bring another pair together
  const doc = (from: string, to: string): [LedgerEntry, LedgerEntry] =>
    pair({ documento: from, valor: number }, { documento: to, valor: number })
  const cases: [
    tipo: string | null,
    confianca: number | null,
    par: [LedgerEntry, LedgerEntry],
    nome: string,
  ][] = [
    ['duplicidade', 0.85, pair({}, {}), 'alike in everything'],
    ['duplicidade', 0.65, pair({}, { descricao: 'outro serviço' }), 'with another text'],
    [
      'duplicidade',
      0.85,
      pair({}, { descricao: 'SERVICO  prestado'.replace('  ', ' ') }),
      'case is no other text',
    ],
    ['duplicidade', 0.85, pair({ valor: -500 }, { valor: -500 }), 'a credit note booked twice'],
    ['duplicidade', 0.85, pair({ valor: 0.01 }, { valor: 0.01 }), 'however small'],
    ['duplicidade_proxima', 0.75, pair({}, { data_lancamento: '2025-03-11' }), 'a day later'],
    ['duplicidade_proxima', 0.75, pair({}, { data_lancamento: '2025-03-20' }), 'ten days later'],
    [null, null, pair({}, { data_lancamento: '2025-03-21' }), 'eleven days later'],
    ['duplicidade_proxima', 0.75, pair({}, { filial: 'Filial 2' }), 'in another branch'],
    ['duplicidade_proxima', 0.75, pair({}, { filial: null }), 'in no branch'],
    ['duplicidade', 0.85, pair({}, { fornecedor_id: B }), 'of another branch of the company'],
    [null, null, pair({}, { centro_custo: 'Outro' }), 'a share of another cost centre'],
    [null, null, pair({}, { categoria: 'Outra' }), 'a share of another category'],
    [null, null, pair({}, { conta_contabil: '4.1.2' }), 'a share of another account'],
    ['duplicidade', 0.85, pair({}, { categoria: 'A classificar', conta_contabil: '1.1.9' }), 'parked'],
    [
      'duplicidade',
      0.85,
      pair({ valor_documento: 500 }, { valor_documento: 500, centro_custo: 'Outro' }),
      'the whole document for another cost centre',
    ],
    [
      'duplicidade',
      0.7,
      pair({ centro_custo: 'Outro' }, { valor_documento: 500 }),
      'the whole document beside an entry that does not say what it is of',
    ],
    [
      null,
      null,
      pair({}, { centro_custo: 'Outro', data_lancamento: '2025-03-12' }),
      'two days later for another cost centre: a share of it, or a part',
    ],
    [
      'duplicidade_proxima',
      0.6,
      pair({ valor_documento: 500 }, { centro_custo: 'Outro', data_lancamento: '2025-03-12' }),
      'two days later for another cost centre, where the first is the whole document',
    ],
    [
      'duplicidade_proxima',
      0.75,
      pair({}, { categoria: 'A CLASSIFICAR', data_lancamento: '2025-03-12' }),
      'two days later, and parked',
    ],
    ['duplicidade', 0.85, pair({ fornecedor_id: 'ab-1' }, { fornecedor_id: 'AB1' }), 'of a code in capitals'],
    [null, null, pair({}, { fornecedor_id: '11.222.334/0001-81' }), 'of another company'],
    [null, null, pair({ fornecedor_id: 'X1' }, { fornecedor_id: 'X2' }), 'of another code'],
    [
      'duplicidade',
      0.85,
      pair({ fornecedor_id: null, fornecedor: 'Água' }, { fornecedor_id: '', fornecedor: 'AGUA ' }),
      'by name',
    ],
    [
      'duplicidade',
      0.85,
      pair(
        { fornecedor_id: null, fornecedor: 'Acme Ltda' },
        { fornecedor_id: null, fornecedor: 'Acme Ltda.' },
      ),
      'by name, a full stop after it',
    ],
    [
      'duplicidade',
      0.85,
      pair({ fornecedor_id: null, fornecedor: 'Acme S/A' }, { fornecedor_id: '-', fornecedor: 'ACME, S.A.' }),
      'by name, its legal form written otherwise',
    ],
    [
      null,
      null,
      pair({ fornecedor_id: null, fornecedor: '---' }, { fornecedor_id: null, fornecedor: '---' }),
      'of a dash',
    ],
    [
      null,
      null,
      pair({ fornecedor_id: null, fornecedor: 'Água' }, { fornecedor_id: null, fornecedor: 'Água e Luz' }),
      'by another name',
    ],
    [
      null,
      null,
      pair({ fornecedor_id: null, fornecedor: null }, { fornecedor_id: null, fornecedor: null }),
      'of nobody',
    ],
    [null, null, pair({}, { valor: 500.01 }), 'of another amount'],
    [null, null, pair({ valor: 0 }, { valor: 0 }), 'of nothing'],
    [null, null, pair({}, { valor: -500 }), 'reversed'],
    [null, null, pair({ descricao: 'parcela 1/2' }, { descricao: 'parc. 2/2' }), 'in instalments'],
    [
      'duplicidade',
      0.85,
      pair({ descricao: 'Parcela 1/2' }, { descricao: 'parcela 1/2' }),
      'the same instalment twice',
    ],
    [
      'duplicidade',
      0.65,
      pair({ descricao: 'parcela 1/2' }, { descricao: 'PARCELA 01 de 2'.replace('01', '1') }),
      'the same, otherwise said',
    ],
    [
      null,
      null,
      pair({ descricao: '1ª parcela' }, { descricao: '2ª parcela' }),
      'in instalments, number first',
    ],
    [
      null,
      null,
      pair({ descricao: '1a. PARCELA - 03/2025' }, { descricao: '2a. PARCELA - 03/2025' }),
      'in instalments, a month after',
    ],
    [
      null,
      null,
      pair({ descricao: 'parcela nº 1' }, { descricao: 'parcela nº 2' }),
      'in instalments, numbered',
    ],
    [null, null, pair({ descricao: 'prestação 1/12' }, { descricao: 'prestação 2/12' }), 'in prestações'],
    [null, null, pair({ descricao: 'NF 345 1/3' }, { descricao: 'NF 345 2/3' }), 'in parts of three'],
    [null, null, pair({ descricao: 'parcela I' }, { descricao: 'parcela II' }), 'in Roman instalments'],
    [
      null,
      null,
      pair({ descricao: 'primeira parcela' }, { descricao: 'segunda parcela' }),
      'in instalments spelled out',
    ],
    [
      'duplicidade',
      0.65,
      pair({ descricao: 'terceira parcela' }, { descricao: 'parcela III' }),
      'the same instalment, spelled and Roman',
    ],
    [
      'duplicidade',
      0.65,
      pair({ descricao: 'prestação de serviços' }, { descricao: 'prestação de serviço' }),
      'services rendered are no instalment',
    ],
    [
      'duplicidade',
      0.65,
      pair({ descricao: 'parc. 01' }, { descricao: 'parcela 1' }),
      'the same instalment with a zero',
    ],
    [
      'duplicidade',
      0.65,
      pair({ descricao: '2ª parcela' }, { descricao: 'Parcela 2/3' }),
      'the same, number first',
    ],
    [
      'duplicidade',
      0.65,
      pair({ descricao: '03ª parcela' }, { descricao: '3ª parcela' }),
      'the same, number first with a zero',
    ],
    [
      'duplicidade',
      0.65,
      pair({ descricao: 'NF 10 parcela única' }, { descricao: 'parcela única' }),
      'a number before that is none of an instalment',
    ],
    [
      'duplicidade',
      0.65,
      pair({ descricao: 'NF em 10 parcelas' }, { descricao: 'NF 10 parcelada' }),
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
      'the same in everything that is compared',
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
    ['duplicidade', 0.85, doc('7026.00', '7026'), 'a number with the cents of a spreadsheet'],
    [null, null, doc('7026.50', '7026'), 'with other cents'],
    [null, null, doc('1-723', '2-723'), 'of another series'],
    [null, null, doc('7005-1', '7005-2'), 'parts of a number'],
    [null, null, doc('7006', '70060'), 'a longer number'],
    [null, null, doc('7007', '7070'), 'another number'],
    [null, null, doc('NF', 'NF'), 'a kind and no number'],
    [null, null, doc('---', '---'), 'nothing but punctuation'],
    [null, null, pair({ documento: '' }, { documento: '' }), 'a blank'],
  ]
  const ids = await bookEntries(sql, ...cases.flatMap(([, , two]) => two))
  const by = new Map((await findings(sql, RULE_FUNCTION)).map((a) => [a.registro_id, a]))
  for (const [i, [type, confidence, , name]] of cases.entries()) {
    const finding = by.get(ids[2 * i + 1] as string)
    t.equal(finding?.evidencia.tipo ?? null, type, `${name}: ${type ?? 'nothing'}`)
    t.notOk(by.has(ids[2 * i] as string), `${name}: the first one is not a duplicate of anything`)
    if (!finding) continue
    t.equal(Number(finding.confianca), confidence, name)
    t.equal(finding.evidencia.gemeo.id, ids[2 * i], `${name}: the twin is named`)
    t.same(finding.valores_propostos, {})
  }
})

t.test('reversed and booked again counts once; reversed and booked twice again counts twice', async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  const note: LedgerEntry = { documento: '1', fornecedor_id: 'A', valor: 10 }
  const series = (documento: string, ...values: number[]) =>
    bookEntries(
      sql,
      ...values.map((valor, i) => ({ ...note, documento, valor, data_lancamento: `2025-03-0${i + 1}` })),
    )
  await series('1', 10, -10, 10)
  await series('2', -10, 10, -10)
  const [, , , second] = await series('3', 10, -10, 10, 10)
  const [, , third] = await series('4', 10, 10, 10)
  const found = (await findings(sql, RULE_FUNCTION)).map((a) => a.registro_id)
  t.ok(found.includes(second as string))
  t.ok(found.includes(third as string))
  t.equal(found.length, 3, 'of three copies, two are surplus')
})

t.test('a copy reversed within the days is no longer a duplicate; one without a reversal is', async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  let documento = 0
  /** Bookings (+) and reversals (-) of one document, each with its day in March. */
  const cases: [movimentos: number[], apontado: number[], gemeo: number[], nome: string][] = [
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
  for (const sign of [1, -1]) {
    for (const [movements, flagged, twin, name] of cases) {
      documento++
      const ids = await bookEntries(
        sql,
        ...movements.map((day) => ({
          documento: `NF ${documento}`,
          valor: sign * Math.sign(day) * 100,
          data_lancamento: `2025-03-${String(Math.abs(day)).padStart(2, '0')}`,
        })),
      )
      const expected = flagged.map((n, i) => [ids[n], ids[twin[i] as number]])
      const found = (await findings(sql, RULE_FUNCTION)).filter((a) => ids.includes(a.registro_id))
      t.same(
        found.map((a) => [a.registro_id, a.evidencia.gemeo.id]),
        expected,
        `${name}${sign < 0 ? ', of a credit note' : ''}`,
      )
      // each entry by itself, by its key and by its day, gives the same answer
      if (sign < 0) continue
      for (const [n, id] of ids.entries()) {
        const day = `2025-03-${String(Math.abs(movements[n] as number)).padStart(2, '0')}`
        const windows = [{ chaves: [id] }, { inicio: day, fim: day }, { inicio: day, fim: day, chaves: [id] }]
        for (const window_ of windows) {
          const um = (await findings(sql, RULE_FUNCTION, window_)).filter((a) => a.registro_id === id)
          t.same(
            um.map((a) => [a.registro_id, a.evidencia.gemeo.id]),
            expected.filter(([key]) => key === id),
            `${name}: entry ${n + 1} by ${JSON.stringify(window_)}`,
          )
        }
      }
    }
  }
})

t.test('an amount that the column can hold is proposed, any other is only flagged', async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  const [fits, rest] = await bookEntries(
    sql,
    { valor: 1, valor_documento: '9999999999999999.99' },
    { valor: 1, valor_documento: '9999999999999999.99', valor_desconto: '-0.01', fornecedor: 'Outro Ltda' },
  )
  const by = new Map((await findings(sql, RULE_FUNCTION)).map((a) => [a.registro_id, a.valores_propostos]))
  t.same(Object.keys(by.get(fits as string) ?? {}), ['valor'])
  t.same(by.get(rest as string), {})
})

t.test("an instalment's twin is the same instalment", async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  const instalment = (n: number): LedgerEntry => ({
    documento: '77',
    fornecedor_id: 'A',
    descricao: `parcela ${n}/2`,
  })
  const [first, , repeated] = await bookEntries(sql, instalment(1), instalment(2), instalment(1))
  t.match(await findings(sql, RULE_FUNCTION), [
    { registro_id: repeated, evidencia: { gemeo: { id: first } } },
  ])
})
