// What tells two entries of one document, supplier and amount apart: the part or the period in their texts.
import t from 'tap'
import { testDatabase } from '../../helper/database.ts'
import { bookEntries, findings, type LedgerEntry, makeLedger } from './ledger.ts'

const RULE_FUNCTION = 'validacao_valores'

t.test('a part or a period of a document is recognised in a text, however it is written', async (t) => {
  const { sql } = await testDatabase(t)
  /** Part, month, year. */
  const cases: [descricao: string | null, parte: string, mes?: string | undefined, ano?: string][] = [
    ['vigésima primeira parcela', '21'],
    ['Vigésima-segunda parcela', '22'],
    ['centésima vigésima parcela', '120'],
    ['parcela vinte e dois', '22'],
    ['parcela trinta', '30'],
    ['parcela XXI', '21'],
    ['parcela 21', '21'],
    ['parcela 8790/100000', '8790'],
    ['última parcela', '-1'],
    ['parcela final', '-1'],
    ['penúltima parcela', '-2'],
    ['mensalidade 3/4', '3'],
    ['mensalidade 3', '3'],
    ['3º pagamento', '3'],
    ['terceiro pagamento', '3'],
    ['pagamento 3/4', '3'],
    ['pagamento 10/02/2025', ''],
    ['pagamento 345', ''],
    ['pagamento em 10/02/2025', ''],
    ['01 de 12', '1'],
    ['contrato 77, 2 de 12', '2'],
    ['em 10 de 12 de 2025', ''],
    ['obra (1/3) bloco B', '1'],
    ['medição 1', 'medicao 1'],
    ['2ª medição', 'medicao 2'],
    ['BM 02', 'medicao 2'],
    ['parcela 2 da medição 3', '2 medicao 3'],
    ['1ª quinzena', 'quinzena 1'],
    ['segunda quinzena de março', 'quinzena 2', '3'],
    ['semana 32', 'semana 32'],
    ['3º trimestre', 'trimestre 3'],
    ['etapa 2', 'etapa 2'],
    ['fase II', 'fase 2'],
    ['lote 12345', 'lote 12345'],
    ['entrada', 'entrada'],
    ['saldo NF 345', 'saldo'],
    ['adiantamento', 'adiantamento'],
    ['complemento', 'complemento'],
    ['multa e juros NF 345', 'juros multa'],
    ['1ª metade', 'metade 1'],
    ['segundo adiantamento', 'adiantamento 2'],
    ['1.º sinal', 'entrada 1'],
    ['2.ª parcela', '2'],
    ['parcela (2)', '2'],
    ['parcela (10/02/2025)', ''],
    ['3ª de 6 parcelas', '3'],
    ['três de seis', '3'],
    ['seguro, duas de doze', '2'],
    ['cinco de dez', ''],
    ['em dois de quatro turnos de três', '2'],
    ['1º de 5 de 2026', ''],
    ['juros NF 345', 'juros'],
    ['duplicata 345-1', 'titulo 1'],
    ['dupl. nº 345/2', 'titulo 2'],
    ['Duplicata 345A', 'titulo a'],
    ['duplicata 345', ''],
    ['aluguel ref. 02/2025', '', '2', '2025'],
    ['aluguel referente a fevereiro', '', '2'],
    ['aluguel fev/25', '', '2', '2025'],
    ['aluguel 02.2025', '', '2', '2025'],
    ['aluguel 2025-02', '', '2', '2025'],
    ['competência: 02/25', '', '2', '2025'],
    ['mês 02', '', '2'],
    ['aluguel de fevereiro de 2025', '', '2', '2025'],
    ['vale novembro', '', '11'],
    ['janeiro e fevereiro', '', '1 2'],
    ['vencimento 10/02/2025', '', '10/2', '2025'],
    ['pago em 10 de fevereiro de 2025', ''],
    ['NF 345 em 10/02/2025', ''],
    ['obras do mar', ''],
    ['anuidade 2025', '', undefined, '2025'],
    ['parcela única', ''],
    ['valor sem multa', ''],
    ['em 3 parcelas', ''],
    ['prestação de contas', ''],
    ['345a parte do parcelamento', ''],
    ['serviço prestado', ''],
    [null, ''],
  ]
  const rows = await sql`
    select m.parte, m.mes, m.ano from unnest(${cases.map(([d]) => d)}::text[]) with ordinality x (d, n)
    left join lateral regra_validacao_valores.marcas_texto(x.d) m on true order by n`
  for (const [i, [text, part, month, year]] of cases.entries())
    t.same({ ...rows[i] }, { parte: part, mes: month ?? null, ano: year ?? null }, String(text))
})

