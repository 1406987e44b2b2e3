// Entries compared with their electronic notes.

import t, { type Test } from 'tap'
import { connect } from '../../../src/db/connection.ts'
import { readAuthorities } from '../../../src/notas/certificate.ts'
import { readFolder } from '../../../src/notas/reading.ts'
import { certify } from '../../helper/authority.ts'
import { type TestDatabase, testDatabase, untilLocked } from '../../helper/database.ts'
import { cancellation, keyOf, type NfeOptions, nfe, nfse, nfseEvent, nfseKeyOf } from '../../helper/notes.ts'
import { month, type Notary, notary } from '../../helper/notes_ledger.ts'
import { one } from '../../helper/scenario.ts'
import { times } from '../../helper/thorough.ts'
import { bookEntries, type LedgerEntry, makeLedger, setSetting } from './ledger.ts'

const read = async ({ sql }: TestDatabase, office: Notary, roots: string | null = office.roots) => {
  await sql`set role conferente_dono`
  try {
    return await readFolder(sql, office.notes, { authorities: readAuthorities(roots ?? undefined) })
  } finally {
    await sql`reset role`
  }
}

async function scene(t: Test) {
  const b = await testDatabase(t)
  await makeLedger(b.sql)
  const adelia = b.connectAs('adelia')
  await adelia`select audit.alterar_regra('notas_fiscais', '{"ativa": true}', 'temos as notas')`
  const office = notary(t)
  return {
    ...b,
    office,
    adelia,
    ler: (roots?: string | null) => read(b, office, roots),
    async processar(mode: 'manual' | 'auto' = 'manual', start = '2026-01-01', end = '2026-12-31') {
      return one(
        await b.connectAs(
          'olivia',
        )`select * from audit.processar_divergencias(${mode}, ${start}::text::date, ${end}::text::date, '{notas_fiscais}')`,
      )
    },
    async achados() {
      return b.sql<
        {
          registro_id: string
          tipo: string
          confianca: number
          status: string
          proposto: unknown
          justificativa: string
          evidencia: Record<string, unknown>
        }[]
      >`
        select registro_id, evidencia ->> 'tipo' as tipo, confianca::float, status, valores_propostos as proposto, justificativa, evidencia
        from audit.divergencias_processadas where audit.aguarda_pessoa(status) or status = 'corrigida' order by registro_id::bigint, 2`
    },
    async tipos() {
      return (await this.achados()).map(({ registro_id, tipo }) => `${registro_id} ${tipo}`)
    },
  }
}

/** For an array, `t.match` only checks the members that are named. */
function exactly(t: Test, found: readonly object[], expected: readonly object[]): void {
  t.equal(found.length, expected.length)
  t.match(found, expected)
}

const NOTE = { numero: 501, dia: '2026-10-05', total: '1850.00' }
/** A note of the first company, written into the folder, and the columns of its entry. */
function note(office: Notary, more: Partial<NfeOptions> = {}): LedgerEntry {
  const options = { ...office.company(0), ...NOTE, ...more }
  office.write(`${keyOf(options)}.xml`, nfe(options))
  return {
    data_lancamento: options.dia,
    fornecedor_id: options.cnpj,
    documento: keyOf(options),
    valor: options.total,
    valor_documento: options.total,
  }
}

