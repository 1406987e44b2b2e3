// Credit notes whose document is positive, because the ERP keeps it so: the ledger's own habit, learned from its other months.
import t from 'tap'
import { testDatabase } from '../../helper/database.ts'
import { bookEntries, findings, type LedgerEntry, makeLedger } from './ledger.ts'

const RULE_FUNCTION = 'validacao_valores'
const month = (n: number) => `2025-${String(n).padStart(2, '0')}-10`

/** Ordinary entries and credit notes of five months; a credit note's document has the sign that is given. */
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

t.test('a positive document of a credit note is no turned sign where that is the habit', async (t) => {
  const { sql, connectAs } = await testDatabase(t)
  await makeLedger(sql)
  await bookEntries(sql, ...history(1))
  t.same(await findings(sql, RULE_FUNCTION), [])
  const [factor, , parts] = await bookEntries(
    sql,
    { valor: -1500, valor_documento: 150, data_lancamento: month(6) },
    { valor: -150, valor_documento: 150, data_lancamento: month(6) },
    { valor: 150, valor_documento: -150, data_lancamento: month(6) },
    { valor: -83, valor_documento: 100, valor_desconto: 17, data_lancamento: month(6) },
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
  t.match(line, { situacao: 'ok', detalhe: /documento positivo/ })
})

t.test('where credit notes have negative documents, or there are none, a turned sign is one', async (t) => {
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

t.test('a month whose signs are all turned does not make its own habit', async (t) => {
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
  t.equal((await findings(sql, RULE_FUNCTION)).length, 200)
  await sql`delete from dw.lancamentos where valor < 0 and data_lancamento < '2025-06-01'`
  t.equal((await findings(sql, RULE_FUNCTION)).length, 200, 'nor where there are no other credit notes')
})
