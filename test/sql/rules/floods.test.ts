// Many of the same: charges without a number of their own, a load that came in twice. One finding says how much.
import t from 'tap'
import { testDatabase } from '../../helper/database.ts'
import {
  bookEntries,
  findings,
  type LedgerEntry,
  makeLedger,
  type RuleFinding,
  type Window,
} from './ledger.ts'

const RULE_FUNCTION = 'validacao_valores'
const times = (n: number, entry: (i: number) => LedgerEntry) => Array.from({ length: n }, (_, i) => entry(i))
const day = (n: number) => `2025-03-${String(n).padStart(2, '0')}`

t.test('more than ten of one document, amount and day are one finding', async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  const fee: LedgerEntry = {
    fornecedor: 'Banco Um',
    documento: 'TAR 01',
    descricao: 'tarifa',
    valor: 12.5,
  }
  const ids = await bookEntries(sql, ...times(300, () => fee))
  const [finding, ...others] = await findings(sql, RULE_FUNCTION)
  t.same(others, [])
  t.match(finding, {
    registro_id: ids.at(-1),
    valores_propostos: {},
    evidencia: { tipo: 'repeticao_em_massa', lancamentos: 299, soma: 299 * 12.5 },
    justificativa: /está em 299 lançamentos de 10\/03\/2025 além do primeiro, e somam 3\.737,50/,
  })
  t.equal(finding?.evidencia.linhas.length, 20, 'some of them are named')
  t.equal(Number(finding?.valor_em_risco), 299 * 12.5)
  t.match(
    await findings(sql, RULE_FUNCTION, { chaves: [ids.at(-1) as string] }),
    [{ evidencia: { tipo: 'repeticao_em_massa' } }],
    'found again by its key',
  )
})

t.test('entries without a number, and ten of a kind, are not a flood', async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  await bookEntries(sql, ...times(300, () => ({ documento: 'S/N', valor: 12.5 })))
  await bookEntries(sql, ...times(300, () => ({ documento: null, valor: 12.5 })))
  await bookEntries(
    sql,
    ...times(300, (i) => ({ documento: 'TAR 02', valor: 12.5, centro_custo: `Loja ${i}` })),
  )
  t.same(await findings(sql, RULE_FUNCTION), [])
  await bookEntries(sql, ...times(11, () => ({ documento: 'NF 7', valor: 80 })))
  const found = await findings(sql, RULE_FUNCTION)
  t.equal(found.length, 10, 'each by itself')
  t.ok(found.every((a) => a.evidencia.tipo === 'duplicidade'))
})

t.test('many bookings and reversals leave only what is still booked twice', async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  const note: LedgerEntry = { documento: 'NF 9', valor: 50 }
  await bookEntries(sql, ...times(200, (i) => ({ ...note, valor: i % 2 ? -50 : 50 })))
  t.same(await findings(sql, RULE_FUNCTION), [], 'each is reversed')
  await bookEntries(sql, note, note)
  t.equal((await findings(sql, RULE_FUNCTION)).length, 1)
})

