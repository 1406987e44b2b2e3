// The same document, however two clerks wrote it, and two documents that only look alike.
import fc from 'fast-check'
import t from 'tap'
import { banco } from '../../helper/database.ts'
import { type Achado, achados, configurar, type Lancamento, lancar, razao } from './ledger.ts'

const REGRA = 'validacao_valores'

/** The check digit of an access key, reckoned by hand as the manual shows it. */
function comDigito(inicio: string): string {
  const soma = [...inicio]
    .reverse()
    .reduce((sum, c, i) => sum + (c.toUpperCase().charCodeAt(0) - 48) * (2 + (i % 8)), 0)
  return `${inicio}${soma % 11 < 2 ? 0 : 11 - (soma % 11)}`
}

/** An access key; what is not said is an invoice of goods issued in March 2025 by 11.222.333/0001-81. */
function chave({
  uf = '35',
  mes = '2503',
  cnpj = '11222333000181',
  modelo = '55',
  serie = '001',
  numero = 123456,
} = {}): string {
  return comDigito(`${uf}${mes}${cnpj}${modelo}${serie}${String(numero).padStart(9, '0')}112345678`)
}

const CHAVE = chave()

t.test('a document is read alike, however it is written', async (t) => {
  const { sql } = await banco(t)
  /** Number, and what else it says of kind, series, year, key, and whether it takes another back. */
  const casos: [documento: string | null, numero: string | null, mais?: Record<string, unknown>][] = [
    ['123456', '123456'],
    ['000.123.456', '123456'],
    ['NF 000.123.456', '123456'],
    ['NF 123456', '123456'],
    ['nf123456', '123456'],
    ['NF\u00a0123456', '123456'],
    ['nota fiscal nº 123456', '123456'],
    ['NOTA FISCAL ELETRÔNICA N.º 123456', '123456'],
    ['Nota fiscal eletro\u0302nica no 123456', '123456'],
    ['NF-e 123456', '123456', { especie: 'nf' }],
    ['DANFE 123456', '123456', { especie: 'nf' }],
    ['NFC-e nº 7023', '7023', { especie: 'nf' }],
    ['NFS-e 2026/123456', '123456', { especie: 'nf', ano: 2026 }],
    ['NFSe 2026-00123456', '123456', { especie: 'nf', ano: 2026 }],
    ['123456/2026', '123456', { ano: 2026 }],
    ['NF 123456 de 2026', '123456', { ano: 2026 }],
    ['NF 123 de 10/02/2026', '123', { ano: 2026 }],
    ['202600000123456', '123456', { ano: 2026 }],
    ['2026', '2026'],
    ['NF 2026', '2026'],
    ['N.F. 000.123', '123'],
    ['N F 123', '123'],
    ['N.F.S-e 123', '123', { especie: 'nf' }],
    ['NF S-e 123', '123', { especie: 'nf' }],
    ['NF3e 123', '123'],
    ['NFCom nº 123', '123'],
    ['MDF-e 123', '123'],
    ['Título 000123', '123'],
    ['Duplicata nº 123', '123'],
    ['DUPL. 123/1', '123-1'],
    ['nf 3', '3'],
    ['RPS 77', '77', { especie: 'rps' }],
    ['CT-e 7021', '7021', { especie: 'cte' }],
    ['CTE 007021', '7021', { especie: 'cte' }],
    ['DACTE 7021', '7021', { especie: 'cte' }],
    ['Fatura (7008)', '7008'],
    ['recibo 0005', '5'],
    ['001-000123', '123', { serie: '1' }],
    ['1-123', '123', { serie: '1' }],
    ['1/123', '123', { serie: '1' }],
    ['NF 123 série 1', '123', { serie: '1' }],
    ['NF 123 SÉRIE 001', '123', { serie: '1' }],
    ['NF 123, se\u0301rie U', '123', { serie: 'u' }],
    ['Série 2 - NF 123', '123', { serie: '2' }],
    ['série 123', '123'],
    ['4711.0', '4711'],
    ['4711.0 ', '4711'],
    ['ESTORNO NF 3', '3', { estorno: true }],
    ['Estorno da NF-e nº 000.003', '3', { estorno: true, especie: 'nf' }],
    ['CANCELAMENTO NF 3', '3', { estorno: true }],
    ['Devolução parcial ref. NF 3', '3', { estorno: true }],
    ['7005-1', '7005-1'],
    ['1/12', '1-12'],
    ['NF 10 1/3', '10-1-3'],
    ['NF 3 e 4', '3-e-4'],
    ['7026.00', '7026-0'],
    ['NF 7024.5', '7024-5'],
    ['A1', 'a1'],
    ['S/N', null],
    ['000', null],
    ['NF', null],
    ['estorno', null],
    ['---', null],
    ['', null],
    [null, null],
    [CHAVE, '123456', { especie: 'nf', serie: '1', ano: 2025, chave: CHAVE }],
    [CHAVE.replace(/(.{4})/g, '$1 '), '123456', { especie: 'nf', serie: '1', ano: 2025, chave: CHAVE }],
    [
      `Chave de acesso: ${CHAVE.replace(/(.{4})/g, '$1.')}`,
      '123456',
      { especie: 'nf', serie: '1', ano: 2025, chave: CHAVE },
    ],
    [`NFe${CHAVE}`, '123456', { especie: 'nf', serie: '1', ano: 2025, chave: CHAVE }],
    [
      chave({ modelo: '57', serie: '000', cnpj: '12ABC34501DE35' }),
      '123456',
      {
        especie: 'cte',
        serie: '0',
        ano: 2025,
        chave: chave({ modelo: '57', serie: '000', cnpj: '12abc34501de35' }),
      },
    ],
    [
      '31062001251235800000112230000000173023019580208160',
      '2300000001730',
      { especie: 'nf', ano: 2023, chave: '31062001251235800000112230000000173023019580208160' },
    ],
    // a boleto's bar code has 44 digits too
    [
      '23793381286008301352656000063307789840000001234'.slice(0, 44),
      '23793381286008301352656000063307789840000001',
    ],
  ]
  const rows = await sql`
    select x.* from unnest(${casos.map(([d]) => d)}::text[]) with ordinality u (d, n)
    cross join lateral regra_validacao_valores.ler_documento(u.d) x order by u.n`
  for (const [i, [documento, numero, mais]] of casos.entries()) {
    const nada = { especie: null, serie: null, ano: null, chave: null, estorno: false }
    t.same({ ...rows[i] }, { numero, ...nada, ...mais }, String(documento))
  }
})