t.test('in a month of notes, all planted mistakes are found and nothing else', async (t) => {
  const c = await scene(t)
  const planted = month(c.office, times(200, { thorough: 1000 }))
  await bookEntries(c.sql, ...planted.map(({ entry }) => entry as LedgerEntry))
  await setSetting(c.sql, 'notas.completas_desde', '2026-10-01')
  t.match(await c.ler(), { recusados: 0, raizes: 1 })
  t.match(await c.processar(), { status: 'concluida' })
  const found = new Set(await c.tipos())
  const expected = planted.flatMap(({ tipo, entry }) => (tipo ? [`${entry['id']} ${tipo}`] : []))
  const missed = expected.filter((one) => !found.has(one))
  t.ok(missed.length <= expected.length / 100, `missed: ${missed.join(', ')}`)
  t.same(
    [...found].filter((one) => !expected.includes(one)),
    [],
    'no right entry is called wrong',
  )
  const sentences = (await c.achados()).map(({ justificativa }) => justificativa)
  t.same(
    sentences.filter((sentence) => / [:;.,]|: *\.|\.\./.test(sentence)),
    [],
    'no sentence has a gap where there was nothing to say',
  )

  await c.adelia`select audit.alterar_regra('notas_fiscais', '{"automatica": true, "concessao_correcoes": 1000, "concessao_valor": 100000000}', 'vi um mês')`
  t.match(await c.processar('auto'), { status: 'concluida' })
  const rows = await c.sql<{ id: string; valor: number; valor_documento: number | null }[]>`
    select l.id::text, l.valor::float, l.valor_documento::float from dw.lancamentos l
    join audit.divergencias_processadas d on d.registro_id = l.id::text and d.status = 'corrigida'`
  t.ok(rows.length > expected.length / 20, `${rows.length} corrected`)
  const total = new Map(
    (await c.sql`select chave, valor_total::float as total from audit.notas`).map((n) => [
      n['chave'],
      n['total'],
    ]),
  )
  const key = new Map(
    planted.map(({ entry }) => [
      String(entry['id']),
      /[0-9]{44}/.exec(`${entry['documento']}${entry['descricao']}`.replaceAll(' ', ''))?.[0],
    ]),
  )
  for (const row of rows) t.equal(row.valor, total.get(key.get(row.id)), `${row.id} holds what its note says`)
  t.match(await c.sql`select situacao from audit.verificar_integridade()`, [{ situacao: 'provada' }])
})

t.test('auto corrects only from notes signed under a trusted root, and trust may come later', async (t) => {
  const c = await scene(t)
  const entry = note(c.office)
  const [id] = await bookEntries(c.sql, { ...entry, valor: '185000.00' })
  await c.adelia`select audit.alterar_regra('notas_fiscais', '{"automatica": true, "concessao_correcoes": 1000, "concessao_valor": 100000000}', 'confio')`
  await setSetting(c.sql, 'aprovacao.valor_dupla', 1000000)
  t.match(await c.ler(null), { novas: 1, raizes: 0 })
  t.match(await c.processar('auto'), { corrigidas: 0n })
  exactly(t, await c.achados(), [
    {
      registro_id: id,
      confianca: 0.7,
      proposto: { valor: 1850 },
      justificativa: /não prova o valor: o certificado/,
    },
  ])
  t.match(await c.ler(), { novas: 0, conhecidos: 1, raizes: 1 }, 'is not read again')
  t.match(await c.processar('auto'), { corrigidas: 1n })
  t.match(await c.sql`select valor::float from dw.lancamentos where id = ${id as never}`, [{ valor: 1850 }])
  await c.ler(null)
  t.match(await c.sql`select confiavel from audit.notas`, [{ confiavel: false }], 'and may be deleted again')
})

t.test('auto leaves to people differences that a text, a rate or a round discount may explain', async (t) => {
  const c = await scene(t)
  await c.adelia`select audit.alterar_regra('notas_fiscais', '{"automatica": true, "concessao_correcoes": 1000, "concessao_valor": 100000000}', 'confio')`
  await setSetting(c.sql, 'aprovacao.valor_dupla', 10_000_000)
  const cases: [valor: string, more: Record<string, unknown>][] = [
    ['18.50', { descricao: 'IRRF 1% retido s/ NF', categoria: 'Impostos a recolher' }],
    ['18.50', { descricao: 'compra de material' }],
    ['1.85', { descricao: 'compra de material' }],
    ['1805.00', { descricao: 'pago sem mais' }],
    ['8150.00', { descricao: 'dois algarismos' }],
    ['185000.00', { descricao: 'pagamento de notas iguais' }],
    ['18500.00', { descricao: 'dez pedidos' }],
    ['185000.00', { descricao: 'multa e juros de mora' }],
    ['185000.00', { descricao: 'compra', data_lancamento: '2026-10-04' }],
    ['185000.00', { descricao: `e mais a ${'3'.repeat(44)}` }],
    ['185000.00', { descricao: 'material', categoria: 'Tributos' }],
  ]
  const entries = cases.map(([valor, more], i) => ({
    ...note(c.office, { numero: 100 + i }),
    valor,
    ...more,
  }))
  const plain = { ...note(c.office, { numero: 200 }), valor: '185000.00', descricao: 'compra de material' }
  await bookEntries(c.sql, ...entries, plain)
  await c.ler()
  t.match(await c.processar('auto'), { corrigidas: 1n })
  const found = await c.achados()
  t.ok(found.length > cases.length / 2, `${found.length} are shown to people`)
  t.equal(
    found.filter(({ confianca }) => confianca >= 0.95).length,
    1,
    'one note a hundred times, and nothing else reported',
  )
})