t.test('every shape of a flood is one finding that says how many', async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  /** An access key of 44 positions with its check digit. */
  const key = (numero: number) => {
    const start = `35250311222333000181550010${String(numero).padStart(8, '0')}112345678`
    const total = [...start].reverse().reduce((sum, c, i) => sum + Number(c) * (2 + (i % 8)), 0)
    return `${start}${total % 11 < 2 ? 0 : 11 - (total % 11)}`
  }
  const wrong = (k: string) => `${k.slice(0, -1)}${(Number(k.at(-1)) + 1) % 10}`
  const N = 120
  const shapes: [nome: string, tipos: Record<string, number>, entry: (i: number) => LedgerEntry][] = [
    [
      'one document over many days',
      { repeticao_em_massa: 1 },
      (i) => ({
        documento: 'NF 7',
        valor: 80,
        data_lancamento: `2025-0${1 + (i % 4)}-${String(1 + (i % 28)).padStart(2, '0')}`,
      }),
    ],
    [
      'one key that three suppliers cite',
      { repeticao_em_massa: 3 },
      (i) => ({ documento: key(1), valor: 80, fornecedor_id: `F${i % 3}` }),
    ],
    [
      'one key in many amounts',
      { chave_repetida: 1 },
      (i) => ({ documento: key(2), valor: 80 + i, fornecedor_id: `F${i % 3}` }),
    ],
    [
      'one key that everybody cites',
      { chave_repetida: 1 },
      (i) => ({ documento: key(3), valor: 80, fornecedor_id: `F${i}` }),
    ],
    ['one key with a wrong digit', { chave_digito: 1 }, (i) => ({ documento: wrong(key(4)), valor: 80 + i })],
    [
      'one key with a wrong digit, of one amount but for the last',
      { repeticao_em_massa: 1 },
      (i) => ({ documento: wrong(key(4)), valor: i === N - 1 ? 5 : 80 }),
    ],
    [
      'one key of a later month',
      { chave_mes_posterior: 1 },
      (i) => ({ documento: key(5), valor: 80 + i, data_lancamento: '2025-02-10' }),
    ],
    [
      'a supplier’s code with the keys of another company',
      { chave_outra_empresa: 1 },
      (i) => ({ documento: key(1000 + i), valor: 80 + i, fornecedor_id: '00.360.305/0001-04' }),
    ],
    [
      'a counter of instalments',
      {},
      (i) => ({ documento: 'NF 8', valor: 80, descricao: `parcela ${i + 900}/100000` }),
    ],
    ['one number of many suppliers', {}, (i) => ({ documento: 'NF 9', valor: 80, fornecedor_id: `F${i}` })],
    ['all distinct amounts', {}, (i) => ({ documento: 'NF 10', valor: 80 + i })],
    ['one amount, no number', {}, () => ({ documento: 'S/N', valor: 80 })],
    [
      'bookings and reversals',
      {},
      (i) => ({ documento: i % 2 ? 'Estorno NF 11' : 'NF 11', valor: i % 2 ? -80 : 80 }),
    ],
  ]
  for (const [name, expected, entry] of shapes) {
    await sql`truncate dw.lancamentos`
    await bookEntries(sql, ...times(N, entry))
    const found = await findings(sql, RULE_FUNCTION)
    const kinds: Record<string, number> = {}
    for (const { evidencia } of found) kinds[evidencia.tipo] = (kinds[evidencia.tipo] ?? 0) + 1
    t.same(kinds, expected, name)
    for (const a of found.filter((f) => f.evidencia.tipo !== 'repeticao_em_massa')) {
      t.ok(a.evidencia.lancamentos > 35, `${name}: says how many`)
      t.equal(a.evidencia.linhas.length, 20, `${name}: some of them are named`)
      t.equal(Number(a.valor_em_risco), Number(a.evidencia.soma), `${name}: and their sum`)
      t.match(a.justificativa, /O mesmo se diz de \d+ lançamentos/)
      t.match(
        await findings(sql, RULE_FUNCTION, { chaves: [a.registro_id] }),
        [{ registro_id: a.registro_id, evidencia: { tipo: a.evidencia.tipo } }],
        `${name}: found again by its key`,
      )
    }
  }
  // what is said of all goes into what is said of most
  await sql`truncate dw.lancamentos`
  await bookEntries(sql, ...times(N, (i) => ({ documento: wrong(key(4)), valor: i === N - 1 ? 5 : 80 })))
  const [flood] = await findings(sql, RULE_FUNCTION)
  t.match(flood?.evidencia, { tipo: 'repeticao_em_massa', lancamentos: N - 2, tambem: ['chave_digito'] })
  t.match(
    flood?.justificativa,
    /está em 118 lançamentos .* dígito verificador .* O mesmo se diz de 120 lançamentos/,
  )
  // in between: a few entries with one key are each a finding
  await sql`truncate dw.lancamentos`
  await bookEntries(sql, ...times(10, (i) => ({ documento: wrong(key(6)), valor: 80 + i })))
  t.equal((await findings(sql, RULE_FUNCTION)).length, 10)
})