t.test('another part or period of a document is not a second booking, the same one is', async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  const different: [string, string][] = [
    ['vigésima primeira parcela', 'vigésima segunda parcela'],
    ['parcela vinte e dois', 'parcela vinte e três'],
    ['penúltima parcela', 'última parcela'],
    ['mensalidade 3/4', 'mensalidade 4/4'],
    ['mensalidade 3', 'mensalidade 4'],
    ['3º pagamento', '4º pagamento'],
    ['01 de 12', '02 de 12'],
    ['medição 1', 'medição 2'],
    ['aluguel ref. 02/2025', 'aluguel ref. 03/2025'],
    ['aluguel fevereiro', 'aluguel março'],
    ['aluguel fev/25', 'aluguel mar/25'],
    ['anuidade 2024', 'anuidade 2025'],
    ['entrada', 'saldo'],
    ['adiantamento', 'complemento'],
    ['multa NF 345', 'juros NF 345'],
    ['serviço', 'juros do serviço'],
    ['duplicata 345-1', 'duplicata 345-2'],
    ['duplicata 345/1', 'duplicata 345/2'],
    ['duplicata 345A', 'duplicata 345B'],
    ['1ª quinzena', '2ª quinzena'],
    ['primeira quinzena', 'segunda quinzena'],
    ['semana 1', 'semana 2'],
    ['1º trimestre', '2º trimestre'],
    ['etapa 1', 'etapa 2'],
    ['fase I', 'fase II'],
    ['lote 7', 'lote 8'],
    ['venc. 10/03/2025', 'venc. 10/04/2025'],
    ['três de seis', 'quatro de seis'],
    ['1ª metade', '2ª metade'],
    ['1º adiantamento', '2º adiantamento'],
    ['1.ª parcela', '2.ª parcela'],
    ['parcela (1)', 'parcela (2)'],
    ['3ª de 6 parcelas', '4ª de 6 parcelas'],
  ]
  const alike: [string, string][] = [
    ['21ª parcela', 'vigésima primeira parcela'],
    ['parcela vinte e dois', 'PARCELA 22/24'],
    ['última parcela', 'Última Prestação'],
    ['mensalidade 3/4', 'mensalidade 03'],
    ['medição 1', '1ª MEDIÇÃO'],
    ['aluguel ref. 02/2025', 'aluguel fevereiro/2025'],
    ['aluguel ref. 02/2025', 'aluguel fev/25'],
    ['aluguel fevereiro', 'aluguel ref. 02/2025'],
    ['aluguel', 'aluguel ref. 02/2025'],
    ['entrada', 'Entrada'],
    ['duplicata 345-1', 'DUPL. 345/01'],
    ['1ª quinzena', 'primeira quinzena'],
    ['pago em 10/03/2025', 'pago em 12/03/2025'],
    ['serviço', 'serviços prestados'],
  ]
  const cases = [
    ...different.map((texts) => ({ texts, found: false, first: 7000 })),
    ...alike.map((texts) => ({ texts, found: true, first: 7000 })),
    // a supplier who counts that far gives no number twice in two months; an announced period is one
    { texts: ['Suporte abril', 'Suporte maio'] as const, found: true, first: 1_234_000 },
    ...(
      [
        ['aluguel 01/2026', 'aluguel 02/2026'],
        ['aluguel jan/26', 'aluguel fev/26'],
        ['aluguel janeiro de 2026', 'aluguel fevereiro de 2026'],
        ['parcela 22ª', 'parcela 23ª'],
        ['P1/3', 'P2/3'],
        ['pcl 1', 'pcl 2'],
        ['50% no pedido', '50% na entrega'],
        ['T1 2026', 'T2 2026'],
        ['ciclo 3', 'ciclo 4'],
        ['viagem 1', 'viagem 2'],
        ['metade', 'metade final'],
        ['contrato 11', 'contrato 12'],
        ['apto 101', 'apto 102'],
        ['matrícula 11', 'matrícula 12'],
        ['turno manhã', 'turno tarde'],
        ['frete AAA1B23', 'frete AAA1B24'],
        ['frete AAA-1234', 'frete AAA-1235'],
        ['serviço', 'DEVOLUÇÃO DE COMPRA'],
        ['serviço', 'storno'],
        ['serviço', 'Reembolso do pagamento NF 123456'],
      ] as const
    ).map((texts) => ({ texts, found: false, first: 1_234_000 })),
    ...(
      [
        ['Hospedagem outubro', 'Hospedagem novembro'],
        ['serviço', 'serviço contrato 11'],
        ['contrato nº 011', 'Contrato 11'],
        ['frete AAA-1234', 'frete AAA1234'],
        ['compra RPS-1234', 'compra NFE-1234'],
        ['Reembolso NF 123456', 'Reembolso NF 123456'],
        ['parcela 22ª', '22ª parcela'],
      ] as const
    ).map((texts) => ({ texts, found: true, first: 1_234_000 })),
    { texts: ['Suporte ref. abril', 'Suporte ref. maio'] as const, found: false, first: 1_234_000 },
    { texts: ['competência 04/2025', 'competência 05/2025'] as const, found: false, first: 1_234_000 },
  ]
  const ids = await bookEntries(
    sql,
    ...cases.flatMap(({ texts, first }, i) =>
      texts.map((descricao): LedgerEntry => ({ documento: `NF ${first + i}`, descricao, valor: 100 + i })),
    ),
  )
  const found = new Set((await findings(sql, RULE_FUNCTION)).map((a) => a.registro_id))
  for (const [i, { texts, found: expected }] of cases.entries())
    t.equal(found.has(ids[2 * i + 1] as string), expected, texts.join(' and '))
})