t.test('auto does no harm to entries that only look wrong', async (t) => {
  const c = await scene(t)
  await c.adelia`select audit.alterar_regra('notas_fiscais', '{"automatica": true, "concessao_correcoes": 1000, "concessao_valor": 100000000}', 'confio')`
  await setSetting(c.sql, 'aprovacao.valor_dupla', 10_000_000)
  const { office } = c
  const many = note(office, { numero: 1 })
  const inInstalments = note(office, { numero: 2, parcelas: ['925.00', '925.00'] })
  const withheld = note(office, { numero: 3, retido: '203.50' })
  const inss = note(office, { numero: 4 })
  const advance = note(office, { numero: 5 })
  const share = note(office, { numero: 6 })
  const test = note(office, { numero: 7, ambiente: '2' })
  const giveBack = note(office, { numero: 8, finalidade: '4' })
  const other = note(office, { numero: 9 })
  const discount = note(office, { numero: 10 })
  const number = note(office, { numero: 11 })
  const late = note(office, { numero: 12 })
  const taxes = { ibs: '1.85', cbs: '16.65', total: '1868.50' }
  const taxed = note(office, { numero: 13, taxes })
  const service = { ...office.company(0), numero: 14, dia: NOTE.dia, total: NOTE.total, taxes }
  office.write('service.xml', nfse(service))
  await bookEntries(
    c.sql,
    // with IBS and CBS on top
    { ...taxed, valor: taxes.total },
    { ...taxed, documento: nfseKeyOf(service), valor: taxes.total },
    // shared out over two cost centres, and over ten
    { ...many, valor: '1000.00' },
    { ...many, valor: '850.00', centro_custo: 'Obras' },
    { ...inInstalments, valor: '925.00' },
    { ...withheld, valor: '1646.50' },
    { ...inss, valor: '1646.50' },
    { ...advance, valor: '185.00', descricao: 'parcela 1/10' },
    { ...share, valor: '185.00' },
    { ...test, valor: '185000.00' },
    { ...giveBack, valor: '185000.00' },
    { ...other, valor: '185000.00', fornecedor_id: 'F0042' },
    { ...discount, valor: '1800.00', valor_desconto: '50.00' },
    { ...number, documento: '11', valor: '185000.00' },
    { ...late, valor: '185000.00', data_lancamento: '2026-02-01' },
  )
  await c.ler()
  const held = { valor_ibs: 1.85, valor_cbs: 16.65, valor_com_tributos: 1868.5 }
  t.match(
    await c.sql`
      select valor_ibs::float, valor_cbs::float, valor_com_tributos::float
      from audit.notas where valor_com_tributos is not null`,
    [held, held],
  )
  t.match(await c.processar('auto'), { corrigidas: 0n })
  const found = await c.achados()
  t.ok(found.every(({ confianca }) => confianca < 0.95))
  t.same(
    found.map(({ tipo, confianca }) => [tipo, confianca]),
    [
      ['valor_da_nota', 0.3], // INSS explains it
      ['valor_da_nota', 0.8], // a tenth may be a share
      ['valor_da_nota', 0.7], // a return proves nothing
      ['valor_da_nota', 0.8], // an internal code names no company
      ['valor_da_nota', 0.6], // found by its number
      ['valor_da_nota', 0.8], // booked long before
    ],
  )
})

t.test('the lines of a note must add up, whatever day they come', async (t) => {
  const c = await scene(t)
  const a = note(c.office, { numero: 1 })
  const b = note(c.office, { numero: 2 })
  const d = note(c.office, { numero: 3 })
  const [, over, , under] = await bookEntries(
    c.sql,
    { ...a, valor: '1000.00' },
    { ...a, valor: '1000.00', data_lancamento: '2026-10-06' },
    { ...b, valor: '1000.00' },
    { ...b, valor: '700.00' },
    { ...d, valor: '1850.00' },
    { ...d, valor: '-1850.00' },
    { ...d, valor: '1850.00' },
  )
  await c.ler()
  await c.processar()
  exactly(t, await c.achados(), [
    {
      registro_id: over,
      tipo: 'rateio_excede',
      proposto: {},
      evidencia: { soma: 2000, total_da_nota: 1850 },
    },
    { registro_id: under, tipo: 'rateio_incompleto', proposto: {} },
  ])
})

