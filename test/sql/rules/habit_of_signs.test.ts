// Credit notes with a positive document, because the ERP keeps them so: the ledger's own habit, learned from similar entries.
import t from 'tap'
import { testDatabase } from '../../helper/database.ts'
import { bookEntries, findings, type LedgerEntry, makeLedger } from './ledger.ts'

const RULE_FUNCTION = 'validacao_valores'
const month = (n: number) => `2025-${String(n).padStart(2, '0')}-10`

/** Ordinary entries and credit notes of five months; a credit note's document has the given sign. */
const history = (sign: number): LedgerEntry[] =>
  [1, 2, 3, 4, 5].flatMap((m) => [
    ...Array.from({ length: 60 }, (_, i) => ({
      valor: 200 + i,
      valor_documento: 200 + i,
      documento: `NF ${m}${i}`,
      data_lancamento: month(m),
    })),
    ...Array.from({ length: 8 }, (_, i) => ({
      valor: -50 - i,
      valor_documento: sign * (50 + i),
      documento: `NC ${m}${i}`,
      data_lancamento: month(m),
    })),
  ])

t.test("a credit note's positive document is not a wrong sign where that is the custom", async (t) => {
  const { sql, connectAs } = await testDatabase(t)
  await makeLedger(sql)
  await bookEntries(sql, ...history(1))
  t.same(await findings(sql, RULE_FUNCTION), [])
  const [factor, , parts] = await bookEntries(
    sql,
    { valor: -1500, valor_documento: 150, documento: 'NC 7', data_lancamento: month(6) },
    { valor: -150, valor_documento: 150, documento: 'NC 8', data_lancamento: month(6) },
    { valor: 150, valor_documento: -150, data_lancamento: month(6) },
    { valor: -83, valor_documento: 100, valor_desconto: 17, documento: 'NC 10', data_lancamento: month(6) },
    { valor: -60, valor_documento: 100, documento: 'NC 9', centro_custo: 'A', data_lancamento: month(6) },
    { valor: -40, valor_documento: 100, documento: 'NC 9', centro_custo: 'B', data_lancamento: month(6) },
  )
  const found = (await findings(sql, RULE_FUNCTION)).map((a) => [
    a.registro_id,
    a.evidencia.tipo,
    a.valores_propostos,
  ])
  t.same(
    found,
    [
      [factor, 'fator_10', { valor: -150 }],
      [parts, 'sinal_trocado', { valor: -150 }],
    ],
    'what is wrong in a credit note is still found, and is proposed as a credit note',
  )
  const [line] = await connectAs('adelia')`
    select situacao, detalhe from audit.diagnosticar_contrato() where item = 'sinal dos créditos'`
  t.match(line, { situacao: 'ok', detalhe: /: 42 são créditos .* 0 apontados um a um; 0 num só achado/ })
})

t.test('a habit may change: each half of the year has its own', async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  const half = (first: number, sign: number): LedgerEntry[] =>
    Array.from({ length: 36 }, (_, i) => ({
      valor: -100 - i,
      valor_documento: sign * (100 + i),
      documento: `CR ${first}${i}`,
      descricao: 'ajuste comercial',
      data_lancamento: month(first + (i % 6)),
    }))
  await bookEntries(
    sql,
    ...half(1, 1),
    ...half(7, -1),
    ...Array.from({ length: 120 }, (_, i) => ({
      valor: 300 + i,
      valor_documento: 300 + i,
      documento: `NF ${5000 + i}`,
      data_lancamento: month(1 + (i % 12)),
    })),
  )
  t.same(await findings(sql, RULE_FUNCTION), [])
  const late: LedgerEntry = {
    valor: -77,
    valor_documento: 77,
    documento: 'CR 9',
    descricao: 'ajuste comercial',
  }
  const [id] = await bookEntries(sql, { ...late, data_lancamento: month(12) })
  t.match(
    await findings(sql, RULE_FUNCTION),
    [{ registro_id: id, evidencia: { tipo: 'sinal_trocado' } }],
    'who goes on in the old way is found',
  )
})

t.test('where credit notes have negative documents, or there are none, a wrong sign is found', async (t) => {
  const { sql, connectAs } = await testDatabase(t)
  await makeLedger(sql)
  const um = { valor: -150, valor_documento: 150, data_lancamento: month(6) }
  const [swapped] = await bookEntries(sql, ...[um, ...history(-1)])
  t.match(await findings(sql, RULE_FUNCTION), [
    { registro_id: swapped, evidencia: { tipo: 'sinal_trocado' } },
  ])
  t.same(
    [
      ...(await connectAs(
        'adelia',
      )`select item from audit.diagnosticar_contrato() where item = 'sinal dos créditos'`),
    ],
    [],
    'the diagnosis has nothing to say',
  )
  await sql`delete from dw.lancamentos where valor < 0`
  await bookEntries(sql, um)
  t.equal((await findings(sql, RULE_FUNCTION)).length, 1)
})

