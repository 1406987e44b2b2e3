// The same document, however two clerks wrote it, and two documents that only look similar.
import fc from 'fast-check'
import t from 'tap'
import { testDatabase } from '../../helper/database.ts'
import {
  bookEntries,
  findings,
  key,
  type LedgerEntry,
  makeLedger,
  type RuleFinding,
  setSetting,
} from './ledger.ts'

const RULE_FUNCTION = 'validacao_valores'

const ACCESS_KEY = key()

t.test('a document number is recognised, however it is written', async (t) => {
  const { sql } = await testDatabase(t)
  /** Number, and what else it says about kind, series, year, key, and whether it takes another document back. */
  const cases: [documento: string | null, numero: string | null, mais?: Record<string, unknown>][] = [
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
    ['2026000123456', '123456', { ano: 2026 }],
    ['2026123456789', '2026123456789'],
    ['INV-55443', '55443'],
    ['9876 (2ª via)', '9876'],
    ['NF 9876 - segunda via', '9876'],
    ['2ª via da NF 9876', '9876'],
    ['NF 9876 - cópia', '9876'],
    ['NF 9876 Mod. 55', '9876'],
    ['NFS-e 9876 cód. verif. AB12-CD34', '9876', { especie: 'nf' }],
    ['NF 98\u200b76', '9876'],
    ['NFF 9876', '9876'],
    ['NF9876S1', '9876', { serie: '1' }],
    ['RPS 9876 série NF', '9876', { especie: 'rps', serie: 'nf' }],
    ['9.87654E+5', '987654'],
    ['9,87654E+05', '987654'],
    ['9.87E+5', '9-87e-5'],
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
    ['7026.00', '7026'],
    ['4711,00', '4711'],
    ["4711.0'", '4711'],
    ['NF 123 490', '123490'],
    ['NF\u00a01\u00a0123\u00a0490', '1123490'],
    ['NF 4711 490', '4711-490'],
    ['NF 123495/25', '123495', { ano: 2025 }],
    ['4711/02', '4711-2'],
    ['12/25', '12-25'],
    ['NF 123 S1', '123', { serie: '1' }],
    ['NF S1 123', '123', { serie: '1' }],
    ['S1-123', '123', { serie: '1' }],
    ['NF 123 ser. 1', '123', { serie: '1' }],
    ['NF 123 ser 01', '123', { serie: '1' }],
    ['NF 123 série U', '123', { serie: 'u' }],
    ['NF 123 série única', '123', { serie: 'u' }],
    ['NF 123 única', '123', { serie: 'u' }],
    ['NF 123 - U', '123', { serie: 'u' }],
    ['ND 123', '123', { especie: 'nd' }],
    ['Nota de débito nº 123', '123', { especie: 'nd' }],
    ['CT-e OS 7021', '7021', { especie: 'cte' }],
    ['CTEOS 7021', '7021', { especie: 'cte' }],
    ['Guia 123', '123'],
    ['Cupom fiscal 123', '123'],
    ['GTV-e 123', '123'],
    ['345A', '345a'],
    ['345/1', '345-1'],
    ['duplicata 345-1', '345-1'],
    ['Reversão NF 3', '3', { estorno: true }],
    ['Storno NF 3', '3', { estorno: true }],
    ['Cancel. NF 3', '3', { estorno: true }],
    ['DOCTO 123', '123'],
    ['Dcto. nº 123', '123'],
    ['CTRC 123', '123'],
    ['NFST 123', '123'],
    ['NFTS-123', '123'],
    ['Estornada NF 3', '3', { estorno: true }],
    ['NF 3 estornada', '3', { estorno: true }],
    ['NF 3 (cancelada)', '3', { estorno: true }],
    ['nota de crédito ref NF 3', '3', { estorno: true }],
    ['NC 77', 'nc-77'],
    ['NF 7024.5', '7024-5'],
    ['A1', 'a1'],
    ['S/N', null],
    ['000', null],
    ['NF', null],
    ['estorno', null],
    ['---', null],
    ['', null],
    [null, null],
    [ACCESS_KEY, '123456', { especie: 'nf', serie: '1', ano: 2025, chave: ACCESS_KEY }],
    [
      ACCESS_KEY.replace(/(.{4})/g, '$1 '),
      '123456',
      { especie: 'nf', serie: '1', ano: 2025, chave: ACCESS_KEY },
    ],
    [
      `Chave de acesso: ${ACCESS_KEY.replace(/(.{4})/g, '$1.')}`,
      '123456',
      { especie: 'nf', serie: '1', ano: 2025, chave: ACCESS_KEY },
    ],
    [`NFe${ACCESS_KEY}`, '123456', { especie: 'nf', serie: '1', ano: 2025, chave: ACCESS_KEY }],
    [
      key({ modelo: '57', serie: '000', cnpj: '12ABC34501DE35' }),
      '123456',
      {
        especie: 'cte',
        serie: '0',
        ano: 2025,
        chave: key({ modelo: '57', serie: '000', cnpj: '12abc34501de35' }),
      },
    ],
    [
      '31062001251235800000112230000000173023019580208160',
      '2300000001730',
      { especie: 'nf', ano: 2023, chave: '31062001251235800000112230000000173023019580208160' },
    ],
    [`${ACCESS_KEY}.0`, '123456', { especie: 'nf', serie: '1', ano: 2025, chave: ACCESS_KEY }],
    [`'${ACCESS_KEY}'`, '123456', { especie: 'nf', serie: '1', ano: 2025, chave: ACCESS_KEY }],
    [
      key({ modelo: '67' }),
      '123456',
      { especie: 'cte', serie: '1', ano: 2025, chave: key({ modelo: '67' }) },
    ],
    // a boleto's bar code has 44 digits too
    [
      '23793381286008301352656000063307789840000001234'.slice(0, 44),
      '23793381286008301352656000063307789840000001',
    ],
  ]
  const rows = await sql`
    select x.numero, x.especie, x.serie, x.ano, x.chave, x.estorno from unnest(${cases.map(([d]) => d)}::text[]) with ordinality u (d, n)
    cross join lateral regra_validacao_valores.ler_documento(u.d) x order by u.n`
  for (const [i, [documento, number, more]] of cases.entries()) {
    const nothing = { especie: null, serie: null, ano: null, chave: null, estorno: false }
    t.same({ ...rows[i] }, { numero: number, ...nothing, ...more }, String(documento))
  }
  /** Of what the number names a part, or has one digit behind it: the rest, that digit, the part. */
  const parts: [documento: string, base: string, barra: string | null, parte: string | null][] = [
    ['NF 345', '345', null, null],
    ['123/1', '123', '1', null],
    ['NF 123/001', '123', '1', null],
    ['duplicata 345-1', '345', '1', null],
    ['2026/1', '1', null, null],
    ['4711/02', '4711', '2', null],
    ['12/3', '12-3', null, null],
    ...[
      'NF 345 parcela 2',
      'NF 345 P2',
      '345P2',
      'NF345-P02',
      '345-2/3',
      '345 (2/3)',
      'NF 345 PARC. 02',
      'NF 345 Pc 2',
    ].map((d): [string, string, null, string] => [d, '345', null, '2']),
    ...[
      'NF 345 - 2ª parcela',
      'NF 345 segunda parcela',
      '345 P 2/3',
      '345 parc.2/3',
      'NF 345 2 de 3',
      'NF 345 PARCELA 2 DE 3',
    ].map((d): [string, string, null, string] => [d, '345', null, '2']),
    ['NF 345 última parcela', '345', null, '-1'],
    ['NF 345 P12', '345', null, '12'],
    ['NF 345 parcela 02/12', '345', null, '2'],
    ['NF 345 10/12', '345', null, '10'],
    ['46281108_1', '46281108', '1', null],
    ['46281108 - 1', '46281108', '1', null],
    ['NF 345 entrada', '345', null, 'entrada'],
    ['NF 345 medição 3', '345', null, 'medicao 3'],
    ['NF 345 parcela única', '345', null, null],
    ['NF 2025/345 parc 2', '2025-345', null, '2'],
    ['345-2-3', '345-2-3', null, null],
    ['2025/01/15', '2025-1-15', null, null],
    ['2025-01/15', '2025-1-15', null, null],
    ['345/2/3', '345-2-3', null, null],
    ['345 3/2', '345-3-2', null, null],
    ['NF 345 parcela 012', '345-parcela-12', null, null],
    ['NF 345 contrato 2', '345-contrato-2', null, null],
    ['NF 345A', '345a', null, null],
    ['NF 345-A', '345-a', null, null],
    [ACCESS_KEY, '123456', null, null],
  ]
  const read = await sql`
    select x.base, x.barra, x.parte from unnest(${parts.map(([d]) => d)}::text[]) with ordinality u (d, n)
    cross join lateral regra_validacao_valores.ler_documento(u.d) x order by u.n`
  for (const [i, [documento, base, barra, parte]] of parts.entries()) {
    t.same({ ...read[i] }, { base, barra, parte }, documento)
  }
})