t.test(
  'a cancelled note that is still booked is found, whichever came first, if its issuer cancelled it',
  async (t) => {
    const c = await scene(t)
    const first = note(c.office, { numero: 1 })
    const reversed = note(c.office, { numero: 2 })
    const stranger = note(c.office, { numero: 3 })
    const refused = note(c.office, { numero: 4 })
    const replaced = note(c.office, { numero: 5 })
    const cancel = (theNumber: number, more: object = {}) =>
      c.office.write(
        `c${theNumber}.xml`,
        cancellation({ ...c.office.company(0), ...NOTE, numero: theNumber, ...more }),
      )
    cancel(1)
    cancel(2)
    cancel(3, { by: c.office.company(1).by })
    cancel(4, { cStat: '573' })
    cancel(5, { substituta: keyOf({ ...c.office.company(0), ...NOTE, numero: 6 }) })
    const [id, other] = await bookEntries(
      c.sql,
      first,
      replaced,
      reversed,
      { ...reversed, valor: '-1850.00' },
      stranger,
      refused,
    )
    await c.ler()
    await c.processar()
    exactly(t, await c.achados(), [
      {
        registro_id: id,
        tipo: 'nota_cancelada',
        proposto: {},
        justificativa: /cancelada em 05\/10\/2026; continua lançada/,
      },
      { registro_id: other, tipo: 'nota_cancelada', proposto: {} },
    ])
  },
)

t.test('notes that arrive after their entries are found by a session over those days', async (t) => {
  const c = await scene(t)
  const [id] = await bookEntries(c.sql, { ...note(c.office), valor: '18.50' })
  await c.ler()
  await c.processar('manual', '2026-11-20', '2026-11-20')
  t.same(await c.tipos(), [])
  await c.processar()
  t.same(await c.tipos(), [`${id} valor_da_nota`])
})

