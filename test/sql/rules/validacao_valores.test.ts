import t from 'tap'
import { testDatabase } from '../../helper/database.ts'
import {
  bookEntries,
  findings,
  type LedgerEntry,
  makeLedger,
  sameRate,
  setSetting,
  strangeOnes,
} from './ledger.ts'

const RULE_FUNCTION = 'validacao_valores'

t.test('the kind of a wrong amount is named, and the expected amount proposed', async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  const cases: [tipo: string, entry: LedgerEntry, esperado: number][] = [
    ['sinal_trocado', { valor: -150, valor_documento: 150 }, 150],
    ['fator_10', { valor: 1500, valor_documento: 150 }, 150],
    ['fator_10', { valor: 15, valor_documento: 150 }, 150],
    ['fator_100', { valor: 15000, valor_documento: 150 }, 150],
    ['fator_100', { valor: 1.5, valor_documento: 150 }, 150],
    ['fator_1000', { valor: 123460, valor_documento: 123.46 }, 123.46],
    ['fator_1000', { valor: 1.23, valor_documento: 1234 }, 1234],
    ['digitos_trocados', { valor: 1324.5, valor_documento: 1234.5 }, 1234.5],
    ['digitos_trocados', { valor: 4231.5, valor_documento: 1234.5 }, 1234.5],
    ['desconto_ignorado', { valor: 100, valor_documento: 100, valor_desconto: 17 }, 83],
    ['desconto_em_dobro', { valor: 66, valor_documento: 100, valor_desconto: 17 }, 83],
    ['razao_cambial', { valor: 5437.1, valor_documento: 1000 }, 1000],
    ['razao_cambial', { valor: 183.92, valor_documento: 1000 }, 1000],
    ['outro', { valor: 777.77, valor_documento: 1000 }, 1000],
    ['outro', { valor: 0, valor_documento: 1000 }, 1000],
    ['outro', { valor: 1000, valor_documento: 0 }, 0],
  ]
  const ids = await bookEntries(
    sql,
    ...cases.map(([, entry], i) => ({ fornecedor: `Fornecedor ${i}`, ...entry })),
  )
  await bookEntries(
    sql,
    ...cases.flatMap(([type, entry]) => (type === 'razao_cambial' ? sameRate(entry) : [])),
  )
  const found = new Map((await findings(sql, RULE_FUNCTION)).map((a) => [a.registro_id, a]))
  for (const [i, [type, entry, expected]] of cases.entries()) {
    const finding = found.get(ids[i] as string)
    t.equal(finding?.evidencia.tipo, type, `${entry.valor} of ${entry.valor_documento} is ${type}`)
    t.same(
      finding?.valores_propostos,
      { valor: expected },
      'proposes the amount that follows from the document',
    )
    t.equal(
      Number(finding?.valor_em_risco).toFixed(2),
      Math.abs(Number(entry.valor) - expected).toFixed(2),
      'the difference is at stake',
    )
    t.ok(finding?.evidencia.conta, 'the arithmetic is shown')
  }
})

t.test('amounts that are right, or cannot be judged, are not reported', async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  await bookEntries(
    sql,
    { valor: 100, valor_documento: 100 },
    { valor: 83, valor_documento: 100, valor_desconto: 17 },
    { valor: 100.05, valor_documento: 100 },
    { valor: -100, valor_documento: -100 },
    { valor: 100, valor_documento: null, valor_desconto: 10 },
    { valor: null, valor_documento: 100 },
    ...strangeOnes.filter((e) => e.valor_documento === undefined),
  )
  t.same(await findings(sql, RULE_FUNCTION), [])
})

t.test('tolerances are settings, and both are honoured', async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  const [cents, relative] = await bookEntries(
    sql,
    { valor: 100.06, valor_documento: 100 },
    { valor: 100050, valor_documento: 100000 },
  )
  t.same(
    (await findings(sql, RULE_FUNCTION)).map((a) => a.registro_id),
    [cents, relative].sort(),
  )
  await setSetting(sql, 'valores.tolerancia_relativa', 0.001)
  t.same(await findings(sql, RULE_FUNCTION), [], 'a thousandth of 100 and of 100,000 covers both')
  await setSetting(sql, 'valores.tolerancia_relativa', 0.0001)
  t.same(
    (await findings(sql, RULE_FUNCTION)).map((a) => a.registro_id),
    [cents, relative].sort(),
  )
})

t.test('a source with six significant digits is not an error', async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  const [, , short, exact] = await bookEntries(
    sql,
    { valor: 23456.04, valor_documento: 23456.1 },
    { valor: 1234567.89, valor_documento: 1234570 },
    { valor: 9876.54, valor_documento: 9876.1 },
    { valor: 12345.67, valor_documento: 12345.03 },
  )
  t.equal((await findings(sql, RULE_FUNCTION)).length, 3 + 1, 'off: every difference is a finding')
  await setSetting(sql, 'valores.digitos_significativos', 6)
  t.same(
    (await findings(sql, RULE_FUNCTION)).map((a) => a.registro_id),
    [short, exact].sort(),
    'on: only below 10,000, and where the document shows more digits than six',
  )
})