t.test('the quick look at the end of a document lets through whatever has the same number', async (t) => {
  const { sql } = await banco(t)
  const part = fc.constantFrom(
    ...[...'NFnf 01239aAzZÉéªºçßİıΣ🚗\u0301\u0327\u00a0\t-./;)(#'],
    'NF-e ',
    'série ',
    'SÉRIE 1',
    'Se\u0301rie',
    'série',
    '/2026',
    '2026/',
    ' de 2026',
    '.0',
    '.001',
    'ESTORNO ',
    'RPS ',
    '20260000000001',
  )
  const text = fc.array(part, { maxLength: 7 }).map((parts) => parts.join(''))
  const texts = [
    ...fc.sample(text, { numRuns: 8000, seed: 1 }),
    CHAVE,
    `${CHAVE} `,
    `${'1'.repeat(199)}2)3`,
    `${'1'.repeat(199)}2É`,
  ]
  const [row] = await sql<{ compared: number; spellings: number; lost: string[] }[]>`
    select sum(n)::int as compared, max(n)::int as spellings,
      coalesce(array_agg(numero || ': ' || written) filter (where ends > 1), '{}') as lost
    from (
      select d.numero, count(*) as n, count(distinct regra_validacao_valores.fim_documento(x)) as ends,
        string_agg(distinct regra_validacao_valores.fim_documento(x) || ' of ' || x, ' | ') as written
      from unnest(${texts}::text[]) x cross join lateral regra_validacao_valores.ler_documento(x) d
      where d.numero is not null
      group by d.numero
    ) s`
  t.same(row?.lost, [])
  t.ok((row?.compared ?? 0) > 1000 && (row?.spellings ?? 0) > 20, 'the test means something: many, and alike')
})

