import t from 'tap'
import { testDatabase } from '../../helper/database.ts'
import { scenario, sqlstate } from '../../helper/scenario.ts'
import { bookEntries, findings, key, makeLedger } from './ledger.ts'

const RULE_FUNCTION = 'validacao_valores'
const NOTE = { valor_documento: 2345.67 }

/** What is left of the note after this percentage is withheld. */
const net = (rate: number) => (Math.round(NOTE.valor_documento * (100 - rate)) / 100).toFixed(2)

t.test('a withholding explains a difference on the days on which its law is in force', async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  const cases = [
    ['2026-12-31', 4.65, /retenção de 4,65% \(CSLL 1% \+ PIS e COFINS 3,65%\)/, 0.3],
    ['2026-12-31', 3.65, /retenção de 3,65% \(PIS e COFINS 3,65%\)/, 0.3], // a cooperative's
    ['2026-12-31', 7.5, /retenção de 7,5% \(CSLL 1% \+ IRRF 1,5% \+ ISS 5%\)/, 0.3],
    ['2026-12-31', 15.65, /retenção de 15,65% \(CSLL 1% \+ INSS 11% \+ PIS e COFINS 3,65%\)/, 0.3],
    [
      '2026-12-31',
      22.15,
      /retenção de 22,15% \(CSLL 1% \+ INSS 11% \+ IRRF 1,5% \+ ISS 5% \+ PIS e COFINS 3,65%\)/,
      0.3,
    ],
    ['2026-12-31', 10, /não tem causa reconhecida \(/, 0.6], // more likely a discount
    // nothing dates the document, and the law ended recently: an error, with a doubt
    [
      '2027-01-01',
      4.65,
      /não tem causa reconhecida; num documento até 31\/12\/2026 seria uma retenção de 4,65%/,
      0.5,
    ],
    [
      '2027-01-04',
      4.65,
      /não tem causa reconhecida; num documento até 31\/12\/2026 seria uma retenção de 4,65%/,
      0.5,
    ],
    ['2027-01-04', 3.65, /não tem causa reconhecida; num documento até 31\/12\/2026/, 0.5],
    ['2027-02-01', 4.65, /não tem causa reconhecida \(/, 0.6],
    ['2027-01-04', 7.5, /retenção de 7,5% \(CSLL 1% \+ IRRF 1,5% \+ ISS 5%\)/, 0.3],
    ['2026-12-31', 7.77, /não tem causa reconhecida \(/, 0.6],
    ['2027-01-04', 1, /retenção de 1% \(CSLL 1% ou IRRF 1%\)/, 0.3],
    ['2026-12-31', 1, /retenção de 1% \(IRRF 1%\)/, 0.3],
    ['2026-12-31', 6.15, /retenção de 6,15% \(CSLL 1% \+ IRRF 1,5% \+ PIS e COFINS 3,65%\)/, 0.3],
    ['2027-01-04', 6.15, /não tem causa reconhecida; num documento até/, 0.5],
    ['2027-01-04', 2.5, /retenção de 2,5% \(ISS 2,5%\)/, 0.3], // rather one tax than CSLL and IRRF together
    ['2004-01-31', 4.65, /não tem causa reconhecida \(/, 0.6],
  ] as const
  const ids = await bookEntries(
    sql,
    ...cases.map(([day, rate], i) => ({
      ...NOTE,
      fornecedor: `Fornecedor ${i}`,
      data_lancamento: day,
      valor: net(rate),
    })),
  )
  const by = new Map((await findings(sql, RULE_FUNCTION)).map((a) => [a.registro_id, a]))
  for (const [i, [day, rate, sentence, confidence]] of cases.entries()) {
    const finding = by.get(ids[i] as string)
    t.match(finding?.justificativa, sentence, `${rate}% on ${day}`)
    t.equal(Number(finding?.confianca), confidence, `${rate}% on ${day}`)
  }
})

t.test("the document's day counts, if the document, its key or its note gives it", async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  const december = key({ mes: '2612' })
  const january = key({ mes: '2701' })
  const may = /retenção de 4,65% .*que pode ser legítima: /
  const error = /não tem causa reconhecida \(/
  const cases = [
    ['the key', { documento: december }, '2027-01-20', /legítima: a chave de acesso é de 12\/2026/, 0.3],
    ['a key in the text', { descricao: `serviço, chave ${december}` }, '2027-01-20', may, 0.3],
    ['a key of January', { documento: january }, '2027-01-20', error, 0.6],
    ['a key long ago', { documento: december }, '2027-06-20', may, 0.3],
    [
      'the year of the number',
      { documento: '2026/123' },
      '2027-01-20',
      /legítima: o documento é de 2026/,
      0.3,
    ],
    ['this year in the number', { documento: '2027/123' }, '2027-01-20', error, 0.6],
    [
      'a day in the number',
      { documento: 'NF 123 de 28/12/2026' },
      '2027-01-20',
      /legítima: o documento é de 28\/12\/2026/,
      0.3,
    ],
    ['a day of January in it', { documento: 'NF 123 de 02/01/2027' }, '2027-01-20', error, 0.6],
    ['a day of issue in the text', { descricao: 'consultoria, emitida em 28.12.26' }, '2027-01-20', may, 0.3],
    [
      'a day when it is due says nothing',
      { descricao: 'consultoria, venc 28/12/2026' },
      '2027-01-20',
      /num documento até 31\/12\/2026/,
      0.5,
    ],
    ['no day at all', { documento: 'NF 123 de 31/02/2026' }, '2027-03-20', /: o documento é de 2026/, 0.3],
  ] as const
  const ids = await bookEntries(
    sql,
    ...cases.map(([, entry, day], i) => ({
      ...NOTE,
      fornecedor: `Fornecedor ${i}`,
      ...entry,
      data_lancamento: day,
      valor: net(4.65),
    })),
  )
  const by = new Map(
    (await findings(sql, RULE_FUNCTION))
      .filter((a) => a.evidencia.tipo === 'outro')
      .map((a) => [a.registro_id, a]),
  )
  for (const [i, [name, , , sentence, confidence]] of cases.entries()) {
    const finding = by.get(ids[i] as string)
    t.match(finding?.justificativa, sentence, name)
    t.equal(Number(finding?.confianca), confidence, name)
    t.equal(finding?.evidencia.retencao_possivel ?? null, confidence === 0.3 ? 4.65 : null, name)
  }
})

t.test('a note that was read gives the exact day', async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  await sql`insert into audit.retencoes (tributo, aliquota, vale_de, vale_ate, lei) values ('teste', 7.77, '2026-12-15', '2026-12-20', 'lei que se invente')`
  const [early, late, unread] = [1, 2, 3].map((numero) => key({ mes: '2612', numero }))
  for (const [chave, day] of [
    [early, '2026-12-18'],
    [late, '2026-12-28'],
  ] as const) {
    await sql`insert into audit.notas (chave, tipo, numero, emitente, data_emissao, emitida_em, valor_total, valor_liquido, finalidade, producao,
        autorizada, confiavel, certificado, resumo_assinado, arquivo)
      values (${chave as string}, 'nfe', 1, '11222333000181', ${day}, ${day}, 100, 100, '1', true, true, true, '', '', 'x.xml')`
  }
  await bookEntries(
    sql,
    ...[early, late, unread].map((documento, i) => ({
      ...NOTE,
      id: 900 + i,
      documento: documento as string,
      data_lancamento: '2027-01-20',
      valor: net(7.77),
    })),
  )
  t.match(
    (await findings(sql, RULE_FUNCTION))
      .filter((a) => a.evidencia.tipo === 'outro')
      .sort((a, b) => Number(a.registro_id) - Number(b.registro_id)),
    [
      { justificativa: /retenção de 7,77% \(teste 7,77%\).*: a nota é de 18\/12\/2026/ },
      { justificativa: /não tem causa reconhecida \(/ },
      { justificativa: /retenção de 7,77%.*: a chave de acesso é de 12\/2026/ },
    ],
  )
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
  t.same(await sums(), [], 'it ends with its last day')
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

t.test('an impossible withholding is refused, and only administrators change them', async (t) => {
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