t.test('a load that came in again is one finding', async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  const load = (number: number, carregado_em: string) =>
    times(60, (i) => ({
      documento: `NF ${number + i}`,
      valor: 100 + i,
      data_lancamento: day(3 + (i % 5)),
      carregado_em,
    }))
  await bookEntries(sql, ...load(1000, '2025-03-08T05:00:00Z'), ...load(2000, '2025-03-08T05:00:00Z'))
  await bookEntries(sql, { documento: 'NF 5', valor: 5 }, { documento: 'NF 5', valor: 5 })
  t.equal((await findings(sql, RULE_FUNCTION)).length, 1, 'two loads in one week, and one document twice')

  const again = await bookEntries(
    sql,
    ...load(1000, '2025-03-20T05:00:00Z'),
    ...load(2000, '2025-03-20T05:00:00Z'),
  )
  const sum = 2 * times(60, (i) => ({ valor: 100 + i })).reduce((s, { valor }) => s + Number(valor), 0)
  const found = await findings(sql, RULE_FUNCTION)
  t.same(found.map((a) => a.evidencia.tipo).sort(), ['carga_repetida', 'duplicidade'])
  const finding = found.find((a) => a.evidencia.tipo === 'carga_repetida')
  t.match(finding, {
    valores_propostos: {},
    evidencia: { lancamentos: 120, soma: sum, de: '2025-03-03', ate: '2025-03-07' },
    justificativa: /^120 lançamentos de 03\/03\/2025 a 07\/03\/2025.*a mesma carga/,
  })
  t.ok(again.includes(finding?.registro_id ?? ''))
  for (const window_ of [{ desde: '2025-03-19T00:00:00Z' }, { chaves: [finding?.registro_id ?? ''] }]) {
    t.match(
      await findings(sql, RULE_FUNCTION, window_),
      [{ registro_id: finding?.registro_id, evidencia: { tipo: 'carga_repetida' } }],
      `the same with ${Object.keys(window_)}`,
    )
  }
})

t.test('a load that came in again is one finding, with few entries a day and any spelling', async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  const load = (carregado_em: string, other: (i: number) => LedgerEntry = () => ({})) =>
    times(60, (i) => ({
      documento: `NF ${1000 + 7 * i}`,
      valor: 100 + 3 * i,
      fornecedor_id: `12.345.${String(i % 20).padStart(3, '0')}/0001-00`,
      fornecedor: `Fornecedor ${i % 20}`,
      data_lancamento: day(1 + Math.floor(i / 4)),
      carregado_em,
      ...other(i),
    }))
  const again: [name: string, other: (i: number) => LedgerEntry][] = [
    ['as it was', () => ({})],
    ['with another spelling of the supplier', (i) => ({ fornecedor: `FORN. ${i % 20} LTDA` })],
    ['a day later', (i) => ({ data_lancamento: day(2 + Math.floor(i / 4)) })],
    ['in another branch', () => ({ filial: 'Filial 2' })],
  ]
  for (const [name, other] of again) {
    await sql`truncate dw.lancamentos`
    await bookEntries(sql, ...load('2025-03-20T05:00:00Z'))
    t.same(await findings(sql, RULE_FUNCTION), [])
    const ids = await bookEntries(sql, ...load('2025-04-02T05:00:00Z', other))
    const note = { documento: 'NF 5', valor: 5, data_lancamento: day(9) }
    await bookEntries(sql, note, { ...note, carregado_em: '2025-03-25T05:00:00Z' })
    const found = await findings(sql, RULE_FUNCTION)
    t.same(found.map((a) => a.evidencia.tipo).sort(), ['carga_repetida', 'duplicidade'], name)
    const finding = found.find((a) => a.evidencia.tipo === 'carga_repetida') as RuleFinding
    t.equal(finding.evidencia.lancamentos, 60, name)
    t.ok(ids.includes(finding.registro_id))
    for (const window_ of [
      { desde: '2025-04-01T00:00:00Z' },
      { inicio: day(6), fim: day(6) },
      { chaves: [finding.registro_id] },
    ]) {
      t.match(
        await findings(sql, RULE_FUNCTION, window_),
        [{ registro_id: finding.registro_id, evidencia: { tipo: 'carga_repetida' } }],
        `${name}: the same with ${Object.keys(window_)}`,
      )
    }
  }
  await sql`truncate dw.lancamentos`
  await bookEntries(sql, ...load('2025-03-20T05:00:00Z'))
  await bookEntries(
    sql,
    ...load('2025-04-02T05:00:00Z', (i) => (i < 12 ? {} : { documento: `NF ${5000 + i}`, valor: 900 + i })),
  )
  t.equal(
    (await findings(sql, RULE_FUNCTION)).length,
    12,
    'a load of which a fifth was already there is not a repeated one',
  )
})

