// One document, many lines: an invoice shared out over cost centres, categories or accounts is judged as one document.
import t from 'tap'
import { testDatabase } from '../../helper/database.ts'
import { bookEntries, findings, type LedgerEntry, makeLedger, type RuleFinding, sameRate } from './ledger.ts'

const RULE_FUNCTION = 'validacao_valores'
const note = (number: number): LedgerEntry => ({
  fornecedor_id: '11.222.333/0001-81',
  documento: `NF ${number}`,
  valor_documento: 1000,
})
/** Lines of one document, each for its own cost centre unless given otherwise. */
const rows = (number: number, ...parts: (number | LedgerEntry)[]): LedgerEntry[] =>
  parts.map((part, i) => ({
    ...note(number),
    centro_custo: `Loja ${i + 1}`,
    ...(typeof part === 'number' ? { valor: part } : part),
  }))

t.test('lines that add up to the document are right', async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  const um = (valor: number, other: LedgerEntry = {}) => ({ valor, ...other })
  const rightOnes: [nome: string, linhas: LedgerEntry[]][] = [
    ['eight cost centres', rows(1, 100, 100, 100, 200, 200, 100, 150, 50)],
    [
      'two of one cost centre and category',
      rows(2, um(500, { centro_custo: 'A' }), um(500, { centro_custo: 'A' })),
    ],
    ['thirds, a cent short', rows(3, 333.33, 333.33, 333.33)],
    ['thirtieths, ten cents short', rows(17, ...Array(30).fill(33.33))],
    ['a credit note', rows(4, um(-600, { valor_documento: -1000 }), um(-400, { valor_documento: -1000 }))],
    [
      'the discount on each line',
      rows(5, um(500, { valor_desconto: 100 }), um(400, { valor_desconto: 100 })),
    ],
    ['the discount on one line', rows(6, um(500, { valor_desconto: 100 }), um(400))],
    [
      'a discount of each line’s own',
      rows(7, um(570, { valor_desconto: 30 }), um(330, { valor_desconto: 70 })),
    ],
    [
      'instalments of three months',
      rows(
        8,
        um(300, { data_lancamento: '2025-02-10' }),
        um(300, { data_lancamento: '2025-03-10' }),
        um(400, { data_lancamento: '2025-04-10' }),
      ),
    ],
    ['a line taken back and booked elsewhere', rows(9, 600, 400, -400, 400)],
    [
      'taken back with the document’s sign turned too',
      rows(10, 600, 400, um(-400, { valor_documento: -1000 }), 400),
    ],
    ['all of it taken back', rows(11, 600, 400, um(-600, { data_lancamento: '2025-03-12' }), um(-400))],
    [
      'reversed and shared out again',
      rows(
        12,
        1000,
        um(-1000, { data_lancamento: '2025-03-11' }),
        um(700, { data_lancamento: '2025-03-12' }),
        300,
      ),
    ],
    ['shares taken back in one', rows(16, 600, 400, um(-1000, { data_lancamento: '2025-03-11' }))],
    ['a whole one taken back', rows(13, 1000, um(-1000, { data_lancamento: '2025-03-14' }))],
    [
      'numbers written in two ways, suppliers of two branches',
      rows(14, 600, um(400, { documento: '000014', fornecedor_id: '11222333000262' })),
    ],
    [
      'series or year said on one line alone',
      [
        ...rows(18, um(600, { documento: 'NF 18 série 2' }), um(400, { documento: 'NF 18' })),
        ...rows(19, um(600, { documento: '2025/19' }), um(400, { documento: 'NF 19' })),
        ...rows(20, um(600, { documento: '2-200' }), um(400, { documento: '200' })),
      ],
    ],
    [
      'a contract, shared out each month',
      rows(
        15,
        600,
        400,
        um(600, { data_lancamento: '2025-04-10' }),
        um(400, { data_lancamento: '2025-04-10' }),
      ),
    ],
    [
      'the code on one line, the name on another',
      rows(22, um(600, { fornecedor: 'Acme S.A.' }), um(400, { fornecedor_id: null, fornecedor: 'ACME SA' })),
    ],
    [
      'the same, and another spelling',
      rows(
        23,
        um(600, { fornecedor: 'Acme S.A.' }),
        um(400, { fornecedor_id: null, fornecedor: 'Acme Com. Ltda' }),
      ),
    ],
    ['the amount of the document on one line alone', rows(24, 600, um(400, { valor_documento: null }))],
    [
      'the same over two months',
      rows(
        25,
        600,
        um(150, { valor_documento: null }),
        um(250, { valor_documento: null, data_lancamento: '2025-04-10' }),
      ),
    ],
  ]
  for (const [name, entries] of rightOnes) {
    await bookEntries(sql, ...entries)
    t.same(
      (await findings(sql, RULE_FUNCTION)).map((a) => a.justificativa),
      [],
      name,
    )
    await sql`truncate dw.lancamentos`
  }
})

