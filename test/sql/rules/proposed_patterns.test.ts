// Patterns from people's own decisions: proposed, accepted, and judged by what they find.
import t from 'tap'
import { testDatabase } from '../../helper/database.ts'
import { bookEntries, type LedgerEntry, makeLedger } from './ledger.ts'

t.test('confirmed corrections suggest patterns; one is accepted, finds entries, and is judged', async (t) => {
  const { sql, connectAs } = await testDatabase(t)
  const [olivia, ana, adelia] = [connectAs('olivia'), connectAs('ana'), connectAs('adelia')]
  await makeLedger(sql)
  const save = (field: string, type: string, pattern: string) =>
    adelia`select (audit.salvar_padrao(${field}, ${type}, ${pattern}, 'incluir', 'do negócio')).id::int as id`
  const runSession = () =>
    olivia`select from audit.processar_divergencias('manual', '2025-03-01', '2025-03-31', '{trade_marketing}')`
  const finding = async (record: string | undefined) => {
    const [row] =
      await sql`select id::text from audit.divergencias_processadas where registro_id = ${record ?? ''}`
    return row?.['id'] as string
  }
  const approve = async (...ids: string[]) =>
    ana`select from audit.aprovar_divergencias(${(await Promise.all(ids.map(finding))) as never}::bigint[], 'é marketing')`
  const proposals = (...parameters: unknown[]) =>
    ana.unsafe(
      `select campo, padrao, suporte::int, lancamentos::int, precisao::float from audit.propor_padroes(${parameters.join()})`,
    )

  const [campaign] = await save('descricao', 'palavra', 'campanha')
  await bookEntries(sql, { categoria: 'Trade Marketing', fornecedor: 'Antiga', descricao: 'verba' })
  const sun: LedgerEntry = { fornecedor: 'Agência Sol', fornecedor_id: '11222333000181' }
  const confirmed = await bookEntries(
    sql,
    { ...sun, descricao: 'campanha adesivação de vitrine 1' },
    { ...sun, descricao: 'Campanha ADESIVACAO vitrine' },
    { ...sun, descricao: 'adesivação, campanha; vitrine' },
  )
  const [left] = await bookEntries(sql, { ...sun, descricao: 'campanha brindes', fornecedor: 'Lua' })
  // the word is rightly booked elsewhere too: three in six
  await bookEntries(
    sql,
    { descricao: 'vidro de vitrine' },
    { descricao: 'vitrine nova' },
    { descricao: 'limpeza vitrine' },
  )
  await bookEntries(sql, { descricao: 'adesivação', categoria: 'PENDENTE' })
  await runSession()
  t.same(await proposals(), [], 'a finding is not a confirmation')
  await approve(...confirmed)

  t.same(
    await proposals(),
    [
      { campo: 'descricao', padrao: 'adesivacao', suporte: 3, lancamentos: 3, precisao: 1 },
      { campo: 'fornecedor', padrao: 'agencia sol', suporte: 3, lancamentos: 3, precisao: 1 },
    ],
    'not the word of an existing pattern, nor the one that proves nothing, nor pairs that add nothing',
  )
  t.same(await proposals(4), [], 'support is what people confirmed')
  t.same(
    (await proposals(3, 0.5)).map((p) => p['padrao']).includes('vitrine'),
    true,
    'half is precise enough if one asks for half',
  )
  await sql`update dw.lancamentos set categoria = 'trade marketing' where descricao = 'vitrine nova'`
  t.match(
    (await proposals(3, 0.5)).find((p) => p['padrao'] === 'vitrine'),
    { suporte: 3, lancamentos: 6, precisao: 0.6667 },
    'entries booked as marketing count as marketing, but support nothing',
  )

  const [accepted] = await save('descricao', 'palavra', 'adesivacao')
  t.same(
    (await proposals()).map((p) => p['padrao']),
    ['agencia sol'],
    'an accepted pattern is not proposed again',
  )
  const [right, wrong] = await bookEntries(
    sql,
    { descricao: 'Adesivação de frota' },
    { descricao: 'adesivação de piso' },
  )
  await runSession()
  await approve(right as string)
  await ana`select from audit.rejeitar_divergencias(${[await finding(wrong)]}::bigint[], 'é obra')`
  const hits = await connectAs('leo')`
    select padrao_id::int, achados::int, confirmados::int, recusados::int, precisao::float from audit.acertos_padroes()`
  t.same(hits, [
    // three confirmed and one still open
    { padrao_id: campaign?.['id'], achados: 4, confirmados: 3, recusados: 0, precisao: 1 },
    // of the same three, one more confirmed, one rejected, one open that was pending
    { padrao_id: accepted?.['id'], achados: 3, confirmados: 1, recusados: 1, precisao: 0.5 },
  ])
  t.ok(await finding(left), "the first pattern's fourth finding waits")

  await ana`select from audit.reverter_divergencias(${[await finding(right)]}::bigint[], 'engano')`
  t.match(
    (
      await sql`select confirmados::int, recusados::int, precisao::float from audit.acertos_padroes() order by padrao_id`
    )[1],
    { confirmados: 0, recusados: 2, precisao: 0 },
    'a finding that was rolled back was not a hit',
  )
  await adelia`select from audit.desativar_padrao(${accepted?.['id']}, 'largo demais')`
  t.match(
    (await proposals(3, 0.5)).find((p) => p['padrao'] === 'adesivacao'),
    { suporte: 3 },
    'once switched off, it may be proposed again, without what was rolled back',
  )
  t.equal((await proposals()).length, 1, 'but not at its present precision')
})