t.test(
  'of a large load it is counted how much was already there, after a sample of it says that it may be half',
  async (t) => {
    const { sql } = await testDatabase(t)
    await makeLedger(sql)
    const load = (carregado_em: string, again: number) =>
      times(900, (i) => ({
        documento: `NF ${(i < 900 * again ? 1000 : 90_000) + 7 * i}`,
        valor: (i < 900 * again ? 100 : 50_000) + 3 * i,
        fornecedor_id: `12.345.${String(i % 20).padStart(3, '0')}/0001-00`,
        fornecedor: `Fornecedor ${i % 20}`,
        data_lancamento: new Date(Date.UTC(2024, 5, 1 + i / 3)).toISOString().slice(0, 10),
        carregado_em,
      }))
    for (const [again, repeated] of [
      [0.1, 0],
      [0.4, 0],
      [0.6, 540],
      [1, 900],
    ] as const) {
      await sql`truncate dw.lancamentos`
      await bookEntries(sql, ...load('2025-04-01T05:00:00Z', 1), ...load('2025-04-20T05:00:00Z', again))
      const found = await findings(sql, RULE_FUNCTION)
      t.same(
        found.filter((a) => a.evidencia.tipo === 'carga_repetida').map((a) => a.evidencia.lancamentos),
        repeated ? [repeated] : [],
        `${100 * again}% of it`,
      )
      if (!repeated) t.equal(found.length, 900 * again, 'each copy is a finding of its own')
    }
  },
)

t.test('days with few entries belong to the finding of their repeated load', async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  const night = (day: string) => ({ carregado_em: `${day}T23:00:00Z` })
  const originals: [nome: string, noite: (day: string) => LedgerEntry, magros: number[]][] = [
    ['loaded at once', () => night('2025-03-31'), [1, 10, 28]],
    ['loaded day by day', night, [8, 10, 15]],
  ]
  for (const [name, loaded, thin] of originals) {
    await sql`truncate dw.lancamentos`
    // two days of twelve documents each, and three days of one
    const month = times(27, (i) => ({
      documento: `NF ${100 + i}`,
      valor: 100 + i,
      data_lancamento: day(i < 12 ? 3 : i < 24 ? 20 : (thin[i - 24] as number)),
    }))
    await bookEntries(sql, ...month.map((l) => ({ ...l, ...loaded(l.data_lancamento ?? day(1)) })))
    const doubled = []
    for (const [documento, d] of [
      ['NF 5', 3],
      ['NF 6', 10],
    ] as const) {
      const note = { documento, valor: 5, data_lancamento: day(d) }
      const [, doubledEntry] = await bookEntries(
        sql,
        { ...note, ...loaded(day(d)) },
        { ...note, ...night('2025-04-01') },
      )
      doubled.push(doubledEntry)
    }
    const note = { documento: 'NF 7', valor: 7, data_lancamento: day(20), ...loaded(day(20)) }
    doubled.push((await bookEntries(sql, note, note))[1])
    const again = await bookEntries(sql, ...month.map((l) => ({ ...l, ...night('2025-04-02') })))
    const [load, ...others] = (await findings(sql, RULE_FUNCTION)).sort((a, b) =>
      a.evidencia.tipo.localeCompare(b.evidencia.tipo),
    )
    t.match(
      load?.evidencia,
      { tipo: 'carga_repetida', lancamentos: 27, ate: day(Math.max(20, ...thin)) },
      name,
    )
    t.same(others.map((a) => a.registro_id).sort(), doubled.sort(), `${name}: three that do not belong to it`)
    t.equal(load?.registro_id, again[23], `${name}: on the last entry of a day that proves it`)
    t.match(
      await findings(sql, RULE_FUNCTION, { chaves: [load?.registro_id ?? ''] }),
      [{ registro_id: load?.registro_id, evidencia: { tipo: 'carga_repetida' } }],
      `${name}: found again by its key`,
    )
  }
})