t.test(
  'a document that is split wrongly is one finding about all its lines, and proposes nothing',
  async (t) => {
    const { sql } = await testDatabase(t)
    await makeLedger(sql)
    const after = (valor: number, day: string, other: LedgerEntry = {}) => ({
      valor,
      data_lancamento: day,
      ...other,
    })
    const wrongOnes: [
      nome: string,
      tipo: string,
      soma: number,
      risco: number,
      linhas: LedgerEntry[],
      frase: RegExp,
    ][] = [
      [
        'too much',
        'rateio_a_mais',
        1150,
        150,
        rows(1, 600, 400, 150),
        /3 lançamentos que somam 1\.150,00.*150,00 a mais/,
      ],
      ['too little', 'rateio_a_menos', 900, 100, rows(2, 600, 300), /100,00 a menos/],
      [
        'one line twice',
        'rateio_linha_repetida',
        1600,
        600,
        rows(3, { valor: 600, centro_custo: 'A' }, { valor: 600, centro_custo: 'A' }, 400),
        /a linha de 600,00 está lançada duas vezes/,
      ],
      [
        'all lines twice',
        'rateio_repetido',
        2000,
        1000,
        rows(4, 600, 400, { valor: 600, centro_custo: 'Loja 1' }, { valor: 400, centro_custo: 'Loja 2' }),
        /está lançado 2 vezes/,
      ],
      [
        'all lines again two days later',
        'rateio_repetido',
        2000,
        1000,
        rows(5, 600, 400, after(600, '2025-03-12'), after(400, '2025-03-12')),
        /está lançado 2 vezes/,
      ],
      [
        'booked again by a later load',
        'rateio_repetido',
        2000,
        1000,
        [
          ...rows(21, 600, 400).map((l) => ({ ...l, carregado_em: '2025-03-11T12:00:00Z' })),
          ...rows(21, 600, 400).map((l) => ({ ...l, carregado_em: '2025-03-12T12:00:00Z' })),
        ],
        /2 vezes/,
      ],
      ['once whole and once in shares', 'rateio_repetido', 2000, 1000, rows(6, 1000, 600, 400), /2 vezes/],
      [
        'whole, and a share besides',
        'rateio_a_mais',
        1100,
        100,
        rows(7, 1000, after(100, '2025-03-12')),
        /100,00 a mais/,
      ],
      [
        'instalments, the last one still to come',
        'rateio_a_menos',
        600,
        400,
        rows(8, after(300, '2025-02-10'), after(300, '2025-03-10')),
        /400,00 a menos/,
      ],
      ['less the tax withheld', 'rateio_a_menos', 953.5, 46.5, rows(9, 500, 453.5), /retenção de 4,65%/],
      [
        'the sign of all lines turned',
        'sinal_trocado',
        -1000,
        2000,
        rows(10, -600, -400),
        /sinal está trocado/,
      ],
      [
        'more taken back than booked',
        'rateio_a_menos',
        -200,
        1200,
        rows(25, -600, 400),
        /somam -200,00, e ele leva a 1\.000,00: 1\.200,00 a menos/,
      ],
      [
        'a credit note, one line turned',
        'rateio_a_menos',
        -200,
        800,
        rows(26, { valor: -600, valor_documento: -1000 }, { valor: 400, valor_documento: -1000 }),
        /somam -200,00, e ele leva a -1\.000,00: 800,00 a menos/,
      ],
      [
        'a line with the wrong sign',
        'rateio_a_menos',
        200,
        800,
        rows(27, 600, -400),
        /somam 200,00, e ele leva a 1\.000,00: 800,00 a menos/,
      ],
      [
        'a line without a code, and the sum is not right',
        'rateio_a_menos',
        900,
        100,
        rows(28, 600, { valor: 300, fornecedor_id: null, fornecedor: 'Outra grafia' }),
        /100,00 a menos/,
      ],
      [
        'the amount of the document on one line alone',
        'rateio_a_mais',
        1100,
        100,
        rows(29, 600, { valor: 500, valor_documento: null }),
        /100,00 a mais/,
      ],
      [
        'a line reversed twice',
        'rateio_a_menos',
        600,
        400,
        rows(11, 600, 400, -400, 400, -400),
        /5 lançamentos que somam 600,00/,
      ],
    ]
    for (const [name, type, sum, risk, entries, sentence] of wrongOnes) {
      const ids = await bookEntries(sql, ...entries)
      const found = await findings(sql, RULE_FUNCTION)
      t.equal(found.length, 1, `${name}: one finding`)
      const [a] = found as [RuleFinding]
      t.equal(a.evidencia.tipo, type, name)
      t.same(a.valores_propostos, {}, `${name}: nothing is proposed`)
      t.equal(Number(a.evidencia.soma), sum, `${name}: the sum`)
      t.equal(Number(a.valor_em_risco), risk, `${name}: what is at stake`)
      t.match(a.justificativa, sentence)
      t.same(
        a.evidencia.linhas.map((l: { id: string }) => l.id).sort(),
        [...ids].sort(),
        `${name}: all its lines are named`,
      )
      t.ok(ids.includes(a.registro_id))
      const [one, ...rest] = await findings(sql, RULE_FUNCTION, { chaves: [a.registro_id] })
      t.same(
        [one?.registro_id, one?.evidencia.tipo, rest],
        [a.registro_id, type, []],
        `${name}: found again by its key`,
      )
      await sql`truncate dw.lancamentos`
    }
  },
)

