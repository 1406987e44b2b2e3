// Patterns that come from people's own decisions: proposed, accepted, and judged by what they find.
import t from 'tap'
import { banco } from '../../helper/database.ts'
import { type Lancamento, lancar, razao } from './ledger.ts'

t.test('confirmed corrections propose patterns; one is accepted, finds, and is judged', async (t) => {
  const { sql, como } = await banco(t)
  const [olivia, ana, adelia] = [como('olivia'), como('ana'), como('adelia')]
  await razao(sql)
  const salvar = (campo: string, tipo: string, padrao: string) =>
    adelia`select (audit.salvar_padrao(${campo}, ${tipo}, ${padrao}, 'incluir', 'do negócio')).id::int as id`
  const processar = () =>
    olivia`select from audit.processar_divergencias('manual', '2025-03-01', '2025-03-31', '{trade_marketing}')`
  const divergencia = async (registro: string | undefined) => {
    const [row] =
      await sql`select id::text from audit.divergencias_processadas where registro_id = ${registro ?? ''}`
    return row?.['id'] as string
  }
  const aprovar = async (...ids: string[]) =>
    ana`select from audit.aprovar_divergencias(${(await Promise.all(ids.map(divergencia))) as never}::bigint[], 'é marketing')`
  const propostas = (...argumentos: unknown[]) =>
    ana.unsafe(
      `select campo, padrao, suporte::int, lancamentos::int, precisao::float from audit.propor_padroes(${argumentos.join()})`,
    )

  const [campanha] = await salvar('descricao', 'palavra', 'campanha')
  await lancar(sql, { categoria: 'Trade Marketing', fornecedor: 'Antiga', descricao: 'verba' })
  const sol: Lancamento = { fornecedor: 'Agência Sol', fornecedor_id: '11222333000181' }
  const confirmadas = await lancar(
    sql,
    { ...sol, descricao: 'campanha adesivação de vitrine 1' },
    { ...sol, descricao: 'Campanha ADESIVACAO vitrine' },
    { ...sol, descricao: 'adesivação, campanha; vitrine' },
  )
  const [deixada] = await lancar(sql, { ...sol, descricao: 'campanha brindes', fornecedor: 'Lua' })
  // the word is booked elsewhere too, and rightly: three in six
  await lancar(
    sql,
    { descricao: 'vidro de vitrine' },
    { descricao: 'vitrine nova' },
    { descricao: 'limpeza vitrine' },
  )
  await lancar(sql, { descricao: 'adesivação', categoria: 'PENDENTE' })
  await processar()
  t.same(await propostas(), [], 'a finding is no confirmation')
  await aprovar(...confirmadas)

  t.same(
    await propostas(),
    [
      { campo: 'descricao', padrao: 'adesivacao', suporte: 3, lancamentos: 3, precisao: 1 },
      { campo: 'fornecedor', padrao: 'agencia sol', suporte: 3, lancamentos: 3, precisao: 1 },
    ],
    'not the word that a pattern has, nor the one that proves nothing, nor pairs that add nothing',
  )
  t.same(await propostas(4), [], 'support is what people confirmed')
  t.same(
    (await propostas(3, 0.5)).map((p) => p['padrao']).includes('vitrine'),
    true,
    'half is precise enough for who says so',
  )
  await sql`update dw.lancamentos set categoria = 'trade marketing' where descricao = 'vitrine nova'`
  t.match(
    (await propostas(3, 0.5)).find((p) => p['padrao'] === 'vitrine'),
    { suporte: 3, lancamentos: 6, precisao: 0.6667 },
    'booked so counts as marketing, but supports nothing',
  )

  const [aceita] = await salvar('descricao', 'palavra', 'adesivacao')
  t.same(
    (await propostas()).map((p) => p['padrao']),
    ['agencia sol'],
    'what was accepted is not proposed again',
  )
  const [certa, errada] = await lancar(
    sql,
    { descricao: 'Adesivação de frota' },
    { descricao: 'adesivação de piso' },
  )
  await processar()
  await aprovar(certa as string)
  await ana`select from audit.rejeitar_divergencias(${[await divergencia(errada)]}::bigint[], 'é obra')`
  const acertos = await como('leo')`
    select padrao_id::int, achados::int, confirmados::int, recusados::int, precisao::float from audit.acertos_padroes()`
  t.same(acertos, [
    // three confirmed and one still open
    { padrao_id: campanha?.['id'], achados: 4, confirmados: 3, recusados: 0, precisao: 1 },
    // of the same three, one more confirmed, one rejected, one open that was pending
    { padrao_id: aceita?.['id'], achados: 3, confirmados: 1, recusados: 1, precisao: 0.5 },
  ])
  t.ok(await divergencia(deixada), 'the fourth of the first pattern waits')

  await ana`select from audit.reverter_divergencias(${[await divergencia(certa)]}::bigint[], 'engano')`
  t.match(
    (
      await sql`select confirmados::int, recusados::int, precisao::float from audit.acertos_padroes() order by padrao_id`
    )[1],
    { confirmados: 0, recusados: 2, precisao: 0 },
    'what is rolled back was no hit',
  )
  await adelia`select from audit.desativar_padrao(${aceita?.['id']}, 'largo demais')`
  t.match(
    (await propostas(3, 0.5)).find((p) => p['padrao'] === 'adesivacao'),
    { suporte: 3 },
    'switched off, it may be proposed again, without what was rolled back',
  )
  t.equal((await propostas()).length, 1, 'though not at the precision it has now')
})