t.test('a usual tax withheld at source is named as such, with little confidence', async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  await bookEntries(sql, { valor: 890, valor_documento: 1000 }, { valor: 953.5, valor_documento: 1000 })
  for (const finding of await findings(sql, RULE_FUNCTION)) {
    t.equal(finding.evidencia.tipo, 'outro')
    t.ok(finding.evidencia.retencao_possivel)
    t.ok(Number(finding.confianca) < 0.5)
  }
})

t.test('the base confidence is the registered one', async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  await bookEntries(sql, { valor: 1500, valor_documento: 150 })
  const [before] = await findings(sql, RULE_FUNCTION)
  await sql`update audit.regras set confianca_base = 0.5 where nome = ${RULE_FUNCTION}`
  const [after] = await findings(sql, RULE_FUNCTION)
  t.equal(Number(before?.confianca), 0.85)
  t.equal(Number(after?.confianca), 0.65)
})

t.test('a document booked twice is flagged once, with its twin, and never corrected', async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  const note: LedgerEntry = {
    fornecedor_id: '11.222.333/0001-81',
    documento: '000123',
    valor: 500,
    descricao: 'pneus',
  }
  const [first, second, third, branch] = await bookEntries(
    sql,
    note,
    note,
    { ...note, data_lancamento: '2025-03-14', documento: 'NF 123' },
    { ...note, data_lancamento: '2025-03-20', fornecedor_id: '11222333000262', filial: 'Filial 2' },
  )
  const found = await findings(sql, RULE_FUNCTION)
  t.same(
    found.map((a) => a.registro_id),
    [second, third, branch].sort(),
    'the first booking is not a duplicate of anything',
  )
  for (const a of found) {
    t.same(a.valores_propostos, {})
    t.equal(Number(a.valor_em_risco), 500)
  }
  const by = new Map(found.map((a) => [a.registro_id, a.evidencia]))
  t.match(by.get(second as string), { tipo: 'duplicidade', gemeo: { id: first } })
  t.match(by.get(third as string), { tipo: 'duplicidade_proxima', gemeo: { id: second } })
  t.match(by.get(branch as string), { tipo: 'duplicidade_proxima', gemeo: { id: third, filial: 'Matriz' } })
})

t.test('entries that only look like duplicates are left alone', async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  const note: LedgerEntry = { fornecedor_id: '11.222.333/0001-81', documento: '900', valor: 500 }
  const foreign = { ...note, documento: '901' }
  const receipt = { ...note, documento: '905' }
  await bookEntries(
    sql,
    // a monthly invoice: another number, or none
    { ...note, documento: 'A1' },
    { ...note, documento: 'A2' },
    { ...note, documento: null },
    { ...note, documento: null },
    { ...note, documento: 'S/N' },
    { ...note, documento: 's/n' },
    { ...note, documento: '000' },
    { ...note, documento: '000' },
    // another supplier with the same number and amount
    foreign,
    { ...foreign, fornecedor_id: '99.888.777/0001-00' },
    // instalments of one document
    { ...note, documento: '902', valor: 100 },
    { ...note, documento: '902', valor: 200 },
    { ...note, documento: '903', descricao: 'parcela 1/3' },
    { ...note, documento: '903', descricao: 'Parcela 2/3' },
    // booked, reversed, booked again
    receipt,
    { ...receipt, valor: -500, data_lancamento: '2025-03-11' },
    { ...receipt, data_lancamento: '2025-03-12' },
    // the same number a month later
    { ...note, documento: '904' },
    { ...note, documento: '904', data_lancamento: '2025-04-10' },
    // nothing was paid
    { ...note, documento: '906', valor: 0 },
    { ...note, documento: '906', valor: 0 },
    // suppliers without code and with different names
    { documento: '907', fornecedor: 'Alfa' },
    { documento: '907', fornecedor: 'Beta' },
  )
  t.same(await findings(sql, RULE_FUNCTION), [])
})

t.test('the days between duplicates are a setting, and the last day counts', async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  const note: LedgerEntry = { fornecedor: 'ÁGUA Viva', documento: '55', valor: 80 }
  const [, at] = await bookEntries(sql, note, {
    ...note,
    fornecedor: 'agua viva',
    data_lancamento: '2025-03-20',
  })
  t.same(
    (await findings(sql, RULE_FUNCTION)).map((a) => a.registro_id),
    [at],
    'ten days apart, ten allowed',
  )
  await setSetting(sql, 'valores.dias_duplicidade', 9)
  t.same(await findings(sql, RULE_FUNCTION), [])
})

