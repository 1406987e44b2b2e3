import t from 'tap'
import { banco } from '../../helper/database.ts'
import { cenario, codigo } from '../../helper/scenario.ts'
import { achados, lancar, razao } from './ledger.ts'

const REGRA = 'validacao_valores'
const NOTA = { valor_documento: 2345.67 }

/** What is left of the note when so many per cent are withheld. */
const liquido = (taxa: number) => (Math.round(NOTA.valor_documento * (100 - taxa)) / 100).toFixed(2)

t.test('a withholding explains a difference on the days on which its law is in force', async (t) => {
  const { sql } = await banco(t)
  await razao(sql)
  const casos = [
    ['2026-12-31', 4.65, /retenção de 4,65% \(PIS, COFINS e CSLL 4,65%\)/, 0.3],
    ['2027-01-01', 4.65, /sem causa|não tem causa reconhecida/, 0.6],
    ['2027-01-04', 4.65, /não tem causa reconhecida/, 0.6],
    ['2027-01-04', 1, /retenção de 1% \(CSLL 1% ou IRRF 1%\)/, 0.3],
    ['2026-12-31', 1, /retenção de 1% \(IRRF 1%\)/, 0.3],
    ['2026-12-31', 6.15, /retenção de 6,15% \(IRRF 1,5% \+ PIS, COFINS e CSLL 4,65%\)/, 0.3],
    ['2027-01-04', 6.15, /não tem causa reconhecida/, 0.6],
    ['2027-01-04', 2.5, /retenção de 2,5% \(ISS 2,5%\)/, 0.3], // rather one tax than CSLL and IRRF together
    ['2004-01-31', 4.65, /não tem causa reconhecida/, 0.6],
  ] as const
  const ids = await lancar(
    sql,
    ...casos.map(([dia, taxa]) => ({ ...NOTA, data_lancamento: dia, valor: liquido(taxa) })),
  )
  const by = new Map((await achados(sql, REGRA)).map((a) => [a.registro_id, a]))
  for (const [i, [dia, taxa, frase, confianca]] of casos.entries()) {
    const achado = by.get(ids[i] as string)
    t.match(achado?.justificativa, frase, `${taxa}% on ${dia}`)
    t.equal(Number(achado?.confianca), confianca, `${taxa}% on ${dia}`)
  }
})

t.test('an administrator changes withholdings without a migration, and it is audited', async (t) => {
  const c = await cenario(t)
  const adelia = c.pessoa('adelia')
  const somas = () =>
    c.sql`select tributos from regra_validacao_valores.somas_retencao where soma = 0.9 and date '2028-03-01' between vale_de and vale_ate`
  t.same(await somas(), [])
  const [salva] = await adelia`
    select * from audit.salvar_retencao('CBS', 0.90, '2028-01-01', 'lei que se invente', 'exemplo')`
  t.match(salva, { tributo: 'CBS', aliquota: '0.9', vale_ate: null, ativo: true, criado_por: 'adelia' })
  t.same(await somas(), [{ tributos: 'CBS 0,9%' }])
  await adelia`select audit.salvar_retencao('CBS', 0.9, '2028-01-01', 'a mesma', 'acaba', '2028-02-29')`
  t.same(await somas(), [], 'it ends on its last day')
  await adelia`select audit.salvar_retencao('CBS', 0.9, '2028-03-01', 'a mesma', 'volta')`
  t.same(await somas(), [{ tributos: 'CBS 0,9%' }])
  const [outra] =
    await adelia`select tributo from audit.salvar_retencao('  iss ', 2.79, '2028-01-01', 'lei', 'outra grafia')`
  t.match(outra, { tributo: 'ISS' }, 'one tax, however it is written')
  const id = (await c.sql`select max(id) as id from audit.retencoes where tributo = 'CBS'`)[0]?.[
    'id'
  ] as never
  await adelia`select audit.desativar_retencao(${id}, 'foi engano')`
  t.same(await somas(), [])
  t.match(
    await c.sql`select ator, motivo, detalhes ->> 'tributo' as tributo, selo is not null as selada from audit.operacoes where tipo = 'retencao' and detalhes ->> 'tributo' = 'CBS' order by id`,
    [
      { ator: 'adelia', motivo: 'exemplo', tributo: 'CBS' },
      { motivo: 'acaba' },
      { motivo: 'volta' },
      { motivo: 'foi engano' },
    ],
  )
})

t.test('what cannot be a withholding is refused, and others may not change them', async (t) => {
  const c = await cenario(t)
  const adelia = c.pessoa('adelia')
  const antes = await c.sql`select * from audit.retencoes order by id`
  const salvar = (
    tributo: string | null,
    aliquota: number | null,
    de: string | null,
    lei: string | null,
    ate: string | null = null,
  ) =>
    adelia`select audit.salvar_retencao(${tributo}, ${aliquota}, ${de}::date, ${lei}, 'teste', ${ate}::date)`
  for (const recusada of [
    salvar('', 1, '2027-01-01', 'lei'),
    salvar(null, 1, '2027-01-01', 'lei'),
    salvar('CBS', 0, '2027-01-01', 'lei'),
    salvar('CBS', 100, '2027-01-01', 'lei'),
    salvar('CBS', null, '2027-01-01', 'lei'),
    salvar('CBS', 1, null, 'lei'),
    salvar('CBS', 1, '2027-01-01', ' '),
    salvar('CBS', 1, '2027-01-01', 'lei', '2026-12-31'),
    salvar('ISS', 5, '2020-01-01', 'vale já'),
  ]) {
    t.equal(await codigo(recusada), 'NC009')
  }
  t.equal(await codigo(adelia`select audit.salvar_retencao('CBS', 1, '2027-01-01', 'lei', ' ')`), 'NC006')
  t.equal(await codigo(adelia`select audit.desativar_retencao(999, 'x')`), 'NC004')
  for (const quem of ['leo', 'bruno', 'olivia'] as const) {
    t.equal(
      await codigo(c.pessoa(quem)`select audit.salvar_retencao('CBS', 1, '2027-01-01', 'lei', 'x')`),
      '42501',
      quem,
    )
    t.equal(await codigo(c.pessoa(quem)`select audit.desativar_retencao(1, 'x')`), '42501', quem)
  }
  t.same(await c.sql`select * from audit.retencoes order by id`, antes)
})