t.test('the quick filter on the end of a number lets every equal number through', async (t) => {
  const { sql } = await testDatabase(t)
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
    '/25',
    ' 490',
    ',00',
    ' S1',
    ' S12',
    'S1-',
    ' ser. 2',
    ' ser 001',
    ' U',
    ' única',
    'ND ',
    'CT-e OS ',
    ' estornada',
    ' reversão',
    'REVERSÃO NF ',
    'nota de crédito ref NF ',
    "'",
    '/1',
    '-1',
    '/001',
    ' parcela 2',
    ' PARC 02',
    ' P2',
    'P12',
    ' 2/3',
    ' 2 de 3',
    ' 2ª parcela',
    ' entrada',
    ' medição 1',
    '345',
  )
  const text = fc.array(part, { maxLength: 7 }).map((parts) => parts.join(''))
  const texts = [
    ...fc.sample(text, { numRuns: 8000, seed: 1 }),
    ACCESS_KEY,
    `${ACCESS_KEY} `,
    `${'1'.repeat(199)}2)3`,
    `${'1'.repeat(199)}2É`,
  ]
  const [row] = await sql<{ compared: number; spellings: number; lost: string[] }[]>`
    select sum(n)::int as compared, max(n)::int as spellings,
      coalesce(array_agg(numero || ': ' || written) filter (where ends > 1), '{}') as lost
    from (
      select d.base as numero, count(*) as n, count(distinct regra_validacao_valores.fim_documento(x)) as ends,
        string_agg(distinct regra_validacao_valores.fim_documento(x) || ' of ' || x, ' | ') as written
      from unnest(${texts}::text[]) x cross join lateral regra_validacao_valores.ler_documento(x) d
      where d.base is not null
      group by d.base
    ) s`
  t.same(row?.lost, [])
  t.ok(
    (row?.compared ?? 0) > 1000 && (row?.spellings ?? 0) > 20,
    'the test is meaningful: there are many, and they are similar',
  )
})