t.test('only who reviews or maintains may see proposals and previews', async (t) => {
  const { sql, como } = await banco(t)
  await razao(sql)
  for (const consulta of [
    'select * from audit.propor_padroes()',
    `select * from audit.previsao_padrao('descricao', 'contem', 'x')`,
  ]) {
    await t.rejects(como('leo').unsafe(consulta), { code: '42501' })
    t.same(await como('adelia').unsafe(consulta), [])
  }
})

t.test('without a warehouse, or with half of one, both say so', async (t) => {
  const { sql, como } = await banco(t)
  const adelia = como('adelia')
  const consultas = [
    'select * from audit.propor_padroes()',
    `select * from audit.previsao_padrao('descricao', 'contem', 'x')`,
  ]
  for (const consulta of consultas) await t.rejects(adelia.unsafe(consulta), { code: 'NC010' })
  await razao(sql)
  await sql`alter table dw.lancamentos rename column descricao to historico`
  for (const consulta of consultas) await t.rejects(adelia.unsafe(consulta), { code: 'NC010' })
})

t.test('a preview shows what the saved pattern will match, whatever the field and kind', async (t) => {
  const { sql, como } = await banco(t)
  await razao(sql)
  const linhas: Lancamento[] = [
    { descricao: 'Brinde  de Natal', fornecedor: 'Casa do Brinde', conta_contabil: '4.7.1' },
    { descricao: 'brindes', fornecedor: 'Brindes & Cia', conta_contabil: '4.7.12' },
    { descricao: 'sobrinde', fornecedor: 'O-brinde', conta_contabil: null },
    { descricao: null, fornecedor: null, conta_contabil: '14.7.1' },
    { descricao: '', fornecedor: 'BRÍNDE ME', conta_contabil: '4x7.1' },
  ]
  await lancar(sql, ...linhas)
  const adelia = como('adelia')
  for (const campo of ['descricao', 'fornecedor', 'conta_contabil']) {
    for (const [tipo, padrao] of [
      ['contem', 'brinde'],
      ['contem', 'Brinde de natal'],
      ['palavra', 'BRINDE'],
      ['palavra', 'brinde me'],
      ['regex', '^(sob|o-)?brinde'],
      ['contem', '4.7.1'],
      ['palavra', '4.7.1'],
      ['regex', '^4\\.7\\.1$'],
    ] as const) {
      const visto = await adelia`select registro_id from audit.previsao_padrao(${campo}, ${tipo}, ${padrao})`
      const [salvo] =
        await adelia`select (audit.salvar_padrao(${campo}, ${tipo}, ${padrao}, 'incluir', 'x', true)).id::int`
      const achado = await sql`select registro_id from regra_trade_marketing.detectar(null)`
      t.same(
        achado.map((a) => a['registro_id']).sort(),
        visto.map((v) => v['registro_id']).sort(),
        `${campo} ${tipo} ${padrao}: ${visto.length}`,
      )
      await adelia`select from audit.desativar_padrao(${salvo?.['id']}, 'x')`
    }
  }
})