t.test('a repeated load is the same finding in every window that overlaps it', async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  // three months; the middle one has so few documents that alone it proves nothing; two are shared out
  const when = (month: number, i: number) =>
    `2025-0${month}-${String(i >= 12 ? 1 + i : month === 1 ? 5 : 25).padStart(2, '0')}`
  const trimestre = [1, 2, 3].flatMap((month) =>
    times(month === 2 ? 3 : 15, (i) => ({
      documento: `NF ${month * 1000 + i}`,
      valor: 100 + i,
      data_lancamento: month === 2 ? `2025-02-0${i + 3}` : when(month, i),
    })),
  )
  const rateio = [600, 400].map((valor, i) => ({
    documento: 'NF 9000',
    valor,
    valor_documento: 1000,
    centro_custo: `Loja ${i}`,
    data_lancamento: '2025-02-11',
  }))
  const originals = [...trimestre, ...rateio].map((l) => ({
    ...l,
    carregado_em: `${l.data_lancamento}T23:00:00Z`,
  }))
  await bookEntries(sql, ...originals)
  const again = await bookEntries(
    sql,
    ...originals.map((l) => ({ ...l, carregado_em: '2025-04-02T05:00:00Z' })),
  )
  // a document booked twice elsewhere stays a separate finding, in its own month
  const note = {
    documento: 'NF 5',
    valor: 5,
    data_lancamento: '2025-02-20',
    carregado_em: '2025-02-20T23:00:00Z',
  }
  const [, doubledEntry] = await bookEntries(sql, note, { ...note, carregado_em: '2025-02-21T23:00:00Z' })
  const windows: Window[] = [
    {},
    { inicio: '2025-01-01', fim: '2025-01-31' },
    { inicio: '2025-02-01', fim: '2025-02-28' },
    { inicio: '2025-03-01', fim: '2025-03-31' },
    { inicio: '2025-02-11', fim: '2025-02-11' },
    { desde: '2025-04-01T00:00:00Z' },
  ]
  const [whole] = await findings(sql, RULE_FUNCTION)
  for (const window_ of windows) {
    const found = await findings(sql, RULE_FUNCTION, window_)
    const own =
      window_.desde === undefined &&
      !['2025-01-01', '2025-03-01', '2025-02-11'].includes(window_.inicio ?? '')
    t.match(
      found.find((a) => a.evidencia.tipo === 'carga_repetida'),
      {
        registro_id: whole?.evidencia.tipo === 'carga_repetida' ? whole.registro_id : /./,
        evidencia: { lancamentos: 35, de: '2025-01-05', ate: '2025-03-25' },
      },
      JSON.stringify(window_),
    )
    t.same(
      found.filter((a) => a.evidencia.tipo !== 'carga_repetida').map((a) => a.registro_id),
      own ? [doubledEntry] : [],
      JSON.stringify(window_),
    )
    t.ok(again.includes(found.find((a) => a.evidencia.tipo === 'carga_repetida')?.registro_id ?? ''))
  }
})

t.test('a repeated load of split documents is one finding too, with its days of few entries', async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  const note = (number: number, carregado_em: string, ...values: number[]) =>
    values.map((valor, i) => ({
      documento: `NF ${number}`,
      valor,
      valor_documento: 1000,
      centro_custo: `Loja ${i}`,
      data_lancamento: day(number === 100 ? 20 : 10),
      carregado_em,
    }))
  const load = (carregado_em: string) =>
    Array.from({ length: 21 }, (_, i) => note(100 + i, carregado_em, 600, 400)).flat()
  const [before, after] = ['2025-03-21T05:00:00Z', '2025-03-22T05:00:00Z']
  await bookEntries(sql, ...load(before), ...note(200, before, 600, 400))
  t.same(await findings(sql, RULE_FUNCTION), [])
  await bookEntries(sql, ...load(after), ...note(200, after, 700, 300))
  t.same(
    (await findings(sql, RULE_FUNCTION)).map((a) => [a.evidencia.tipo, a.evidencia.lancamentos]).sort(),
    [
      ['carga_repetida', 42],
      ['rateio_repetido', 4],
    ],
    'and a document that was allocated in another way is not a copy',
  )
  await bookEntries(sql, ...note(300, before, 600, 400), ...note(300, before, 600, 400))
  t.ok(
    (await findings(sql, RULE_FUNCTION)).some(({ evidencia }) => evidencia.documento === 'NF 300'),
    'nor is one that was there twice from the beginning, and the finding says so',
  )
})

