import t from 'tap'
import { testDatabase } from '../../helper/database.ts'
import { scenario, sqlstate } from '../../helper/scenario.ts'
import { bookEntries, findings, makeLedger } from './ledger.ts'

const RULE_FUNCTION = 'validacao_valores'
const NOTE = { valor_documento: 2345.67 }

/** What is left of the note when so many per cent are withheld. */
const net = (rate: number) => (Math.round(NOTE.valor_documento * (100 - rate)) / 100).toFixed(2)

t.test('a withholding explains a difference on the days on which its law is in force', async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  const cases = [
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
  const ids = await bookEntries(
    sql,
    ...cases.map(([day, rate]) => ({ ...NOTE, data_lancamento: day, valor: net(rate) })),
  )
  const by = new Map((await findings(sql, RULE_FUNCTION)).map((a) => [a.registro_id, a]))
  for (const [i, [day, rate, sentence, confidence]] of cases.entries()) {
    const finding = by.get(ids[i] as string)
    t.match(finding?.justificativa, sentence, `${rate}% on ${day}`)
    t.equal(Number(finding?.confianca), confidence, `${rate}% on ${day}`)
  }
})

t.test('an administrator changes withholdings without a migration, and it is audited', async (t) => {
  const c = await scenario(t)
  const adelia = c.asPerson('adelia')
  const sums = () =>
    c.sql`select tributos from regra_validacao_valores.somas_retencao where soma = 0.9 and date '2028-03-01' between vale_de and vale_ate`
  t.same(await sums(), [])
  const [saved] = await adelia`
    select * from audit.salvar_retencao('CBS', 0.90, '2028-01-01', 'lei que se invente', 'exemplo')`
  t.match(saved, { tributo: 'CBS', aliquota: '0.9', vale_ate: null, ativo: true, criado_por: 'adelia' })
  t.same(await sums(), [{ tributos: 'CBS 0,9%' }])
  await adelia`select audit.salvar_retencao('CBS', 0.9, '2028-01-01', 'a mesma', 'acaba', '2028-02-29')`
  t.same(await sums(), [], 'it ends on its last day')
  await adelia`select audit.salvar_retencao('CBS', 0.9, '2028-03-01', 'a mesma', 'volta')`
  t.same(await sums(), [{ tributos: 'CBS 0,9%' }])
  const [other] =
    await adelia`select tributo from audit.salvar_retencao('  iss ', 2.79, '2028-01-01', 'lei', 'outra grafia')`
  t.match(other, { tributo: 'ISS' }, 'one tax, however it is written')
  const id = (await c.sql`select max(id) as id from audit.retencoes where tributo = 'CBS'`)[0]?.[
    'id'
  ] as never
  await adelia`select audit.desativar_retencao(${id}, 'foi engano')`
  t.same(await sums(), [])
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
  const c = await scenario(t)
  const adelia = c.asPerson('adelia')
  const before = await c.sql`select * from audit.retencoes order by id`
  const save = (
    tax: string | null,
    taxRate: number | null,
    from: string | null,
    law: string | null,
    until: string | null = null,
  ) =>
    adelia`select audit.salvar_retencao(${tax}, ${taxRate}, ${from}::date, ${law}, 'teste', ${until}::date)`
  for (const refused of [
    save('', 1, '2027-01-01', 'lei'),
    save(null, 1, '2027-01-01', 'lei'),
    save('CBS', 0, '2027-01-01', 'lei'),
    save('CBS', 100, '2027-01-01', 'lei'),
    save('CBS', null, '2027-01-01', 'lei'),
    save('CBS', 1, null, 'lei'),
    save('CBS', 1, '2027-01-01', ' '),
    save('CBS', 1, '2027-01-01', 'lei', '2026-12-31'),
    save('ISS', 5, '2020-01-01', 'vale já'),
  ]) {
    t.equal(await sqlstate(refused), 'NC009')
  }
  t.equal(await sqlstate(adelia`select audit.salvar_retencao('CBS', 1, '2027-01-01', 'lei', ' ')`), 'NC006')
  t.equal(await sqlstate(adelia`select audit.desativar_retencao(999, 'x')`), 'NC004')
  for (const who of ['leo', 'bruno', 'olivia'] as const) {
    t.equal(
      await sqlstate(c.asPerson(who)`select audit.salvar_retencao('CBS', 1, '2027-01-01', 'lei', 'x')`),
      '42501',
      who,
    )
    t.equal(await sqlstate(c.asPerson(who)`select audit.desativar_retencao(1, 'x')`), '42501', who)
  }
  t.same(await c.sql`select * from audit.retencoes order by id`, before)
})