t.test('a supplier’s code is one code, whatever a spreadsheet made of it', async (t) => {
  const { sql } = await banco(t)
  const raizes: [codigo: string | null, raiz: string | null][] = [
    ['11.222.333/0001-81', '11222333'],
    ['11222333000181', '11222333'],
    ['11222333000181\u00a0', '11222333'],
    ['\u00a011222333000181', '11222333'],
    ['11222333000181\t', '11222333'],
    ["'11222333000181", '11222333'],
    ['’11222333000181', '11222333'],
    ['"11222333000181"', '11222333'],
    ['11222333000181.0', '11222333'],
    ['11222333000181,0', '11222333'],
    ['11 222 333 0001 81', '11222333'],
    ['11\u00a0222\u00a0333\u00a00001\u00a081', '11222333'],
    ['00.360.305/0001-04', '00360305'],
    ['360305000104', '00360305'],
    ['360305000104.0', '00360305'],
    ["'360.305/0001-04", '00360305'],
    ['38174000143', '00038174'],
    ['12ABC34501DE35', '12abc345'],
    ['12.abc.345/01de-35', '12abc345'],
    // what no check digit proves keeps the zeros that it has
    ['360305000105', '360305000105'],
    ['0000100234', '0000100234'],
    ['100234', '100234'],
    ['52998224725', '52998224725'],
    // a CPF that with three zeros would be a CNPJ as well
    ['40000001600', '40000001600'],
    ['00000000000191', '00000000000191'],
    ['191', '191'],
    ['F-0001', 'f0001'],
    ['F-0001\u00a0', 'f0001'],
    ['4711.0', '4711'],
    ['47.110', '47110'],
    ['-', null],
    ['\u00a0', null],
    [' ', null],
    ['', null],
    [null, null],
  ]
  const rows = await sql`
    select regras.raiz_fornecedor(c) as raiz from unnest(${raizes.map(([c]) => c)}::text[]) with ordinality x (c, n) order by n`
  for (const [i, [codigo, raiz]] of raizes.entries()) t.equal(rows[i]?.['raiz'], raiz, String(codigo))
})