t.test('only reviewers and administrators see suggestions and previews', async (t) => {
  const { sql, connectAs } = await testDatabase(t)
  await makeLedger(sql)
  for (const query of [
    'select * from audit.propor_padroes()',
    `select * from audit.previsao_padrao('descricao', 'contem', 'x')`,
  ]) {
    await t.rejects(connectAs('leo').unsafe(query), { code: '42501' })
    t.same(await connectAs('adelia').unsafe(query), [])
  }
})

t.test('without a warehouse, or with an incomplete one, both say so', async (t) => {
  const { sql, connectAs } = await testDatabase(t)
  const adelia = connectAs('adelia')
  const queries = [
    'select * from audit.propor_padroes()',
    `select * from audit.previsao_padrao('descricao', 'contem', 'x')`,
  ]
  for (const query of queries) await t.rejects(adelia.unsafe(query), { code: 'NC010' })
  await makeLedger(sql)
  await sql`alter table dw.lancamentos rename column descricao to historico`
  for (const query of queries) await t.rejects(adelia.unsafe(query), { code: 'NC010' })
})

t.test('a preview shows what the saved pattern will match, whatever the field and kind', async (t) => {
  const { sql, connectAs } = await testDatabase(t)
  await makeLedger(sql)
  const rows: LedgerEntry[] = [
    { descricao: 'Brinde  de Natal', fornecedor: 'Casa do Brinde', conta_contabil: '4.7.1' },
    { descricao: 'brindes', fornecedor: 'Brindes & Cia', conta_contabil: '4.7.12' },
    { descricao: 'sobrinde', fornecedor: 'O-brinde', conta_contabil: null },
    { descricao: null, fornecedor: null, conta_contabil: '14.7.1' },
    { descricao: '', fornecedor: 'BRÍNDE ME', conta_contabil: '4x7.1' },
  ]
  await bookEntries(sql, ...rows)
  const adelia = connectAs('adelia')
  for (const field of ['descricao', 'fornecedor', 'conta_contabil']) {
    for (const [type, pattern] of [
      ['contem', 'brinde'],
      ['contem', 'Brinde de natal'],
      ['palavra', 'BRINDE'],
      ['palavra', 'brinde me'],
      ['regex', '^(sob|o-)?brinde'],
      ['contem', '4.7.1'],
      ['palavra', '4.7.1'],
      ['regex', '^4\\.7\\.1$'],
    ] as const) {
      const shown = await adelia`select registro_id from audit.previsao_padrao(${field}, ${type}, ${pattern})`
      const [savedState] =
        await adelia`select (audit.salvar_padrao(${field}, ${type}, ${pattern}, 'incluir', 'x', true)).id::int`
      const theFinding = await sql`select registro_id from regra_trade_marketing.detectar(null)`
      t.same(
        theFinding.map((a) => a['registro_id']).sort(),
        shown.map((v) => v['registro_id']).sort(),
        `${field} ${type} ${pattern}: ${shown.length}`,
      )
      await adelia`select from audit.desativar_padrao(${savedState?.['id']}, 'x')`
    }
  }
})