t.test('a reversal is recognised, whatever it is called', async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  let number = 300
  const cases: [found: number, sign: 1 | -1, reversal: (n: number) => LedgerEntry, nome: string][] = [
    [0, 1, (n) => ({ documento: `Reversão NF ${n}`, valor: -100 }), 'reversão'],
    [0, 1, (n) => ({ documento: `REVERSAO DA NF-e ${n}`, valor: 100 }), 'with the document’s sign'],
    [0, 1, (n) => ({ documento: `Estornada NF ${n}`, valor: -100 }), 'estornada'],
    [0, 1, (n) => ({ documento: `NF ${n} estornada`, valor: -100 }), 'said behind the number'],
    [0, 1, (n) => ({ documento: `nota de crédito ref NF ${n}`, valor: -100 }), 'a credit note'],
    [0, 1, (n) => ({ documento: `NC ref. NF ${n}`, valor: -100 }), 'a credit note, in short'],
    [0, 1, (n) => ({ documento: null, descricao: `Reversão NF ${n}`, valor: -100 }), 'in the text'],
    [
      0,
      1,
      (n) => ({ documento: 'NC 9', descricao: `nota de crédito da NF ${n}`, valor: -100 }),
      'in its text',
    ],
    [0, 1, (n) => ({ documento: `NF ${n}`, descricao: 'ESTORNO', valor: 100 }), 'only its text says so'],
    [
      0,
      1,
      (n) => ({ documento: `NF ${n}`, descricao: 'Estornada', valor: 100 }),
      'the text of what is reversed',
    ],
    [0, -1, (n) => ({ documento: `ESTORNO NF ${n}`, valor: 100 }), 'of a negative entry'],
    [0, -1, (n) => ({ documento: null, descricao: `ESTORNO NF ${n}`, valor: 100 }), 'of one, in the text'],
    [
      1,
      -1,
      (n) => ({ documento: null, descricao: `compra NF ${n}`, valor: 100 }),
      'an ordinary entry beside negative ones',
    ],
    [1, 1, (n) => ({ documento: `NF ${n + 5000}`, descricao: 'ESTORNO', valor: 100 }), 'of another number'],
  ]
  const booked: [string, string, number, string][] = []
  for (const [found, sign, reversal, name] of cases) {
    const n = ++number
    const note: LedgerEntry = { fornecedor_id: 'F1', documento: `NF ${n}`, valor: sign * 100 }
    const [, second, third] = await bookEntries(
      sql,
      note,
      { ...note, data_lancamento: '2025-03-11' },
      { ...note, data_lancamento: '2025-03-12', ...reversal(n) },
    )
    booked.push([second as string, third as string, found, name])
  }
  const found = (await findings(sql, RULE_FUNCTION)).map((a) => a.registro_id)
  for (const [second, third, expected, name] of booked) {
    t.equal(found.filter((f) => f === second).length, expected, name)
    t.notOk(found.includes(third), `${name}: a reversal is not a second booking`)
  }
})