t.test("a split document's finding stays the same until a line changes it", async (t) => {
  const { sql, connectAs } = await testDatabase(t)
  await makeLedger(sql)
  const olivia = connectAs('olivia')
  const runSession = async () => {
    const [session] =
      await olivia`select encontradas::int as n from audit.processar_divergencias('manual', '2025-03-01', '2025-03-31',
      regras => '{validacao_valores}')`
    return session?.['n']
  }
  const openOnes = () =>
    sql`select registro_id, vezes_detectada::int as vezes, evidencia ->> 'tipo' as tipo from audit.divergencias_processadas
      where status = 'aberta'`
  const [, second] = await bookEntries(sql, ...rows(1, 600, 300))
  t.equal(await runSession(), 1)
  t.equal(await runSession(), 1)
  t.same([...(await openOnes())], [{ registro_id: second, vezes: 2, tipo: 'rateio_a_menos' }])
  await bookEntries(sql, { ...note(1), centro_custo: 'Loja 3', valor: 100, data_lancamento: '2025-04-02' })
  t.equal(await runSession(), 0, 'the missing line has come, though outside the window')
  t.same([...(await openOnes())], [])
})

t.test('lines outside the window count, and the finding is on the line loaded last', async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  const early = { data_lancamento: '2025-03-05', carregado_em: '2025-03-06T00:00:00Z' }
  const late = { data_lancamento: '2025-03-04', carregado_em: '2025-03-20T00:00:00Z' }
  await bookEntries(sql, ...rows(1, 600, 400).map((l) => ({ ...l, ...early })))
  const [tooMuch] = await bookEntries(sql, { ...note(1), ...late, valor: 200 })
  await bookEntries(sql, ...rows(2, { valor: 600, ...early }, { valor: 400, ...late }))
  const window_ = { desde: '2025-03-19T00:00:00Z' }
  t.match(await findings(sql, RULE_FUNCTION, window_), [
    { registro_id: tooMuch, evidencia: { tipo: 'rateio_a_mais', lancamentos: 3, soma: 1200 } },
  ])
  t.equal((await findings(sql, RULE_FUNCTION, window_)).length, 1)
  t.same(
    await findings(sql, RULE_FUNCTION, { inicio: '2025-03-05', fim: '2025-03-05' }),
    [],
    'the last line carries it',
  )
})