t.test('the same document is found, and another one is not', async (t) => {
  const { sql } = await banco(t)
  await razao(sql)
  const A = '11.222.333/0001-81'
  const LATE = { data_lancamento: '2025-12-30' }
  const EARLY = { data_lancamento: '2026-01-04' }
  /** Two entries of one supplier and amount; what is not said is the same in both. */
  const casos: [found: boolean, um: Lancamento, dois: Lancamento, nome?: string][] = [
    [true, { documento: 'NF 000.123.456' }, { documento: '123456' }],
    [true, { documento: 'NFS-e 2025/123456' }, { documento: 'NF 000.123.456' }],
    [true, { documento: '123456/2025' }, { documento: 'NFS-e 2025/123456' }],
    [true, { documento: '202500000123456' }, { documento: '123456' }],
    [true, { documento: 'RPS 77' }, { documento: '77' }],
    [true, { documento: 'DANFE 78' }, { documento: 'NF-e 78' }],
    [true, { documento: '001-000123' }, { documento: '1-123' }],
    [true, { documento: 'NF 124 série 1' }, { documento: '1-124' }],
    [true, { documento: 'NF 125 série 1' }, { documento: 'NF 125' }],
    [true, { documento: CHAVE }, { documento: '123456' }],
    [true, { documento: CHAVE }, { documento: CHAVE.replace(/(.{4})/g, '$1 ') }],
    [true, { documento: CHAVE }, { documento: 'NF 123456 série 1' }],
    [true, { documento: chave({ modelo: '57' }) }, { documento: 'CT-e 123456' }],
    [true, { documento: 'NF 126' }, { documento: 'NF\u00a0126' }],
    [true, { documento: 'Nota eletrônica 127' }, { documento: 'Nota eletro\u0302nica 127' }],
    [false, { documento: 'NFS-e 2025/128' }, { documento: 'NFS-e 2026/128' }, 'another year'],
    [false, { documento: '129' }, { documento: '2024/129' }, 'a year that is not the booking’s'],
    [false, { documento: 'NF 130 série 1' }, { documento: 'NF 130 série 2' }, 'another series'],
    [false, { documento: '1-131' }, { documento: 'NF 131 série 2' }, 'another series'],
    [false, { documento: CHAVE }, { documento: '2-123456' }, 'another series than the key says'],
    [
      false,
      { documento: CHAVE },
      { documento: chave({ cnpj: '11222333000262' }) },
      'two keys are two documents',
    ],
    [false, { documento: 'CT-e 132' }, { documento: 'NF-e 132' }, 'another kind'],
    [false, { documento: 'RPS 133' }, { documento: 'NFS-e 133' }, 'a receipt turned into another note'],
    [false, { documento: 'NF 134 1/3' }, { documento: 'NF 134 2/3' }, 'instalments in the number'],
    // suppliers
    ...['\u00a0', '\t', '.0', ' '].map((end): [boolean, Lancamento, Lancamento] => [
      true,
      { fornecedor_id: '11222333000181' },
      { fornecedor_id: `11222333000181${end}` },
    ]),
    [true, { fornecedor_id: '11222333000181' }, { fornecedor_id: "'11222333000262" }],
    [true, { fornecedor_id: '00.360.305/0001-04' }, { fornecedor_id: '360305000104' }],
    [true, { fornecedor_id: '12ABC34501DE35' }, { fornecedor_id: '12.abc.345/01de-35' }],
    [
      true,
      { fornecedor_id: A, fornecedor: 'Acme Ltda' },
      { fornecedor_id: null, fornecedor: 'ACME LTDA.' },
      'a code on one side only',
    ],
    [true, { fornecedor_id: '', fornecedor: 'Acme S/A' }, { fornecedor_id: A, fornecedor: 'Acme' }],
    [
      false,
      { fornecedor_id: A, fornecedor: 'Acme Ltda' },
      { fornecedor_id: null, fornecedor: 'Acme Norte' },
      'a code on one side, another name on the other',
    ],
    [false, { fornecedor_id: A, fornecedor: null }, { fornecedor_id: null, fornecedor: null }, 'nobody'],
    [false, { fornecedor_id: '0123' }, { fornecedor_id: '123' }, 'codes whose zeros nothing proves'],
    // a number that begins again in January
    [false, { ...LATE, documento: '1' }, { ...EARLY, documento: '1' }, 'a number that begins again'],
    [false, { ...LATE, documento: 'NF 1001' }, { ...EARLY, documento: 'NF 1001' }],
    [false, { ...LATE, documento: 'NF 7' }, { ...EARLY, documento: '2026/7' }],
    [false, { ...LATE, documento: '2025/8' }, { ...EARLY, documento: '8' }],
    [true, { ...LATE, documento: '2025/9' }, { ...EARLY, documento: 'NFS-e 2025/09' }, 'the same year said'],
    [
      true,
      { ...LATE, documento: 'NF 123.456' },
      { ...EARLY, documento: '123456' },
      'a number too high for that',
    ],
    [
      true,
      { ...LATE, documento: chave({ numero: 5 }) },
      { ...EARLY, documento: chave({ numero: 5 }) },
      'the same key',
    ],
    // instalments
    ...[
      ['prestação 1/12', 'prestação 2/12'],
      ['NF 345 1/3', 'NF 345 2/3'],
      ['parcela I', 'parcela II'],
      ['parcela um', 'parcela dois'],
      ['primeira parcela', 'segunda parcela'],
    ].map(([um, dois]): [boolean, Lancamento, Lancamento] => [
      false,
      { documento: '345', descricao: um as string },
      { documento: '345', descricao: dois as string },
    ]),
  ]
  const ids = await lancar(
    sql,
    ...casos.flatMap(([, um, dois], i) =>
      [um, dois].map((e) => ({ fornecedor_id: A, documento: `NF ${9000 + i}`, valor: 1000 + i, ...e })),
    ),
  )
  const found = (await achados(sql, REGRA)).filter((a) => a.evidencia.tipo.startsWith('duplicidade'))
  const by = new Map(found.map((a) => [a.registro_id, a]))
  for (const [i, [expected, um, dois, nome]] of casos.entries()) {
    const title = nome ?? `${JSON.stringify(um)} and ${JSON.stringify(dois)}`
    const [first, second] = [ids[2 * i] as string, ids[2 * i + 1] as string]
    t.equal(by.get(second)?.evidencia.gemeo.id ?? null, expected ? first : null, title)
    t.notOk(by.has(first), `${title}: the first one is nobody’s second`)
  }
  // of each entry alone the answer is the same
  const sample = found.filter((_, i) => i % 5 === 0).map((a) => a.registro_id)
  for (const id of sample) {
    const alone = (await achados(sql, REGRA, { chaves: [id] })).map((a) => a.evidencia.gemeo?.id)
    t.same(alone, [by.get(id)?.evidencia.gemeo.id], `entry ${id} by its key`)
  }
})