t.test('a note without an entry is a finding on the note, closed when the entry comes', async (t) => {
  const c = await scene(t)
  await c.adelia`select audit.alterar_regra('notas_sem_lancamento', '{"ativa": true}', 'temos as notas')`
  const { company } = c.office
  const of = (n: number, theNumber: number, more: Partial<NfeOptions> = {}) =>
    note(c.office, { ...company(n), numero: theNumber, ...more })
  // notes of three issuers are booked, which shows the company that keeps the ledger
  await bookEntries(c.sql, of(0, 1), of(0, 2), of(1, 3), of(2, 4), of(0, 5, { dia: '2026-09-01' }))
  const lost = of(0, 11)
  const cancelled = of(1, 12)
  const other = of(1, 13)
  const confirmed = of(2, 14)
  // not to be booked, or not yet, or not here
  of(0, 20, { pago: false })
  of(0, 21, { finalidade: '4' })
  of(0, 22, { comprador: company(3).cnpj })
  of(0, 23, { ambiente: '2' })
  of(0, 24, { dia: '2026-08-31' })
  of(0, 25, { dia: new Date().toISOString().slice(0, 10) })
  of(0, 26, { comprador: company(0).cnpj })
  t.match(await c.ler(), { recusados: 0 })
  const run = async () =>
    one(
      await c.connectAs(
        'olivia',
      )`select * from audit.processar_divergencias('auto', regras => '{notas_fiscais,notas_sem_lancamento}')`,
    )
  const waiting = async () =>
    (
      await c.sql`select registro_id from audit.vw_divergencias_abertas where regra = 'notas_sem_lancamento' order by right(registro_id, 20)`
    ).map(({ registro_id }) => registro_id)
  const documents = (...entries: LedgerEntry[]) => entries.map(({ documento }) => documento)
  t.match(await run(), { status: 'concluida', corrigidas: 0n })
  t.same((await waiting()).sort(), documents(lost, cancelled, other, confirmed).sort())
  t.match(await run(), { encontradas: 4n, novas: 0n, recorrentes: 4n }, 'once')
  const [found] = await c.sql`
    select d.*, audit.divergencia_resumo(d) as resumo from audit.divergencias_processadas d where registro_id = ${lost.documento as string}`
  t.match(found, {
    tabela: 'regra_notas_fiscais.notas',
    valores_propostos: {},
    valores_originais: { lancamento: null, valor: 1850 },
    justificativa:
      /^A NF-e 11 de .* 05\/10\/2026, é de 1\.850,00, .* das outras 3 notas deste emitente 3 estão lançadas\.$/,
    resumo: { documento: 'NF-e 11', valor: '1850.00', data_emissao: '2026-10-05' },
  })

  // a person decides, as on every other finding; and nobody writes into a note
  const id = async ({ documento }: LedgerEntry) =>
    (
      await c.sql`select id from audit.divergencias_processadas where registro_id = ${documento as string}`
    )[0]?.['id']
  const ana = c.connectAs('ana')
  await ana`select audit.confirmar_divergencias(array[${await id(confirmed)}]::bigint[], 'pedi o lançamento')`
  await ana`select audit.declarar_excecao('notas_sem_lancamento', 'regra_notas_fiscais.notas', ${other.documento as string}, 'paga por outra do grupo', now() + interval '1 year')`
  await t.rejects(ana`select audit.corrigir_manualmente(${await id(lost)}, '{"valor": 1}', 'não')`, {
    code: 'NC015',
  })
  await run()
  t.same((await waiting()).sort(), documents(lost, cancelled).sort())

  t.match(
    await ana`select evento from audit.historico_registro('regra_notas_fiscais.notas', ${lost.documento as string})`,
    [{ evento: 'deteccao' }],
  )
  t.match(
    await c.adelia`select max(achados)::int as achados from audit.avaliar_regra('notas_sem_lancamento', '2026-10-01', '2026-10-31')`,
    [{ achados: 4 }],
  )
  t.same(await ana`select * from audit.lancamentos_parecidos(${await id(lost)})`, [])
  t.match(
    await ana`select especie, fornecedor, quantidade::int from audit.vw_grupos_abertos where regra = 'notas_sem_lancamento'`,
    [1, 1].map((quantidade) => ({ especie: 'nota_sem_lancamento', quantidade, fornecedor: /^2000000/ })),
  )

  await bookEntries(c.sql, { ...lost, carregado_em: new Date().toISOString() })
  c.office.write('cancelada.xml', cancellation({ ...company(1), ...NOTE, numero: 12 }))
  await c.ler()
  await run()
  t.same(await waiting(), [])
  t.match(
    await c.sql`select status from audit.divergencias_processadas where registro_id in ${c.sql(documents(lost, cancelled) as string[])}`,
    [{ status: 'resolvida' }, { status: 'resolvida' }],
  )
  t.match(await c.sql`select situacao from audit.verificar_integridade()`, [{ situacao: 'provada' }])
})

t.test('an entry without a note is found only where all notes are read', async (t) => {
  const c = await scene(t)
  const { company } = c.office
  await setSetting(c.sql, 'notas.dias_vinculo', 30)
  const of = (n: number, theNumber: number) => note(c.office, { ...company(n), numero: theNumber })
  const usual = Array.from({ length: 30 }, (_, n) => of(0, 100 + n))
  const few = Array.from({ length: 5 }, (_, n) => of(1, 200 + n))
  const often = Array.from({ length: 12 }, (_, n) => of(3, 300 + n))
  await bookEntries(c.sql, ...usual, ...few, ...often)
  const entry = { data_lancamento: '2026-10-20', valor: '70.00', fornecedor_id: company(0).cnpj }
  const [missing] = await bookEntries(
    c.sql,
    { ...entry, documento: 'NF 777' },
    // no number; a credit note; another series of a known number; a supplier with few notes, or who often has none; another
    // supplier's code
    { ...entry, documento: 'S/N' },
    { ...entry, documento: 'NF 778', valor: '-70.00' },
    { ...entry, documento: 'NF 105', data_lancamento: '2027-03-01' },
    { ...entry, documento: 'NF 779', fornecedor_id: company(1).cnpj },
    { ...entry, documento: 'NF 780', fornecedor_id: 'F0042' },
    ...[781, 782].map((n) => ({ ...entry, documento: `NF ${n}`, fornecedor_id: company(3).cnpj })),
  )
  // a key from before: nobody has said that its note was read
  const [old] = await bookEntries(
    c.sql,
    {
      ...entry,
      documento: keyOf({ ...company(2), numero: 9, dia: '2026-08-30' }),
      fornecedor_id: company(2).cnpj,
    },
    {
      ...entry,
      documento: keyOf({ ...company(2), numero: 9, dia: '2026-09-05' }),
      fornecedor_id: company(2).cnpj,
    },
  )
  await c.ler()
  await c.processar('manual', '2026-01-01', '2027-12-31')
  t.same(await c.tipos(), [])
  await setSetting(c.sql, 'notas.completas_desde', '2026-09-01')
  await c.processar('manual', '2026-01-01', '2027-12-31')
  exactly(t, await c.achados(), [
    {
      registro_id: missing,
      tipo: 'sem_nota',
      confianca: 0.5,
      proposto: {},
      justificativa: /documento NF 777; dos 33 lançamentos dele desde 01\/10\/2026, 30 têm nota/,
    },
    { registro_id: String(Number(old) + 1), tipo: 'sem_nota', confianca: 0.6 },
  ])
  // closes when the note is read after all
  of(0, 777)
  await c.ler()
  await c.processar('manual', '2026-01-01', '2027-12-31')
  t.same(await c.tipos().then((x) => x.filter((y) => y.startsWith(`${missing} sem`))), [])
})