t.test("a supplier's code is the same code, whatever a spreadsheet made of it", async (t) => {
  const { sql } = await testDatabase(t)
  const roots: [codigo: string | null, raiz: string | null][] = [
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
    // a code that no check digit proves keeps its zeros
    ['360305000105', '360305000105'],
    ['0000100234', '0000100234'],
    ['100234', '100234'],
    ['52998224725', '52998224725'],
    // a CPF that with three zeros would also be a CNPJ
    ['40000001600', '40000001600'],
    ['00000000000191', '191'],
    ['00.000.000/0001-91', '191'],
    ['191', '191'],
    ['191.0', '191'],
    ['272', '272'],
    ['00.000.208/0001-00', '00000208'],
    ['208000100', '00000208'],
    ['0', null],
    ['00000000', null],
    ['N/A', null],
    ['n/a ', null],
    ['S/C', null],
    ['SEM', null],
    ['Sem código', null],
    ['NULL', null],
    ['#N/D', null],
    ['.', null],
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
    select regras.raiz_fornecedor(c) as raiz from unnest(${roots.map(([c]) => c)}::text[]) with ordinality x (c, n) order by n`
  for (const [i, [sqlstate, root]] of roots.entries()) t.equal(rows[i]?.['raiz'], root, String(sqlstate))
})

t.test('the same document is matched, another one is not', async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  const A = '11.222.333/0001-81'
  const LATE = { data_lancamento: '2025-12-30' }
  const EARLY = { data_lancamento: '2026-01-04' }
  /** Two entries of one supplier and amount; what is not given is the same in both. */
  const cases: [found: boolean, um: LedgerEntry, dois: LedgerEntry, nome?: string][] = [
    [true, { documento: 'NF 000.123.456' }, { documento: '123456' }],
    [true, { documento: 'NFS-e 2025/123456' }, { documento: 'NF 000.123.456' }],
    [true, { documento: '123456/2025' }, { documento: 'NFS-e 2025/123456' }],
    [true, { documento: '202500000123456' }, { documento: '123456' }],
    [true, { documento: 'RPS 77' }, { documento: '77' }],
    [true, { documento: 'DANFE 78' }, { documento: 'NF-e 78' }],
    [true, { documento: '001-000123' }, { documento: '1-123' }],
    [true, { documento: 'NF 124 série 1' }, { documento: '1-124' }],
    [true, { documento: 'NF 125 série 1' }, { documento: 'NF 125' }],
    [true, { documento: ACCESS_KEY }, { documento: '123456' }],
    [true, { documento: ACCESS_KEY }, { documento: ACCESS_KEY.replace(/(.{4})/g, '$1 ') }],
    [true, { documento: ACCESS_KEY }, { documento: 'NF 123456 série 1' }],
    [true, { documento: key({ modelo: '57' }) }, { documento: 'CT-e 123456' }],
    [true, { documento: 'NF 126' }, { documento: 'NF\u00a0126' }],
    [true, { documento: key({ modelo: '67' }) }, { documento: 'CT-e OS 123456' }],
    [true, { documento: 'CT-e OS 135' }, { documento: '135' }],
    [true, { documento: '4711.00' }, { documento: '4711' }],
    [true, { documento: 'NF 136 S1' }, { documento: 'NF 136 série 1' }],
    [true, { documento: 'NF 137 ser. 1' }, { documento: '137' }],
    [true, { documento: 'NF 138 série U' }, { documento: 'NF 138 única' }],
    [true, { documento: 'NF 123495/25' }, { documento: '123495' }],
    [true, { documento: 'NF 123 496' }, { documento: '123496' }],
    [true, { documento: 'ND 139' }, { documento: 'Nota de débito 139' }],
    [true, { documento: 'ND 140' }, { documento: '140' }],
    [true, { documento: key({ numero: 141 }) }, { documento: `${key({ numero: 141 })}.0` }],
    [true, { documento: key({ numero: 142 }) }, { documento: `'${key({ numero: 142 })}` }],
    // a series written as a stroke
    [true, { documento: 'NF 150 S1' }, { documento: '150/1' }],
    [true, { documento: '151/1' }, { documento: 'NF 151 série 001' }],
    [true, { documento: 'NF 152/001' }, { documento: '152-1' }],
    [true, { documento: key({ numero: 153 }) }, { documento: 'NF 153/1' }],
    [false, { documento: 'NF 154 S1' }, { documento: '154/2' }],
    [false, { documento: '155' }, { documento: '155/1' }, 'a part perhaps'],
    [true, { documento: 'NF S1 156' }, { documento: '156/1' }],
    // a part written in the number
    [true, { documento: 'NF 345 parcela 2' }, { documento: 'NF 345', descricao: 'parcela 2/3' }],
    [true, { documento: 'NF 346 P2' }, { documento: '346-2/3' }],
    [true, { documento: 'NF 347 2ª parcela' }, { documento: '347 PARC. 02' }],
    [true, { documento: 'NF 348 entrada' }, { documento: '348', descricao: 'entrada' }],
    [true, { documento: 'NF 349 parcela única' }, { documento: 'NF 349' }],
    [true, { documento: '350P2' }, { documento: 'NF 350 (2/3)' }],
    [true, { documento: 'NF 351 parcela 2' }, { documento: 'NF 351 P2', descricao: 'parcela 2/3' }],
    [false, { documento: '2025/01/15' }, { documento: '2025/01/16' }],
    [false, { documento: 'NF 352 parcela 2' }, { documento: 'NF 352 parcela 3' }],
    [false, { documento: 'NF 353 P2' }, { documento: '353-3/3' }],
    [false, { documento: 'NF 354 parcela 2' }, { documento: 'NF 354', descricao: 'parcela 3' }],
    [false, { documento: 'NF 355' }, { documento: 'NF 355 P2' }],
    [false, { documento: 'NF 356 entrada' }, { documento: 'NF 356 saldo' }],
    [false, { documento: 'NF 357 medição 1' }, { documento: 'NF 357 medição 2' }],
    [false, { documento: 'ND 143' }, { documento: 'NFS-e 143' }, 'a note of debit is no invoice'],
    [false, { documento: 'duplicata 345-1' }, { documento: 'duplicata 345-2' }],
    [false, { documento: '345/1' }, { documento: '345/2' }],
    [false, { documento: '345A' }, { documento: '345B' }],
    [false, { documento: 'NF 144 S1' }, { documento: 'NF 144 S2' }],
    [false, { documento: 'NF 4711/24' }, { documento: 'NF 4711/25' }],
    [true, { documento: 'Nota eletrônica 127' }, { documento: 'Nota eletro\u0302nica 127' }],
    [false, { documento: 'NFS-e 2025/128' }, { documento: 'NFS-e 2026/128' }, 'another year'],
    [false, { documento: '129' }, { documento: '2024/129' }, 'a year that is not the booking’s'],
    [false, { documento: 'NF 130 série 1' }, { documento: 'NF 130 série 2' }, 'another series'],
    [false, { documento: '1-131' }, { documento: 'NF 131 série 2' }, 'another series'],
    [false, { documento: ACCESS_KEY }, { documento: '2-123456' }, 'another series than the key says'],
    [
      false,
      { documento: ACCESS_KEY },
      { documento: key({ cnpj: '11222333000262' }) },
      'two keys are two documents',
    ],
    [false, { documento: 'CT-e 132' }, { documento: 'NF-e 132' }, 'another kind'],
    [false, { documento: 'RPS 133' }, { documento: 'NFS-e 133' }, 'a receipt turned into another note'],
    [false, { documento: 'NF 134 1/3' }, { documento: 'NF 134 2/3' }, 'instalments in the number'],
    // suppliers
    ...['\u00a0', '\t', '.0', ' '].map((end): [boolean, LedgerEntry, LedgerEntry] => [
      true,
      { fornecedor_id: '11222333000181' },
      { fornecedor_id: `11222333000181${end}` },
    ]),
    [true, { fornecedor_id: '11222333000181' }, { fornecedor_id: "'11222333000262" }],
    [true, { fornecedor_id: '00.360.305/0001-04' }, { fornecedor_id: '360305000104' }],
    [true, { fornecedor_id: '12ABC34501DE35' }, { fornecedor_id: '12.abc.345/01de-35' }],
    [true, { fornecedor_id: '00000000000191' }, { fornecedor_id: '191' }],
    ...['0', 'N/A', '-', '.', 'SEM', 'S/C', 'null', '0.0'].flatMap(
      (none): [boolean, LedgerEntry, LedgerEntry][] => [
        [
          true,
          { fornecedor_id: A, fornecedor: 'Acme Ltda' },
          { fornecedor_id: none, fornecedor: 'ACME LTDA.' },
        ],
        [
          false,
          { fornecedor_id: none, fornecedor: 'Acme Ltda' },
          { fornecedor_id: none, fornecedor: 'Outra' },
        ],
      ],
    ),
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
      { ...LATE, documento: key({ numero: 5 }) },
      { ...EARLY, documento: key({ numero: 5 }) },
      'the same key',
    ],
    // instalments
    ...[
      ['prestação 1/12', 'prestação 2/12'],
      ['NF 345 1/3', 'NF 345 2/3'],
      ['parcela I', 'parcela II'],
      ['parcela um', 'parcela dois'],
      ['primeira parcela', 'segunda parcela'],
    ].map(([um, two]): [boolean, LedgerEntry, LedgerEntry] => [
      false,
      { documento: '345', descricao: um as string },
      { documento: '345', descricao: two as string },
    ]),
  ]
  const ids = await bookEntries(
    sql,
    ...cases.flatMap(([, um, two], i) =>
      [um, two].map((e) => ({ fornecedor_id: A, documento: `NF ${9000 + i}`, valor: 1000 + i, ...e })),
    ),
  )
  const found = (await findings(sql, RULE_FUNCTION)).filter((a) => a.evidencia.tipo.startsWith('duplicidade'))
  const by = new Map(found.map((a) => [a.registro_id, a]))
  for (const [i, [expected, um, two, name]] of cases.entries()) {
    const title = name ?? `${JSON.stringify(um)} and ${JSON.stringify(two)}`
    const [first, second] = [ids[2 * i] as string, ids[2 * i + 1] as string]
    t.equal(by.get(second)?.evidencia.gemeo.id ?? null, expected ? first : null, title)
    t.notOk(by.has(first), `${title}: the first one is not a duplicate of anything`)
  }
  // each entry by itself gives the same answer
  const sample = found.filter((_, i) => i % 5 === 0).map((a) => a.registro_id)
  for (const id of sample) {
    const alone = (await findings(sql, RULE_FUNCTION, { chaves: [id] })).map((a) => a.evidencia.gemeo?.id)
    t.same(alone, [by.get(id)?.evidencia.gemeo.id], `entry ${id} by its key`)
  }
})