t.test('two series side by side leave a third spelling to nobody', async (t) => {
  const { sql } = await banco(t)
  await razao(sql)
  const nota: Lancamento = { fornecedor_id: '11222333000181', valor: 50 }
  await lancar(
    sql,
    { ...nota, documento: 'NF 9 série 1' },
    { ...nota, documento: 'NF 9 série 2' },
    { ...nota, documento: 'NF 9' },
  )
  t.same(await achados(sql, REGRA), [])
})

t.test('what was reversed in parts, together with another note or in words is not twice', async (t) => {
  const { sql } = await banco(t)
  await razao(sql)
  let documento = 100
  const casos: [found: number, estornos: (n: number) => Lancamento[], nome: string][] = [
    [1, () => [], 'not reversed'],
    [0, (n) => [{ documento: `NF ${n}`, valor: -100 }], 'reversed'],
    [0, (n) => [{ documento: `ESTORNO NF ${n}`, valor: -100 }], 'reversed by a document that says so'],
    [0, (n) => [{ documento: `Canc. NF-e ${n}`, valor: -100 }], 'cancelled'],
    [0, (n) => [{ documento: `ESTORNO NF ${n}`, valor: 100 }], 'reversed in words, with the document’s sign'],
    [0, (n) => [{ documento: null, descricao: `Estorno da NF ${n}`, valor: -100 }], 'reversed by its text'],
    [
      0,
      (n) => [{ documento: 'NC 77', descricao: `devolução ref. NF ${n}`, valor: -100 }],
      'by a credit note',
    ],
    [
      0,
      (n) => [
        { documento: `NF ${n}`, valor: -60 },
        { documento: `NF ${n}`, valor: -40, data_lancamento: '2025-03-12' },
      ],
      'reversed in two parts',
    ],
    [1, (n) => [{ documento: `NF ${n}`, valor: -60 }], 'reversed in part only'],
    [1, (n) => [{ documento: `NF ${n}`, valor: -5 }], 'a discount'],
    [0, (n) => [{ documento: `NF ${n} e 9999`, valor: -250 }], 'reversed together with another'],
    [0, (n) => [{ documento: `ESTORNO NFs 9999/${n}`, valor: -250 }], 'reversed together, with a stroke'],
    [
      0,
      (n) => [{ documento: null, descricao: `estorno NF ${n} + NF 9999`, valor: -250 }],
      'together, in words',
    ],
    [1, (n) => [{ documento: `NF ${n}1 e 9999`, valor: -250 }], 'two others reversed'],
    [1, (n) => [{ documento: `NF ${n} e 9999`, valor: -250, fornecedor_id: 'OUTRO' }], 'of another supplier'],
    [0, (n) => [{ documento: `NF ${n} e 9999`, valor: -250, fornecedor_id: null }], 'by the supplier’s name'],
    [1, (n) => [{ documento: `NF ${n} e 9999`, valor: -250, data_lancamento: '2025-03-25' }], 'too late'],
  ]
  const booked: [string, number, string][] = []
  for (const [found, estornos, nome] of casos) {
    const n = ++documento
    const nota: Lancamento = { fornecedor_id: 'F1', fornecedor: 'Acme', documento: `NF ${n}`, valor: 100 }
    const [, second] = await lancar(
      sql,
      nota,
      { ...nota, data_lancamento: '2025-03-11' },
      ...estornos(n).map((e) => ({ ...nota, data_lancamento: '2025-03-12', ...e })),
    )
    booked.push([second as string, found, nome])
  }
  // others, earlier and later, so that what came too late for one comes in time for somebody
  for (const [numero, dia] of [
    [901, '2025-02-20'],
    [902, '2025-04-10'],
  ] as const) {
    const nota: Lancamento = {
      fornecedor_id: 'F1',
      fornecedor: 'Acme',
      documento: `NF ${numero}`,
      valor: 100,
      data_lancamento: dia,
    }
    const [, second] = await lancar(sql, nota, nota)
    booked.push([second as string, 1, 'another one'])
  }
  const found = (await achados(sql, REGRA)).map((a) => a.registro_id)
  for (const [id, expected, nome] of booked) t.equal(found.filter((f) => f === id).length, expected, nome)
  t.equal(found.length, booked.filter(([, expected]) => expected).length, 'and nothing else')
})