t.test('an entry alone with its document is judged by itself, whatever is near it', async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  const alone = await bookEntries(
    sql,
    { ...note(1), valor: 100 },
    { ...note(2), valor: 100 },
    { ...note(1), fornecedor_id: '99.888.777/0001-00', valor: 900 },
    { ...note(4), valor: 600 },
    { ...note(4), valor: 500, valor_documento: 1200 },
  )
  const found = await findings(sql, RULE_FUNCTION)
  t.same(found.map((a) => a.registro_id).sort(), [...alone].sort())
  for (const a of found) t.ok('valor' in a.valores_propostos)
})

t.test('a whole contract of another month is no second booking of a wrong one', async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  const [, wrong] = await bookEntries(
    sql,
    { ...note(1), valor: 1000, data_lancamento: '2025-02-10' },
    { ...note(1), valor: 100, data_lancamento: '2025-03-10' },
    { ...note(1), valor: 1000, data_lancamento: '2025-04-10' },
  )
  t.match(await findings(sql, RULE_FUNCTION), [
    { registro_id: wrong, valores_propostos: { valor: 1000 }, evidencia: { tipo: 'fator_10' } },
  ])
})

t.test('in a ledger with one currency no ratio is an exchange rate', async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  const type = async () => [...new Set((await findings(sql, RULE_FUNCTION)).map((a) => a.evidencia.tipo))]
  const rate: LedgerEntry = { valor: 5437.1, valor_documento: 1000 }
  await bookEntries(sql, rate)
  t.same(await type(), ['outro'], 'a single entry')
  await bookEntries(sql, { ...rate, valor: 543.71, valor_documento: 100, documento: '2' })
  await bookEntries(sql, ...sameRate({ ...rate, data_lancamento: '2025-03-11' }))
  t.same(await type(), ['outro'], 'the same supplier again, and two others on another day')
  const [one, another] = sameRate(rate)
  await bookEntries(sql, one as LedgerEntry)
  t.same(await type(), ['outro'], 'two suppliers on one day')
  await bookEntries(sql, another as LedgerEntry)
  t.same((await type()).sort(), ['outro', 'razao_cambial'], 'three suppliers on one day reveal a currency')
  await sql`truncate dw.lancamentos`
  const part: LedgerEntry = { valor: 300, valor_documento: 1000 }
  await bookEntries(sql, part, ...sameRate(part))
  t.same(await type(), ['outro'], 'thirty per cent is a share, whoever the supplier is')
})

t.test('the same part paid to three suppliers on one day is not an exchange rate', async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  const paid = (ratio: number, day: string, ...suppliers: number[]): LedgerEntry[] =>
    suppliers.map((n) => ({
      fornecedor: `Fornecedor ${n}`,
      documento: `NF ${day}${n}`,
      valor: (ratio * 800 * n).toFixed(2),
      valor_documento: 800 * n,
      data_lancamento: day,
    }))
  const type = async () => [...new Set((await findings(sql, RULE_FUNCTION)).map((a) => a.evidencia.tipo))]
  for (const ratio of [0.375, 2.5]) {
    await bookEntries(sql, ...paid(ratio, '2025-03-10', 1, 2, 3))
    t.same(await type(), ['outro'], `${ratio} on one day`)
    for (const day of ['2025-03-12', '2025-03-14', '2025-03-20', '2025-03-21'])
      await bookEntries(sql, ...paid(ratio, day, 4, 5, 6))
    t.same(await type(), ['outro'], `${ratio} on five days: a rate moves`)
    await sql`truncate dw.lancamentos`
  }
  await bookEntries(sql, ...paid(5.4371, '2025-03-10', 1, 2, 3))
  t.same(await type(), ['outro'])
  for (const [i, day] of ['2025-03-12', '2025-03-14', '2025-03-20'].entries())
    await bookEntries(sql, ...paid(5.41 + i * 0.0413, day, 4 + 2 * i, 5 + 2 * i))
  t.ok((await type()).includes('razao_cambial'), 'a ratio that comes again and moves is a rate')
})