t.test('the window restricts what is flagged, not where the twin lies', async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  const note: LedgerEntry = { documento: '55', valor: 80 }
  const [first, second] = await bookEntries(
    sql,
    { ...note, data_lancamento: '2025-03-01', carregado_em: '2025-03-02T00:00:00Z' },
    { ...note, data_lancamento: '2025-03-05', carregado_em: '2025-03-06T00:00:00Z' },
  )
  const wrong = {
    valor: 1500,
    valor_documento: 150,
    data_lancamento: '2025-03-05',
    carregado_em: '2025-03-06T00:00:00Z',
  }
  const [amount] = await bookEntries(sql, wrong)
  const both = [second, amount].sort()
  const keys = async (window_: Parameters<typeof findings>[2]) =>
    (await findings(sql, RULE_FUNCTION, window_)).map((a) => a.registro_id)
  t.same(await keys({ inicio: '2025-03-05', fim: '2025-03-05' }), both, 'both dates are included')
  t.same(await keys({ inicio: '2025-03-06' }), [])
  t.same(await keys({ fim: '2025-03-04' }), [])
  t.same(await keys({ desde: '2025-03-06T00:00:00Z' }), both, 'the beginning of the load window is included')
  t.same(await keys({ ate: '2025-03-06T00:00:00Z' }), [], 'its end is not')
  t.same(await keys({ chaves: [second as string, amount as string] }), both)
  t.same(await keys({ chaves: [first as string] }), [])
  t.same(await keys({ chaves: [] }), [])
})

t.test(
  'a duplicate that was reversed closes by itself, and opens again when the reversal is gone',
  async (t) => {
    const { sql, connectAs } = await testDatabase(t)
    await makeLedger(sql)
    const olivia = connectAs('olivia')
    const runSession = () =>
      olivia`select encontradas::int, status from audit.processar_divergencias('manual', '2026-03-01', '2026-03-31',
      regras => '{validacao_valores}')`
    const state = async () =>
      (await sql`select registro_id, status, motivo from audit.divergencias_processadas order by id`).map(
        (d) => `${d['registro_id']} ${d['status']}: ${d['motivo']}`,
      )
    const note: LedgerEntry = { documento: 'NF 8', carregado_em: '2026-03-04T00:00:00Z' }
    const [, secondOne] = await bookEntries(
      sql,
      { ...note, data_lancamento: '2026-03-01' },
      { ...note, data_lancamento: '2026-03-03' },
    )
    t.match(await runSession(), [{ encontradas: 1, status: 'concluida' }])
    t.same(await state(), [`${secondOne} aberta: null`])
    const [reversal] = await bookEntries(sql, { ...note, valor: -100, data_lancamento: '2026-03-06' })
    t.match(await runSession(), [{ encontradas: 0, status: 'concluida' }])
    t.same(await state(), [`${secondOne} obsoleta: a regra já não aponta este registro`])
    await sql`delete from dw.lancamentos where id = ${reversal as string}`
    t.match(await runSession(), [{ encontradas: 1, status: 'concluida' }])
    t.same(await state(), [`${secondOne} aberta: encontrada de novo`])
  },
)

t.test('a reversal that is loaded later closes what an earlier load left open', async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  const note: LedgerEntry = { documento: 'NF 8' }
  const [, secondOne, , thirdOne] = await bookEntries(
    sql,
    { ...note, data_lancamento: '2025-03-01', carregado_em: '2025-03-04T00:00:00Z' },
    { ...note, data_lancamento: '2025-03-03', carregado_em: '2025-03-04T00:00:00Z' },
    { ...note, valor: -100, data_lancamento: '2025-03-06', carregado_em: '2025-03-07T00:00:00Z' },
    { ...note, data_lancamento: '2025-03-08', carregado_em: '2025-03-09T00:00:00Z' },
  )
  const keys = async (window_: Parameters<typeof findings>[2]) =>
    (await findings(sql, RULE_FUNCTION, window_)).map((a) => a.registro_id)
  t.same(
    await keys({ ate: '2025-03-05T00:00:00Z' }),
    [],
    'the reversal counts, though another load brought it',
  )
  t.same(await keys({ chaves: [secondOne as string] }), [])
  t.same(await keys({ inicio: '2025-03-03', fim: '2025-03-03' }), [], 'though it lies after the window')
  t.same(await keys({ desde: '2025-03-09T00:00:00Z' }), [thirdOne])
})

t.test('extra columns in the warehouse do no harm, whatever their names', async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  await sql`alter table dw.lancamentos add column chave text, add column companhia text, add column fornecedor_raiz text`
  const note: LedgerEntry = { fornecedor_id: '12345678000195', documento: 'NF 4711', valor: 80 }
  const [, secondOne] = await bookEntries(sql, note, note)
  const [finding, ...others] = await findings(sql, RULE_FUNCTION)
  t.equal(finding?.registro_id, secondOne)
  t.same(others, [])
})

t.test('odd rows cause no error, with any type of key', async (t) => {
  for (const key of ['uuid', 'text'] as const) {
    const { sql } = await testDatabase(t)
    await makeLedger(sql, key)
    await bookEntries(
      sql,
      ...strangeOnes.map((e, i) => ({ ...e, id: `00000000-0000-0000-0000-0000000000${10 + i}` })),
    )
    const all = await findings(sql, RULE_FUNCTION)
    t.ok(all.every((a) => Number(a.confianca) > 0 && Number(a.confianca) < 1))
    const one = all[0]?.registro_id as string
    t.same(
      (await findings(sql, RULE_FUNCTION, { chaves: [one] })).map((a) => a.registro_id),
      [one],
    )
  }
})