t.test('an access key says when its entry cannot be right', async (t) => {
  const { sql } = await banco(t)
  await razao(sql)
  const OURS = '99888777000100'
  let numero = 1000
  const nova = (parts: Parameters<typeof chave>[0] = {}) => chave({ numero: ++numero, ...parts })
  const errada = (k: string) => `${k.slice(0, -1)}${(Number(k.at(-1)) + 1) % 10}`
  const A = '11.222.333/0001-81'
  const casos: [tipo: string | null, entry: Lancamento, nome: string][] = [
    [null, { fornecedor_id: A, documento: nova() }, 'right in everything'],
    [null, { fornecedor_id: '11222333000262', documento: nova() }, 'another branch of the company'],
    [null, { fornecedor_id: '12.ABC.345/01DE-35', documento: nova({ cnpj: '12ABC34501DE35' }) }, 'letters'],
    [null, { fornecedor_id: '360305000104', documento: nova({ cnpj: '00360305000104' }) }, 'a zero lost'],
    ['chave_digito', { fornecedor_id: A, documento: errada(nova()) }, 'a wrong check digit'],
    [
      'chave_digito',
      { fornecedor_id: A, documento: errada(nova()).replace(/(.{4})/g, '$1 ') },
      'a wrong check digit, with blanks',
    ],
    [
      'chave_digito',
      { fornecedor_id: A, documento: errada(nova({ cnpj: '12ABC34501DE35' })) },
      'a wrong check digit with letters: nothing else is believed',
    ],
    [null, { fornecedor_id: A, documento: errada(nova({ modelo: '01' })) }, 'no such model: no key'],
    [null, { fornecedor_id: A, documento: errada(nova({ uf: '99' })) }, 'no such state: no key'],
    [null, { fornecedor_id: A, documento: errada(nova({ mes: '2513' })) }, 'no such month: no key'],
    [
      'chave_outra_empresa',
      { fornecedor_id: A, documento: nova({ cnpj: '00360305000104' }) },
      'another company',
    ],
    [
      'chave_outra_empresa',
      { fornecedor_id: A, documento: nova({ cnpj: '12ABC34501DE35' }) },
      'with letters',
    ],
    [null, { fornecedor_id: 'F-77', documento: nova({ cnpj: '00360305000104' }) }, 'a code that is no CNPJ'],
    [
      null,
      { fornecedor_id: '11222333000182', documento: nova({ cnpj: '00360305000104' }) },
      'a CNPJ that is none',
    ],
    [null, { fornecedor_id: null, documento: nova({ cnpj: '00360305000104' }) }, 'no code'],
    [
      null,
      { fornecedor_id: A, documento: nova({ cnpj: '00360305000104', serie: '891' }) },
      'a note that the state issued for it',
    ],
    [null, { fornecedor_id: A, documento: nova({ cnpj: '00052998224725', serie: '920' }) }, 'a farmer’s CPF'],
    ['chave_mes_posterior', { fornecedor_id: A, documento: nova({ mes: '2504' }) }, 'issued a month after'],
    ['chave_mes_posterior', { fornecedor_id: A, documento: nova({ mes: '2601' }) }, 'issued a year after'],
    [null, { fornecedor_id: A, documento: nova({ mes: '2502' }) }, 'issued before'],
    [
      null,
      { fornecedor_id: A, documento: nova(), data_lancamento: '2025-03-01' },
      'on the first of its month',
    ],
    // in the text, where the document is the number alone
    [
      'chave_outra_empresa',
      {
        fornecedor_id: A,
        documento: 'NF 9',
        descricao: `compra cf. NFe ${nova({ cnpj: '00360305000104' })}, loja`,
      },
      'another company, in the text',
    ],
    [
      'chave_mes_posterior',
      { fornecedor_id: A, descricao: `compra: ${nova({ mes: '2504' }).replace(/(.{4})/g, '$1 ')}` },
      'issued a month after, in the text with blanks',
    ],
    [null, { fornecedor_id: A, descricao: `compra conforme a nota ${nova()}` }, 'right, in the text'],
    [null, { fornecedor_id: A, descricao: `boleto ${errada(nova())} do banco` }, 'digits that are no key'],
    // our own notes, for what three suppliers sent us or took back
    ...['11222333000181', '00360305000104', '12ABC34501DE35'].map(
      (fornecedor_id): [null, Lancamento, string] => [
        null,
        { fornecedor_id, documento: nova({ cnpj: OURS }) },
        'a note that we issue ourselves',
      ],
    ),
  ]
  const ids = await lancar(sql, ...casos.map(([, e]) => e))
  const by = new Map((await achados(sql, REGRA)).map((a) => [a.registro_id, a]))
  for (const [i, [tipo, , nome]] of casos.entries()) {
    const achado = by.get(ids[i] as string)
    t.equal(achado?.evidencia.tipo ?? null, tipo, nome)
    if (achado) t.same(achado.valores_propostos, {}, `${nome}: nothing is proposed`)
  }
  const frases = (tipo: string) => [...by.values()].find((a) => a.evidencia.tipo === tipo)?.justificativa
  t.match(frases('chave_digito'), /dígito verificador/)
  t.match(
    frases('chave_outra_empresa'),
    /emitida por 00360305000104.*fornecedor do lançamento é 11222333000181/,
  )
  t.match(frases('chave_mes_posterior'), /emitida em 04\/2025, depois do mês do lançamento \(10\/03\/2025\)/)
})