t.test('a key is recognised however it is written, a number only with supplier and time', async (t) => {
  const c = await scene(t)
  const { company } = c.office
  const key = note(c.office, { numero: 1 }).documento as string
  const other = { ...company(1), ...NOTE, numero: 1 }
  c.office.write('other.xml', nfe(other))
  const series = { ...company(0), ...NOTE, numero: 77, serie: 2 }
  c.office.write('series.xml', nfe(series))
  c.office.write('series3.xml', nfe({ ...series, serie: 3 }))
  await c.ler()
  const supplier = { data_lancamento: '2026-10-20', fornecedor_id: company(0).cnpj, valor: '1.00' }
  const ids = await bookEntries(
    c.sql,
    { ...supplier, documento: key.replace(/(.{4})(?=.)/g, '$1 ') },
    { ...supplier, descricao: `NFe${key}: material` },
    { ...supplier, documento: `DANFE ${key.slice(0, 20)}-${key.slice(20, 30)}.${key.slice(30)}` },
    { ...supplier, documento: 'NF 000.000.001' },
    { ...supplier, documento: '2-77' },
    { ...supplier, documento: '77' }, // in two series
    { ...supplier, documento: '1', fornecedor_id: '99999999000191' },
    { ...supplier, documento: '1', data_lancamento: '2025-10-20' },
    { ...supplier, documento: `${key.slice(0, 43)}` },
    {
      ...supplier,
      documento: null,
      descricao: `pedido 2026102012345678901234567890123456789012345678901234567890`,
    },
  )
  await c.processar('manual', '2025-01-01', '2026-12-31')
  t.same(
    (
      await c.sql`select registro_id, como from regra_notas_fiscais.vinculos order by registro_id::bigint`
    ).map(({ registro_id, como }) => `${registro_id} ${como}`),
    [`${ids[0]} chave`, `${ids[1]} chave`, `${ids[2]} chave`, `${ids[3]} numero`, `${ids[4]} numero`],
  )
})

t.test('an NFS-e proves something only if its signer is known', async (t) => {
  const c = await scene(t)
  const { by, cnpj } = c.office.company(0)
  const town = c.office.company(1)
  const service = (theNumber: number) => {
    const options = {
      by: town.by,
      supplier: by,
      cnpj,
      numero: theNumber,
      dia: '2026-10-05',
      total: '1850.00',
    }
    c.office.write(`${theNumber}.xml`, nfse(options))
    return nfseKeyOf(options)
  }
  service(9)
  const key = service(10)
  const entry = { data_lancamento: '2026-10-06', fornecedor_id: cnpj, valor: '185000.00' }
  await bookEntries(c.sql, { ...entry, documento: 'NFS-e 2026/9' }, { ...entry, documento: `NFS-e ${key}` })
  await c.ler()
  await c.processar()
  const stranger = /A NFS-e (9|10) .* não está em notas.assinantes_nfse/
  exactly(t, await c.achados(), [
    { tipo: 'valor_da_nota', confianca: 0.5, justificativa: stranger },
    { tipo: 'valor_da_nota', confianca: 0.7, justificativa: stranger, evidencia: { chave: key } },
  ])
  await setSetting(c.sql, 'notas.assinantes_nfse', [cnpj])
  await c.processar()
  exactly(t, await c.achados(), [{ confianca: 0.5 }, { confianca: 0.7 }])
  await setSetting(c.sql, 'notas.assinantes_nfse', [town.cnpj])
  await c.processar()
  exactly(t, await c.achados(), [{ confianca: 0.6 }, { confianca: 0.99, proposto: { valor: 1850 } }])
})