t.test('with two series side by side, a third spelling matches neither', async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  const note: LedgerEntry = { fornecedor_id: '11222333000181', valor: 50 }
  await bookEntries(
    sql,
    { ...note, documento: 'NF 9 série 1' },
    { ...note, documento: 'NF 9 série 2' },
    { ...note, documento: 'NF 9' },
  )
  t.same(await findings(sql, RULE_FUNCTION), [])
})

t.test('a document reversed in parts, with another one, or in words is not booked twice', async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  let documento = 100
  const cases: [found: number, estornos: (n: number) => LedgerEntry[], nome: string][] = [
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
  for (const [found, reversals, name] of cases) {
    const n = ++documento
    const note: LedgerEntry = { fornecedor_id: 'F1', fornecedor: 'Acme', documento: `NF ${n}`, valor: 100 }
    const [, second] = await bookEntries(
      sql,
      note,
      { ...note, data_lancamento: '2025-03-11' },
      ...reversals(n).map((e) => ({ ...note, data_lancamento: '2025-03-12', ...e })),
    )
    booked.push([second as string, found, name])
  }
  // other ones, earlier and later, so that what is too late for one is in time for another
  for (const [number, day] of [
    [901, '2025-02-20'],
    [902, '2025-04-10'],
  ] as const) {
    const note: LedgerEntry = {
      fornecedor_id: 'F1',
      fornecedor: 'Acme',
      documento: `NF ${number}`,
      valor: 100,
      data_lancamento: day,
    }
    const [, second] = await bookEntries(sql, note, note)
    booked.push([second as string, 1, 'another one'])
  }
  const found = (await findings(sql, RULE_FUNCTION)).map((a) => a.registro_id)
  for (const [id, expected, name] of booked) t.equal(found.filter((f) => f === id).length, expected, name)
  t.equal(found.length, booked.filter(([, expected]) => expected).length, 'and nothing else')
})