t.test('a month with only wrong signs does not make its own custom', async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  await bookEntries(sql, ...history(-1))
  await bookEntries(
    sql,
    ...Array.from({ length: 200 }, (_, i) => ({
      valor: -300 - i,
      valor_documento: 300 + i,
      data_lancamento: month(6),
    })),
  )
  t.match(await findings(sql, RULE_FUNCTION), [
    { evidencia: { tipo: 'carga_sinal_trocado', lancamentos: 200 } },
  ])
  await sql`delete from dw.lancamentos where valor < 0 and data_lancamento < '2025-06-01'`
  t.match(
    await findings(sql, RULE_FUNCTION),
    [{ evidencia: { tipo: 'carga_sinal_trocado', lancamentos: 200 } }],
    'nor where there are no other credit notes',
  )
})

/** Ordinary invoices of a year, some of them with the sign turned. */
const invoices = (n: number, turned = 0): LedgerEntry[] =>
  Array.from({ length: n }, (_, i) => {
    const valor = 200 + (i % 900)
    return {
      valor: turned > 0 && i % turned === 7 ? -valor : valor,
      valor_documento: valor,
      documento: `NF ${10_000 + i}`,
      fornecedor: `Fornecedor ${i % 211}`,
      categoria: `Categoria ${i % 9}`,
      data_lancamento: month(1 + (i % 12)),
    }
  })
const credits = (n: number, other: LedgerEntry = {}): LedgerEntry[] =>
  Array.from({ length: n }, (_, i) => ({
    valor: -50 - i,
    valor_documento: 50 + i,
    documento: `NF ${90_000 + i}`,
    fornecedor: `Fornecedor ${(i * 7) % 211}`,
    categoria: `Categoria ${i % 9}`,
    data_lancamento: month(1 + (i % 12)),
    ...other,
  }))

t.test('few credit notes among many entries are as much a custom as many among few', async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  const ledgers: [name: string, ordinary: number, notes: LedgerEntry[]][] = [
    ['their text says it', 12_000, credits(24, { descricao: 'Devolução de mercadoria' })],
    ['so does a number of their own', 12_000, credits(24).map((l, i) => ({ ...l, documento: `XK ${i}` }))],
    ['a category of their own', 900, credits(19, { categoria: 'Rebates' })],
    ['one month alone', 900, credits(40, { conta_contabil: '4.9', data_lancamento: month(6) })],
    ['nothing, but one entry in ten is one', 450, credits(50)],
  ]
  for (const [name, ordinary, notes] of ledgers) {
    await sql`truncate dw.lancamentos`
    await bookEntries(sql, ...invoices(ordinary), ...notes)
    t.same(
      (await findings(sql, RULE_FUNCTION)).map((a) => a.justificativa),
      [],
      name,
    )
  }
})

t.test('wrong signs are found beside a custom, and make none', async (t) => {
  const { sql, connectAs } = await testDatabase(t)
  await makeLedger(sql)
  await bookEntries(sql, ...invoices(2000, 100), ...credits(97, { documento: 'NC 5' }))
  const kinds = async () => (await findings(sql, RULE_FUNCTION)).map((a) => a.evidencia.tipo)
  t.same(await kinds(), Array(20).fill('sinal_trocado'))
  const [line] = await connectAs('adelia')`
    select situacao, detalhe from audit.diagnosticar_contrato() where item = 'sinal dos créditos'`
  t.match(line, { situacao: 'ok', detalhe: /: 97 são créditos .* 20 apontados um a um; 0 num só/ })
  await sql`truncate dw.lancamentos`
  await bookEntries(
    sql,
    ...invoices(2000, 100),
    ...credits(97).map((l) => ({ ...l, valor_documento: l.valor ?? null })),
  )
  t.same(await kinds(), Array(20).fill('sinal_trocado'), 'and where documents are signed')
})

t.test('if nothing distinguishes credit notes from wrong signs, they are one question', async (t) => {
  const { sql, connectAs } = await testDatabase(t)
  await makeLedger(sql)
  await bookEntries(sql, ...invoices(4000), ...credits(9))
  t.equal((await findings(sql, RULE_FUNCTION)).length, 9, 'few are judged one by one')
  const [first] =
    await sql`select id::text from dw.lancamentos where valor < 0 order by data_lancamento, id limit 1`
  await bookEntries(sql, ...credits(31).map((l, i) => ({ ...l, documento: `NF ${70_000 + i}` })))
  const windows = [{}, { inicio: '2025-09-01', fim: '2025-09-30' }, { chaves: [first?.['id']] }]
  for (const window_ of windows) {
    const found = await findings(sql, RULE_FUNCTION, window_)
    t.match(
      found,
      [
        {
          registro_id: first?.['id'],
          valores_propostos: {},
          evidencia: { tipo: 'sinais_sem_costume', lancamentos: 40 },
        },
      ],
      JSON.stringify(window_),
    )
    t.equal(found.length, 1)
  }
  const [line] = await connectAs('adelia')`
    select situacao, detalhe from audit.diagnosticar_contrato() where item = 'sinal dos créditos'`
  t.match(line, { situacao: 'aviso', detalhe: /0 são créditos .* 0 apontados um a um; 40 num só/ })
})

t.test("a ledger with negative expenses, or with all documents' signs opposite, is left alone", async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  await bookEntries(sql, ...invoices(600).map((l) => ({ ...l, valor: -Number(l.valor) })))
  t.same(await findings(sql, RULE_FUNCTION), [])
  await sql`update dw.lancamentos set valor = -valor, valor_documento = -valor_documento`
  t.same(await findings(sql, RULE_FUNCTION), [])
})