t.test('an NFS-e is cancelled only by its signer or a known signer', async (t) => {
  const c = await scene(t)
  const supplier = c.office.company(0)
  const town = c.office.company(1)
  const national = c.office.company(2)
  const forger = { by: certify('FALSA PREFEITURA', { cnpj: town.cnpj }) }
  const events: [by: { by: typeof town.by }, more?: object][] = [
    [town],
    [town, { tipo: '105102', supplier: supplier.by }],
    [national],
    [supplier],
    [forger],
    [town, { tipo: '101103' }],
    [town, { ambiente: '2' }],
  ]
  const booked = events.map(([{ by }, more], at): LedgerEntry => {
    const service = { cnpj: supplier.cnpj, numero: at + 1, dia: '2026-10-05' }
    c.office.write(`n${at}.xml`, nfse({ ...service, by: town.by, total: '1850.00' }))
    c.office.write(`e${at}.xml`, nfseEvent({ ...service, by, ...more }))
    return {
      data_lancamento: '2026-10-06',
      fornecedor_id: supplier.cnpj,
      documento: nfseKeyOf(service),
      valor: '1850.00',
    }
  })
  const ids = await bookEntries(c.sql, ...booked)
  t.match(await c.ler(), { novas: 7, recusados: 0 })
  const cancelled = async () =>
    (
      await c.sql`select numero::int from audit.notas where cancelada_em = '2026-10-05 18:00-03' order by 1`
    ).map(({ numero }) => numero)
  const believe = (...cnpjs: string[]) =>
    c.adelia`select audit.alterar_configuracao('notas.assinantes_nfse', ${c.sql.json(cnpjs)}, 'conferi os certificados')`
  t.same(await cancelled(), [1, 2])
  await believe(town.cnpj, national.cnpj)
  t.same(await cancelled(), [1, 2, 3])
  await c.processar()
  t.same(
    await c.tipos(),
    ids.slice(0, 3).map((id) => `${id} nota_cancelada`),
  )
  await believe(town.cnpj)
  t.same(await cancelled(), [1, 2], 'and no longer than that')
  await c.processar()
  t.same(
    await c.tipos(),
    ids.slice(0, 2).map((id) => `${id} nota_cancelada`),
  )

  // somebody adds the national system to the signers while a reading has its cancellation in hand
  const service = { by: town.by, cnpj: supplier.cnpj, numero: 8, dia: '2026-10-05' }
  c.office.write('n8.xml', nfse({ ...service, total: '1850.00' }))
  c.office.write('e8.xml', nfseEvent({ ...service, by: national.by }))
  const watcher = connect(c.url, { max: 1 })
  t.teardown(() => watcher.end())
  let reading: Promise<unknown> = Promise.resolve()
  await c.adelia.begin(async (tx) => {
    await tx`select audit.alterar_configuracao('notas.assinantes_nfse', ${tx.json([national.cnpj])}, 'é o nacional')`
    reading = c.ler()
    await Promise.race([reading, untilLocked(watcher)])
  })
  await reading
  t.same(await cancelled(), [1, 2, 3, 8])
  t.match(await c.sql`select situacao from audit.verificar_integridade()`, [{ situacao: 'provada' }])
})

t.test('without notes the rule says what is missing; it ships inactive and without auto', async (t) => {
  const b = await testDatabase(t)
  await makeLedger(b.sql)
  t.match(await b.sql`select ativa, automatica from audit.regras where nome = 'notas_fiscais'`, [
    { ativa: false, automatica: false },
  ])
  await b.connectAs(
    'adelia',
  )`select audit.alterar_regra('notas_fiscais', '{"ativa": true}', 'temos as notas')`
  t.match(
    await b.connectAs(
      'olivia',
    )`select e.status, e.motivo from audit.processar_divergencias('manual', '2026-10-01', '2026-10-31', '{notas_fiscais}') s
      join audit.execucoes_regra e on e.sessao_id = s.id`,
    [],
  )
  t.match(await b.sql`select status, motivo from audit.execucoes_regra`, [
    { status: 'pulada', motivo: /conferente notas PASTA/ },
  ])
})