t.test('an access key shows when its entry cannot be right', async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  const OURS = '99888777000100'
  let number = 1000
  const fresh = (parts: Parameters<typeof key>[0] = {}) => key({ numero: ++number, ...parts })
  const wrong = (k: string) => `${k.slice(0, -1)}${(Number(k.at(-1)) + 1) % 10}`
  const A = '11.222.333/0001-81'
  const cases: [tipo: string | null, entry: LedgerEntry, nome: string][] = [
    [null, { fornecedor_id: A, documento: fresh() }, 'right in everything'],
    [null, { fornecedor_id: '11222333000262', documento: fresh() }, 'another branch of the company'],
    [null, { fornecedor_id: '12.ABC.345/01DE-35', documento: fresh({ cnpj: '12ABC34501DE35' }) }, 'letters'],
    [null, { fornecedor_id: '360305000104', documento: fresh({ cnpj: '00360305000104' }) }, 'a zero lost'],
    ['chave_digito', { fornecedor_id: A, documento: wrong(fresh()) }, 'a wrong check digit'],
    [
      'chave_digito',
      { fornecedor_id: A, documento: wrong(fresh()).replace(/(.{4})/g, '$1 ') },
      'a wrong check digit, with blanks',
    ],
    [
      'chave_digito',
      { fornecedor_id: A, documento: wrong(fresh({ cnpj: '12ABC34501DE35' })) },
      'a wrong check digit with letters: nothing else is believed',
    ],
    [null, { fornecedor_id: A, documento: wrong(fresh({ modelo: '01' })) }, 'no such model: no key'],
    [null, { fornecedor_id: A, documento: wrong(fresh({ uf: '99' })) }, 'no such state: no key'],
    [null, { fornecedor_id: A, documento: wrong(fresh({ mes: '2513' })) }, 'no such month: no key'],
    [
      'chave_outra_empresa',
      { fornecedor_id: A, documento: fresh({ cnpj: '00360305000104' }) },
      'another company',
    ],
    [
      'chave_outra_empresa',
      { fornecedor_id: A, documento: fresh({ cnpj: '12ABC34501DE35' }) },
      'with letters',
    ],
    [null, { fornecedor_id: 'F-77', documento: fresh({ cnpj: '00360305000104' }) }, 'a code that is no CNPJ'],
    [
      null,
      { fornecedor_id: '11222333000182', documento: fresh({ cnpj: '00360305000104' }) },
      'a CNPJ that is none',
    ],
    [null, { fornecedor_id: null, documento: fresh({ cnpj: '00360305000104' }) }, 'no code'],
    [
      null,
      { fornecedor_id: A, documento: fresh({ cnpj: '00360305000104', serie: '891' }) },
      'a note that the state issued for it',
    ],
    [
      null,
      { fornecedor_id: A, documento: fresh({ cnpj: '00052998224725', serie: '920' }) },
      'a farmer’s CPF',
    ],
    ['chave_mes_posterior', { fornecedor_id: A, documento: fresh({ mes: '2504' }) }, 'issued a month after'],
    ['chave_mes_posterior', { fornecedor_id: A, documento: fresh({ mes: '2601' }) }, 'issued a year after'],
    [null, { fornecedor_id: A, documento: fresh({ mes: '2502' }) }, 'issued before'],
    [
      null,
      { fornecedor_id: A, documento: fresh(), data_lancamento: '2025-03-01' },
      'on the first of its month',
    ],
    // in the text, if the document is only the number
    [
      'chave_outra_empresa',
      {
        fornecedor_id: A,
        documento: 'NF 9',
        descricao: `compra cf. NFe ${fresh({ cnpj: '00360305000104', numero: 9 })}, loja`,
      },
      'another company, in the text',
    ],
    [
      null,
      { fornecedor_id: A, documento: 'CT-e 71', descricao: `frete NFe ${fresh({ cnpj: '00360305000104' })}` },
      'a freight that names the goods it carries',
    ],
    [
      null,
      { fornecedor_id: A, documento: 'NF 72', descricao: `comissão s/ NFe ${fresh({ mes: '2504' })}` },
      'a commission on another note',
    ],
    [
      'chave_mes_posterior',
      { fornecedor_id: A, descricao: `compra: ${fresh({ mes: '2504' }).replace(/(.{4})/g, '$1 ')}` },
      'issued a month after, in the text with blanks',
    ],
    [null, { fornecedor_id: A, descricao: `compra conforme a nota ${fresh()}` }, 'right, in the text'],
    [null, { fornecedor_id: A, descricao: `boleto ${wrong(fresh())} do banco` }, 'digits that are no key'],
    // our own notes, for what three suppliers sent us or took back
    ...['11222333000181', '00360305000104', '12ABC34501DE35'].map(
      (fornecedor_id): [null, LedgerEntry, string] => [
        null,
        { fornecedor_id, documento: fresh({ cnpj: OURS }) },
        'a note that we issue ourselves',
      ],
    ),
  ]
  const ids = await bookEntries(sql, ...cases.map(([, e]) => e))
  const by = new Map((await findings(sql, RULE_FUNCTION)).map((a) => [a.registro_id, a]))
  for (const [i, [type, , name]] of cases.entries()) {
    const finding = by.get(ids[i] as string)
    t.equal(finding?.evidencia.tipo ?? null, type, name)
    if (finding) t.same(finding.valores_propostos, {}, `${name}: nothing is proposed`)
  }
  const sentences = (type: string) => [...by.values()].find((a) => a.evidencia.tipo === type)?.justificativa
  t.match(sentences('chave_digito'), /dígito verificador/)
  t.match(
    sentences('chave_outra_empresa'),
    /emitida por 00360305000104.*fornecedor do lançamento é 11222333000181/,
  )
  t.match(
    sentences('chave_mes_posterior'),
    /emitida em 04\/2025, depois do mês do lançamento \(10\/03\/2025\)/,
  )
})