t.test('the same key twice is found, also where a number alone would say nothing', async (t) => {
  const { sql } = await banco(t)
  await razao(sql)
  let numero = 2000
  const A = '11.222.333/0001-81'
  const LATER = { data_lancamento: '2025-05-02' }
  const casos: [tipo: string | null, um: Lancamento, dois: Lancamento, nome: string][] = [
    ['duplicidade', {}, {}, 'on one day'],
    ['chave_repetida', {}, LATER, 'weeks later'],
    ['chave_repetida', { fornecedor_id: 'F1' }, { fornecedor_id: 'F2' }, 'of another supplier'],
    ['chave_repetida', { fornecedor_id: 'F1' }, { fornecedor_id: 'F2', valor: 5 }, 'of another, and amount'],
    [null, {}, { ...LATER, valor: 40 }, 'another amount: a share or an instalment'],
    [null, { valor_documento: 100, valor: 50 }, { ...LATER, valor_documento: 100, valor: 50 }, 'shares'],
    [null, { descricao: 'parcela 1/2' }, { ...LATER, descricao: 'parcela 2/2' }, 'instalments'],
    [null, {}, { ...LATER, valor: -100 }, 'reversed'],
    ['chave_repetida', {}, { data_lancamento: '2025-09-02' }, 'half a year later'],
    [null, {}, { data_lancamento: '2026-05-02' }, 'more than a year later'],
    [
      'chave_repetida',
      { fornecedor_id: 'F1' },
      { ...LATER, fornecedor_id: 'F2', data_lancamento: '2025-09-02' },
      'of another, half a year later',
    ],
    [null, { centro_custo: 'A' }, { centro_custo: 'B' }, 'halves in two cost centres'],
  ]
  const ids = await lancar(
    sql,
    ...casos.flatMap(([, um, dois]) => {
      const nota: Lancamento = { fornecedor_id: A, documento: chave({ numero: ++numero }), valor: 100 }
      if (um.valor_documento === undefined) nota.valor = 100 + numero
      const other = dois.valor === -100 ? { ...dois, valor: -Number(nota.valor) } : dois
      return [
        { ...nota, ...um },
        { ...nota, ...other },
      ]
    }),
  )
  const found = (await achados(sql, REGRA)).filter((a) => !a.valores_propostos['valor'])
  const by = new Map<string, Achado>(found.map((a) => [a.registro_id, a]))
  for (const [i, [tipo, , , nome]] of casos.entries()) {
    const achado = by.get(ids[2 * i + 1] as string)
    t.equal(achado?.evidencia.tipo ?? null, tipo, nome)
    t.notOk(by.has(ids[2 * i] as string), `${nome}: not the first`)
    if (tipo) t.equal(achado?.evidencia.gemeo.id, ids[2 * i], `${nome}: the twin is named`)
  }
  // a window of the later day alone sees the one of half a year before, and the one whose key stands in the text
  const texto = { fornecedor_id: A, descricao: `compra conforme NFe ${chave({ numero: 5000 })}`, valor: 5000 }
  const [antes] = await lancar(sql, texto, { ...texto, data_lancamento: '2025-05-02' })
  for (const [dia, gemeo] of [
    ['2025-09-02', ids[2 * casos.findIndex(([, , d]) => d.data_lancamento === '2025-09-02')]],
    ['2025-05-02', antes],
  ] as const) {
    t.ok(
      (await achados(sql, REGRA, { inicio: dia, fim: dia })).some(
        ({ evidencia: e }) => e.tipo === 'chave_repetida' && e.gemeo.id === gemeo,
      ),
      dia,
    )
  }
  // three of one amount are instalments
  const tres = { fornecedor_id: A, documento: chave({ numero: 3333 }), valor: 3333 }
  await lancar(
    sql,
    tres,
    { ...tres, data_lancamento: '2025-04-10' },
    { ...tres, data_lancamento: '2025-05-10' },
  )
  t.same(
    (await achados(sql, REGRA)).filter((a) => Number(a.valor_em_risco) === 3333),
    [],
  )
  // booked twice, reversed once
  const nota: Lancamento = { fornecedor_id: A, documento: chave({ numero: 77 }), valor: 77 }
  await lancar(
    sql,
    nota,
    { ...nota, data_lancamento: '2025-04-20' },
    { ...nota, documento: 'NF 77', valor: -77, data_lancamento: '2025-04-25' },
  )
  t.same(
    (await achados(sql, REGRA)).filter((a) => Number(a.valor_em_risco) === 77),
    [],
  )
  await configurar(sql, 'valores.dias_duplicidade', 366)
  const wide = (await achados(sql, REGRA)).filter((a) => a.evidencia.tipo === 'duplicidade_proxima')
  t.ok(wide.length > 1, 'with a year between, the duplicate says it')
})