t.test('a small load that was repeated completely is one finding', async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  const load = (n: number, carregado_em: string, other: (i: number) => LedgerEntry = () => ({})) =>
    times(n, (i) => ({
      documento: `NF ${1000 + 7 * i}`,
      valor: 100 + 3 * i,
      fornecedor_id: `12.345.00${i}/0001-00`,
      fornecedor: `Fornecedor ${i}`,
      data_lancamento: day(3 + (i % 3)),
      carregado_em,
      ...other(i),
    }))
  const kinds = async (window_: Window = {}) =>
    (await findings(sql, RULE_FUNCTION, window_)).map((a) => a.evidencia.tipo).sort()
  const [first, later] = ['2025-03-07T05:00:00Z', '2025-03-12T05:00:00Z']
  for (const n of [3, 5, 9]) {
    for (const [name, when, other] of [
      ['days later', later, () => ({})],
      ['an hour later', '2025-03-07T06:00:00Z', () => ({})],
      [
        'minutes apart on a later day',
        later,
        (i) => ({ carregado_em: `2025-03-12T05:${String(7 * i).padStart(2, '0')}:00Z` }),
      ],
      ['by another clerk', later, (i) => ({ fornecedor_id: null, documento: `NFe 00${1000 + 7 * i}` })],
    ] as [string, string, (i: number) => LedgerEntry][]) {
      await sql`truncate dw.lancamentos`
      await bookEntries(sql, ...load(n, first), { documento: 'NF 77', valor: 77, carregado_em: first })
      t.same(await kinds(), [])
      const again = await bookEntries(sql, ...load(n, when, other))
      const found = await findings(sql, RULE_FUNCTION)
      t.match(
        found,
        [{ valores_propostos: {}, evidencia: { tipo: 'carga_repetida', lancamentos: n } }],
        `${n} ${name}`,
      )
      t.equal(found.length, 1)
      t.ok(again.includes(found[0]?.registro_id ?? ''))
      for (const window_ of [
        { desde: '2025-03-07T05:30:00Z' },
        { inicio: day(4), fim: day(4) },
        { chaves: [found[0]?.registro_id ?? ''] },
      ]) {
        t.match(
          await findings(sql, RULE_FUNCTION, window_),
          [{ registro_id: found[0]?.registro_id, evidencia: { tipo: 'carga_repetida' } }],
          `${n} ${name}: the same with ${Object.keys(window_)}`,
        )
      }
    }
  }

  await sql`truncate dw.lancamentos`
  await bookEntries(sql, ...load(2, first), ...load(2, later))
  t.same(await kinds(), ['duplicidade', 'duplicidade'], 'two entries are two findings')
  for (const [name, extra] of [
    ['a load with something new', { documento: 'NF 5000', valor: 5 }],
    ['a load with something new that has no number', { documento: null, valor: 5 }],
    [
      'a load with one of them on another day',
      { documento: 'NF 1000', valor: 100, fornecedor: 'Fornecedor 0', data_lancamento: day(9) },
    ],
  ] as [string, LedgerEntry][]) {
    await sql`truncate dw.lancamentos`
    await bookEntries(sql, ...load(4, first), ...load(4, later), { carregado_em: later, ...extra })
    t.notOk((await kinds()).includes('carga_repetida'), `${name} is not a flood`)
    t.ok((await kinds()).length >= 4)
  }
  // what recurs: the same four each month, or each week, under numbers or days of their own
  for (const other of [
    (i: number) => ({ documento: `NF ${3000 + i}` }),
    (i: number) => ({ data_lancamento: day(13 + (i % 3)) }),
    (i: number) => ({ data_lancamento: `2025-04-0${3 + (i % 3)}` }),
    () => ({ documento: 'S/N' }),
    (i: number) => ({ fornecedor_id: `98.765.00${i}/0001-00`, fornecedor: `Outro ${i}` }),
  ] as ((i: number) => LedgerEntry)[]) {
    await sql`truncate dw.lancamentos`
    await bookEntries(sql, ...load(4, first), ...load(4, '2025-04-12T05:00:00Z', other))
    t.notOk((await kinds()).includes('carga_repetida'), `${other}`)
  }
  // entries without a number came again with the others
  await sql`truncate dw.lancamentos`
  const fee = { documento: null, valor: 9.9, descricao: 'tarifa de março' }
  await bookEntries(sql, ...load(3, first), { ...fee, carregado_em: first })
  await bookEntries(sql, ...load(3, later), { ...fee, carregado_em: later })
  t.same(await kinds(), ['carga_repetida'])
  // and so did one that is shared out
  await sql`truncate dw.lancamentos`
  const shared = (carregado_em: string) =>
    [600, 400].map((valor, i) => ({
      documento: 'NF 9000',
      valor,
      valor_documento: 1000,
      centro_custo: `Loja ${i}`,
      carregado_em,
    }))
  await bookEntries(sql, ...load(3, first), ...shared(first), ...load(3, later), ...shared(later))
  t.match(await findings(sql, RULE_FUNCTION), [{ evidencia: { tipo: 'carga_repetida', lancamentos: 5 } }])
  t.equal((await kinds()).length, 1)
})