t.test('the same key twice is found, even where the number alone would not show it', async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  let number = 2000
  const A = '11.222.333/0001-81'
  const LATER = { data_lancamento: '2025-05-02' }
  const cases: [tipo: string | null, um: LedgerEntry, dois: LedgerEntry, nome: string][] = [
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
  const ids = await bookEntries(
    sql,
    ...cases.flatMap(([, um, two]) => {
      const note: LedgerEntry = { fornecedor_id: A, documento: key({ numero: ++number }), valor: 100 }
      if (um.valor_documento === undefined) note.valor = 100 + number
      const other = two.valor === -100 ? { ...two, valor: -Number(note.valor) } : two
      return [
        { ...note, ...um },
        { ...note, ...other },
      ]
    }),
  )
  const found = (await findings(sql, RULE_FUNCTION)).filter((a) => !a.valores_propostos['valor'])
  const by = new Map<string, RuleFinding>(found.map((a) => [a.registro_id, a]))
  for (const [i, [type, , , name]] of cases.entries()) {
    const finding = by.get(ids[2 * i + 1] as string)
    t.equal(finding?.evidencia.tipo ?? null, type, name)
    t.notOk(by.has(ids[2 * i] as string), `${name}: not the first`)
    if (type) t.equal(finding?.evidencia.gemeo.id, ids[2 * i], `${name}: the twin is named`)
  }
  // a window with only the later day sees the one half a year before, and the one whose key is in the text
  const theText = { fornecedor_id: A, descricao: `compra conforme NFe ${key({ numero: 5000 })}`, valor: 5000 }
  const [before] = await bookEntries(sql, theText, { ...theText, data_lancamento: '2025-05-02' })
  for (const [day, twin] of [
    ['2025-09-02', ids[2 * cases.findIndex(([, , d]) => d.data_lancamento === '2025-09-02')]],
    ['2025-05-02', before],
  ] as const) {
    t.ok(
      (await findings(sql, RULE_FUNCTION, { inicio: day, fim: day })).some(
        ({ evidencia: e }) => e.tipo === 'chave_repetida' && e.gemeo.id === twin,
      ),
      day,
    )
  }
  // three of one amount are instalments
  const three = { fornecedor_id: A, documento: key({ numero: 3333 }), valor: 3333 }
  await bookEntries(
    sql,
    three,
    { ...three, data_lancamento: '2025-04-10' },
    { ...three, data_lancamento: '2025-05-10' },
  )
  t.same(
    (await findings(sql, RULE_FUNCTION)).filter((a) => Number(a.valor_em_risco) === 3333),
    [],
  )
  // booked twice, reversed once
  const note: LedgerEntry = { fornecedor_id: A, documento: key({ numero: 77 }), valor: 77 }
  await bookEntries(
    sql,
    note,
    { ...note, data_lancamento: '2025-04-20' },
    { ...note, documento: 'NF 77', valor: -77, data_lancamento: '2025-04-25' },
  )
  t.same(
    (await findings(sql, RULE_FUNCTION)).filter((a) => Number(a.valor_em_risco) === 77),
    [],
  )
  await setSetting(sql, 'valores.dias_duplicidade', 366)
  const wide = (await findings(sql, RULE_FUNCTION)).filter((a) => a.evidencia.tipo === 'duplicidade_proxima')
  t.ok(wide.length > 1, 'with a year between them, the duplicate says so')
})

t.test('a code that identifies no company does not count as one', async (t) => {
  const { sql } = await testDatabase(t)
  const codes: [string, string | null][] = [
    ['12345.00', '12345'],
    ['12345,00', '12345'],
    ['11222333000181.00', '11222333'],
    ['4,567894000157E+12', null],
    ['4.567894000157E+12', null],
    ['ISENTO', null],
    ['Isento', null],
    ['isento ', null],
    ['99999999999999', null],
    ['99.999.999/9999-99', null],
    ['99999999', '99999999'],
    ['12E12', '12e12'],
  ]
  for (const [code, root] of codes) {
    const [row] = await sql`select regras.raiz_fornecedor(${code}) as root`
    t.equal(row?.['root'], root, code)
  }
})
