// Credit notes whose document is positive, because the ERP keeps it so: the ledger's own habit, learned from its other months.
import t from 'tap'
import { banco } from '../../helper/database.ts'
import { achados, type Lancamento, lancar, razao } from './ledger.ts'

const REGRA = 'validacao_valores'
const mes = (n: number) => `2025-${String(n).padStart(2, '0')}-10`

/** Ordinary entries and credit notes of five months; a credit note's document has the sign that is given. */
const historia = (sinal: number): Lancamento[] =>
  [1, 2, 3, 4, 5].flatMap((m) => [
    ...Array.from({ length: 60 }, (_, i) => ({
      valor: 200 + i,
      valor_documento: 200 + i,
      documento: `NF ${m}${i}`,
      data_lancamento: mes(m),
    })),
    ...Array.from({ length: 8 }, (_, i) => ({
      valor: -50 - i,
      valor_documento: sinal * (50 + i),
      documento: `NC ${m}${i}`,
      data_lancamento: mes(m),
    })),
  ])

t.test('a positive document of a credit note is no turned sign where that is the habit', async (t) => {
  const { sql, como } = await banco(t)
  await razao(sql)
  await lancar(sql, ...historia(1))
  t.same(await achados(sql, REGRA), [])
  const [fator, , partes] = await lancar(
    sql,
    { valor: -1500, valor_documento: 150, data_lancamento: mes(6) },
    { valor: -150, valor_documento: 150, data_lancamento: mes(6) },
    { valor: 150, valor_documento: -150, data_lancamento: mes(6) },
    { valor: -83, valor_documento: 100, valor_desconto: 17, data_lancamento: mes(6) },
    { valor: -60, valor_documento: 100, documento: 'NC 9', centro_custo: 'A', data_lancamento: mes(6) },
    { valor: -40, valor_documento: 100, documento: 'NC 9', centro_custo: 'B', data_lancamento: mes(6) },
  )
  const found = (await achados(sql, REGRA)).map((a) => [a.registro_id, a.evidencia.tipo, a.valores_propostos])
  t.same(
    found,
    [
      [fator, 'fator_10', { valor: -150 }],
      [partes, 'sinal_trocado', { valor: -150 }],
    ],
    'what is wrong in a credit note is still found, and is proposed as a credit note',
  )
  const [linha] = await como('adelia')`
    select situacao, detalhe from audit.diagnosticar_contrato() where item = 'sinal dos créditos'`
  t.match(linha, { situacao: 'ok', detalhe: /documento positivo/ })
})

t.test('where credit notes have negative documents, or there are none, a turned sign is one', async (t) => {
  const { sql, como } = await banco(t)
  await razao(sql)
  const um = { valor: -150, valor_documento: 150, data_lancamento: mes(6) }
  const [trocado] = await lancar(sql, ...[um, ...historia(-1)])
  t.match(await achados(sql, REGRA), [{ registro_id: trocado, evidencia: { tipo: 'sinal_trocado' } }])
  t.same(
    [
      ...(await como(
        'adelia',
      )`select item from audit.diagnosticar_contrato() where item = 'sinal dos créditos'`),
    ],
    [],
    'the diagnosis has nothing to say',
  )
  await sql`delete from dw.lancamentos where valor < 0`
  await lancar(sql, um)
  t.equal((await achados(sql, REGRA)).length, 1)
})

t.test('a month whose signs are all turned does not make its own habit', async (t) => {
  const { sql } = await banco(t)
  await razao(sql)
  await lancar(sql, ...historia(-1))
  await lancar(
    sql,
    ...Array.from({ length: 200 }, (_, i) => ({
      valor: -300 - i,
      valor_documento: 300 + i,
      data_lancamento: mes(6),
    })),
  )
  t.equal((await achados(sql, REGRA)).length, 200)
  await sql`delete from dw.lancamentos where valor < 0 and data_lancamento < '2025-06-01'`
  t.equal((await achados(sql, REGRA)).length, 200, 'nor where there are no other credit notes')
})