t.test('a few documents of a load that were there already are each a finding', async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  const note = (i: number, data_lancamento: string, carregado_em: string) => ({
    documento: `NF ${5000 + i}`,
    valor: 300 + i,
    data_lancamento,
    carregado_em,
  })
  await bookEntries(sql, ...times(30, (i) => note(i, day(10), '2025-03-11T05:00:00Z')))
  const later = await bookEntries(
    sql,
    ...times(12, (i) => note(i, day(10), '2025-03-12T05:00:00Z')),
    ...times(14, (i) => note(1000 + i, day(11), '2025-03-12T05:00:00Z')),
  )
  const found = await findings(sql, RULE_FUNCTION)
  t.same(new Set(found.map((a) => a.registro_id)), new Set(later.slice(0, 12)))
  t.ok(found.every((a) => a.evidencia.tipo === 'duplicidade'))
})

t.test('a load that is wrong throughout is one finding about the load', async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  const entry = (i: number, other: LedgerEntry = {}): LedgerEntry => ({
    documento: `NF ${10_000 + i}`,
    valor: 200 + i,
    valor_documento: 200 + i,
    fornecedor: `Fornecedor ${i % 13}`,
    data_lancamento: day(1 + (i % 9)),
    carregado_em: '2025-03-11T12:00:00Z',
    ...other,
  })
  // credit notes whose document is negative, as usual here: a turned sign is an error
  const history = [
    ...times(300, (i) => entry(i)),
    ...times(20, (i) => entry(1000 + i, { valor: -50 - i, valor_documento: -50 - i })),
  ]
  const damage: [name: string, evidence: Record<string, unknown>, wrong: (valor: number) => LedgerEntry][] = [
    ['turned signs', { tipo: 'carga_sinal_trocado' }, (valor) => ({ valor: -valor, valor_documento: valor })],
    [
      'times 100',
      { tipo: 'carga_multiplicada', fator: 100 },
      (valor) => ({ valor: valor * 100, valor_documento: valor }),
    ],
    [
      'times 1000',
      { tipo: 'carga_multiplicada', fator: 1000 },
      (valor) => ({ valor: valor * 1000, valor_documento: valor }),
    ],
    [
      'divided by 100',
      { tipo: 'carga_multiplicada', fator: 100, dividida: true },
      (valor) => ({ valor: valor / 100, valor_documento: valor }),
    ],
  ]
  for (const [name, evidence, wrong] of damage) {
    await sql`truncate dw.lancamentos`
    await bookEntries(sql, ...history)
    const load = await bookEntries(
      sql,
      ...times(40, (i) => entry(2000 + i, { ...wrong(300 + i), carregado_em: '2025-03-13T05:00:00Z' })),
      ...times(3, (i) => entry(3000 + i, { carregado_em: '2025-03-13T06:00:00Z' })),
    )
    const sum = times(40, (i) => wrong(300 + i)).reduce((s, { valor }) => s + Math.abs(Number(valor)), 0)
    const [finding, ...others] = await findings(sql, RULE_FUNCTION)
    t.same(others, [], name)
    t.match(
      finding,
      {
        valores_propostos: {},
        evidencia: { ...evidence, lancamentos: 40, de_quantos: 43, carga: '2025-03-13' },
      },
      name,
    )
    t.equal(Number(finding?.evidencia.soma), Number(sum.toFixed(2)), `${name}: how much`)
    t.ok(load.includes(finding?.registro_id ?? ''))
    t.match(finding?.justificativa, /^40 dos 43 lançamentos com documento que entraram em 13\/03\/2025/)
    for (const window_ of [
      { desde: '2025-03-12T00:00:00Z' },
      { inicio: day(4), fim: day(4) },
      { chaves: [finding?.registro_id ?? ''] },
      { chaves: [load[0] as string] },
    ]) {
      const again = await findings(sql, RULE_FUNCTION, window_)
      t.same(again, [finding], `${name}: the same with ${Object.keys(window_)}`)
    }
    // where loads say nothing, a day of booking
    await sql`update dw.lancamentos set carregado_em = '2025-03-20'`
    await sql`update dw.lancamentos set data_lancamento = '2025-03-15' where id::text = any (${load})`
    t.match(
      await findings(sql, RULE_FUNCTION),
      [
        {
          evidencia: { ...evidence, lancamentos: 40 },
          justificativa: /^40 dos 43 lançamentos com documento de 15\/03\/2025/,
        },
      ],
      `${name}: a day`,
    )
    t.equal((await findings(sql, RULE_FUNCTION)).length, 1)
  }
  // a few, or a part of a load, are errors of each
  for (const [n, right] of [
    [9, 0],
    [40, 10],
  ] as const) {
    await sql`truncate dw.lancamentos`
    await bookEntries(sql, ...history)
    await bookEntries(
      sql,
      ...times(n, (i) =>
        entry(2000 + i, { valor: -300 - i, valor_documento: 300 + i, carregado_em: '2025-03-13T05:00:00Z' }),
      ),
      ...times(right, (i) => entry(3000 + i, { carregado_em: '2025-03-13T05:00:00Z' })),
    )
    const found = await findings(sql, RULE_FUNCTION)
    t.equal(found.length, n)
    t.ok(found.every((a) => a.evidencia.tipo === 'sinal_trocado' && 'valor' in a.valores_propostos))
  }
  // a load that was booked on one day is one finding, and the day no second one
  await sql`truncate dw.lancamentos`
  await bookEntries(sql, ...history)
  await bookEntries(
    sql,
    ...times(40, (i) =>
      entry(2000 + i, {
        ...damage[1]?.[2](300 + i),
        data_lancamento: day(20),
        carregado_em: '2025-03-21T05:00:00Z',
      }),
    ),
  )
  t.match(await findings(sql, RULE_FUNCTION), [{ evidencia: { carga: '2025-03-21', lancamentos: 40 } }])
  t.equal((await findings(sql, RULE_FUNCTION)).length, 1)
  // errors of two kinds have no one cause
  await sql`truncate dw.lancamentos`
  await bookEntries(sql, ...history)
  await bookEntries(
    sql,
    ...times(15, (i) =>
      entry(2000 + i, { ...damage[0]?.[2](300 + i), carregado_em: '2025-03-13T05:00:00Z' }),
    ),
    ...times(15, (i) =>
      entry(3000 + i, { ...damage[1]?.[2](300 + i), carregado_em: '2025-03-13T05:00:00Z' }),
    ),
  )
  t.equal((await findings(sql, RULE_FUNCTION)).length, 30)
  // a load of credit notes that say so is none
  await sql`truncate dw.lancamentos`
  await bookEntries(sql, ...history)
  await bookEntries(
    sql,
    ...times(30, (i) =>
      entry(2000 + i, {
        valor: -300 - i,
        valor_documento: 300 + i,
        descricao: 'devolução',
        carregado_em: '2025-03-13T05:00:00Z',
      }),
    ),
  )
  t.same(await findings(sql, RULE_FUNCTION), [])
  // and makes none of the few errors beside them
  await bookEntries(
    sql,
    ...times(12, (i) =>
      entry(3000 + i, { valor: -700 - i, valor_documento: 700 + i, carregado_em: '2025-03-13T05:00:00Z' }),
    ),
  )
  t.equal((await findings(sql, RULE_FUNCTION)).length, 12)
})

t.test('many partial reversals of one number leave only what is still booked twice', async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  // amounts of their own, each booked twice; reversals in part that together take back each of them, or hardly anything
  const twice = (day_: string) =>
    times(150, (i) => ({ documento: 'NF 7', valor: 100 + i, data_lancamento: day_ }))
  await bookEntries(sql, ...twice(day(3)), ...twice(day(4)))
  await bookEntries(
    sql,
    ...times(150, (i) => ({ documento: 'NF 7', valor: -(i + 1) / 100, data_lancamento: day(5) })),
  )
  t.ok((await findings(sql, RULE_FUNCTION)).length > 100, 'a few reais reverse nothing')
  await bookEntries(
    sql,
    ...times(150, (i) => ({ documento: 'NF 7', valor: -(1000 + i), data_lancamento: day(6) })),
  )
  t.same(await findings(sql, RULE_FUNCTION), [], 'each may be the one that was reversed')
})