t.test('a reversal cancels the instalment that it names, and no other', async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  const instalment = (n: number, valor: number): LedgerEntry => ({
    ...note(1),
    valor,
    descricao: `pneus - parcela ${n}/3`,
    data_lancamento: `2025-0${n + 2}-10`,
  })
  const [, , third] = await bookEntries(sql, instalment(1, 1000), instalment(2, 1000), instalment(3, -1000))
  t.match(
    (await findings(sql, RULE_FUNCTION)).map((a) => [a.registro_id, a.evidencia.tipo]),
    [[third, 'sinal_trocado']],
  )
  await bookEntries(sql, instalment(3, 1000))
  t.same(await findings(sql, RULE_FUNCTION), [])
  await sql`truncate dw.lancamentos`
  await bookEntries(
    sql,
    instalment(1, 1000),
    { ...instalment(2, 1000), valor_desconto: 17 },
    instalment(3, -1000),
  )
  t.match(
    (await findings(sql, RULE_FUNCTION)).map((a) => a.evidencia.tipo).sort(),
    ['desconto_ignorado', 'sinal_trocado'],
    'and an error beside it does not hide the sign',
  )
})

t.test(
  'possible parts of a document are shown without a proposal; parts that add up are right',
  async (t) => {
    const { sql } = await testDatabase(t)
    await makeLedger(sql)
    const pair = (n: number, of: readonly (string | null)[], values: readonly number[]): LedgerEntry[] =>
      of.map((documento, i) => ({
        fornecedor_id: `${n}.444.333/0001-81`,
        fornecedor: `Fornecedor ${n} Ltda`,
        documento,
        centro_custo: `Loja ${i + 1}`,
        valor: values[i] ?? null,
        valor_documento: 1600,
      }))
    const spellings: readonly (readonly (string | null)[])[] = [
      ['654321-1', '654321-2'],
      ['654321', '654321/1'],
      ['654321/A', '654321/B'],
      ['654321 P1', '654321 P2'],
      ['NF 654321 1/2', '2/2'],
      ['654321 rateio CC1', '654321 rateio CC2'],
      ['2026000654321', '654321'],
      ['NF 654321 e 654322', '654321'],
      [null, null],
      ['S/N', 'S/N'],
      ['VARIOS', '-'],
    ]
    const booked: [name: string, ids: string[]][] = []
    for (const [i, documents] of spellings.entries()) {
      const name = documents.map(String).join(' and ')
      booked.push([`${name}: whole`, await bookEntries(sql, ...pair(20 + i, documents, [160, 1440]))])
      booked.push([`${name}: less`, await bookEntries(sql, ...pair(50 + i, documents, [160, 1300]))])
    }
    const [others = [], alone = [], said = []] = [
      // another document of the same amount is not part of this one
      await bookEntries(sql, ...pair(80, ['7001', '7002'], [160, 1440])),
      await bookEntries(sql, ...pair(81, ['7003'], [160])),
      await bookEntries(
        sql,
        ...pair(82, ['7004'], [160]).map((one) => ({ ...one, descricao: 'parcela 1/10' })),
        ...pair(83, ['7005'], [160]).map((one) => ({ ...one, descricao: 'entrada do projeto' })),
      ),
    ]
    const found = await findings(sql, RULE_FUNCTION, { inicio: '2025-01-01', fim: '2025-12-31' })
    const proposed = (ids: readonly string[]) =>
      found
        .filter(({ registro_id }) => ids.includes(registro_id))
        .map(({ valores_propostos: { valor } }) => valor ?? null)
    for (const [name, ids] of booked) {
      if (name.endsWith('whole')) t.same(proposed(ids), [], name)
      else t.same(new Set(proposed(ids)), new Set([null]), name)
    }
    t.same(proposed(others), [1600, 1600], 'other documents')
    t.same(proposed(alone), [1600], 'one alone')
    t.same(proposed(said), [null, null], 'a part, as its text says')
  },
)

t.test("lines belong to their document, whatever a spreadsheet made of the supplier's code", async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql, 'text')
  for (const [i, code] of [
    '360305000104',
    "'00360305000104",
    '00360305000104.0',
    '00.360.305/0001-04\u00a0',
  ].entries()) {
    const note = { documento: `NF ${70 + i}`, valor_documento: 1000, fornecedor: null }
    await bookEntries(
      sql,
      { ...note, id: `00${i}`, fornecedor_id: '00.360.305/0001-04', valor: 600, centro_custo: 'Loja 1' },
      { ...note, id: `0${i}`, fornecedor_id: code, valor: i === 3 ? 400 : 500, centro_custo: 'Loja 2' },
    )
  }
  t.match(
    await findings(sql, RULE_FUNCTION),
    ['00', '01', '02'].map((id) => ({
      registro_id: id,
      evidencia: { tipo: 'rateio_a_mais', soma: 1100, lancamentos: 2 },
    })),
  )
})
