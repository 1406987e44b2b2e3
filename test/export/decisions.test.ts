// A sheet of decisions that comes back, whoever saved it, and whatever somebody put into it.
import { strict as assert } from 'node:assert'
import { execFile, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import fc from 'fast-check'
import t from 'tap'
import { ZipFile } from 'yazl'
import { readDecisions, SheetError } from '../../src/export/index.ts'
import { testDatabase } from '../helper/database.ts'
import { ROOT } from '../helper/files.ts'
import { exportSheet, fillIn, readRows, saveSheet } from '../helper/sheet.ts'
import { HOSTILE_TEXTS, seedFindings } from './findings.ts'

/** The lines of a file whose cells differ from those exported. */
async function changedRows(
  sql: Awaited<ReturnType<typeof testDatabase>>['sql'],
  file: Buffer,
): Promise<number[]> {
  const { lines } = await readDecisions(file)
  const found = await sql`
    select l.linha from jsonb_to_recordset(${JSON.stringify(lines)}::text::jsonb) as l (linha int, controle text, celulas jsonb)
    where split_part(l.controle, '-', 2) <> audit_interno.resumo_celulas(audit_interno.celulas_lidas(l.celulas)) `
  return found.map(({ linha }) => linha)
}

const findings = [
  ...HOSTILE_TEXTS.map((text) => ({
    justificativa: text,
    motivo: text,
    antes: { categoria: text },
    depois: { descricao: text, valor: 1.5 },
  })),
  {
    antes: { valor: -12345.6 },
    depois: { valor: 1234.5 },
    valor: '13580.10',
    quando: '2026-11-10T02:30:15.999Z',
  },
  { antes: { valor: 0 }, depois: { valor: 1e-9 }, valor: '0' },
  { antes: { valor: 1e22 }, valor: '12345678901234567.89' },
  { antes: { valor: 123456789012.345 }, valor: '123456789012345.6' },
  { justificativa: `${'é\r\n'.repeat(20_000)}` },
  { justificativa: '😀'.repeat(20_000), antes: { a: null, b: [1, { c: 'x' }], d: true } },
]

t.test('cells come back unchanged, from our own file and from one that another program saved', async (t) => {
  const { sql } = await testDatabase(t)
  await seedFindings(sql, findings)
  for (const language of ['pt-BR', 'en'] as const) {
    const file = await exportSheet(sql, {}, language)
    t.same(await changedRows(sql, file), [], `${language}: inline strings`)
    t.same(await changedRows(sql, await saveSheet(await readRows(file))), [], `${language}: shared strings`)
  }
})

t.test("a finding's line is recognised again, whatever it contains", async (t) => {
  const { sql } = await testDatabase(t)
  await seedFindings(sql, [{}])
  const part = fc.oneof(
    fc.constantFrom(
      ...'=+-@\t\r\n"\';,\\_\u0007\u000b\u001b\u007f\u0085\u00a0\u202e\u2066\ufeff\uffff＝é😀𝒳',
      '\r\n',
      '_x0041_',
      '_x005F_',
    ),
    fc.string({ unit: 'binary', maxLength: 4 }),
  )
  const text = fc
    .array(part, { maxLength: 8 })
    .map((parts) => parts.join('').replaceAll('\0', '').toWellFormed())
  const number = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 }),
    fc.integer(),
  )
  await fc.assert(
    fc.asyncProperty(
      text,
      text,
      number,
      fc.bigInt({ min: 0n, max: 10n ** 18n }),
      async (said, value, amount, cents) => {
        await sql.unsafe('alter table audit.divergencias_processadas disable trigger user')
        await sql`update audit.divergencias_processadas set justificativa = ${said}, motivo = ${value}, valor_em_risco = ${String(cents)}::numeric / 100,
        valores_originais = ${sql.json({ valor: amount })}, valores_propostos = ${sql.json({ categoria: value, valor: amount })}`
        const file = await exportSheet(sql, {})
        assert.deepEqual(await changedRows(sql, file), [])
        assert.deepEqual(await changedRows(sql, await saveSheet(await readRows(file))), [])
      },
    ),
    { numRuns: 60 },
  )
})

t.test('rows may be sorted, filtered, deleted and added, columns moved and added', async (t) => {
  const { sql } = await testDatabase(t)
  await seedFindings(sql, findings.slice(0, 8))
  const [heading = [], ...rows] = await readRows(await exportSheet(sql, {}))
  const order = heading.map((_, i) => i).reverse()
  const moved = [heading, ...rows.slice(2).reverse()].map((row) => [
    'à mão',
    ...order.map((i) => row[i] ?? null),
    null,
    'nota',
  ])
  const file = await saveSheet([['Fila de novembro'], [], ...moved, [], ['soma']])
  t.same(await changedRows(sql, file), [])
  const { lines } = await readDecisions(file)
  t.same(
    lines.map(({ linha, celulas }) => [linha, celulas['id']]),
    rows
      .slice(2)
      .reverse()
      .map((row, i) => [i + 4, row[2]]),
    'numbered as the spreadsheet shows them',
  )
})

t.test('a changed cell is noticed, a number typed again is not', async (t) => {
  const { sql } = await testDatabase(t)
  await seedFindings(sql, [{ antes: { valor: 10 }, depois: { categoria: '123' } }, {}, {}, {}, {}])
  const rows = await readRows(await exportSheet(sql, {}))
  const [heading = []] = rows
  const put = (line: number, title: string, value: string | number) => {
    ;(rows[line] as unknown[])[heading.indexOf(title)] = value
  }
  put(1, 'Registro', 1) // was text
  put(1, 'Depois', 123)
  put(1, 'Antes', '10')
  put(2, 'Confiança', 0.1235)
  put(3, 'Detectada em', 46_000.5)
  put(4, 'Divergência', 1)
  put(5, 'Tipo', 'outro')
  t.same(await changedRows(sql, await saveSheet(rows)), [3, 4, 5, 6])
})

/** A package of parts. */
async function pack(parts: Record<string, string | Buffer>): Promise<Buffer> {
  const zip = new ZipFile()
  for (const [path, content] of Object.entries(parts)) zip.addBuffer(Buffer.from(content as string), path)
  zip.end()
  return Buffer.concat(
    await (zip.outputStream as unknown as NodeJS.ReadableStream & { toArray(): Promise<Buffer[]> }).toArray(),
  )
}

const RELATIONSHIPS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const book = (sheet: string, more: Record<string, string | Buffer> = {}) =>
  pack({
    '_rels/.rels': `<Relationships><Relationship Id="a" Type="${RELATIONSHIPS}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    'xl/workbook.xml': `<workbook xmlns:r="${RELATIONSHIPS}"><sheets><sheet name="A" r:id="b" state="hidden"/></sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `<Relationships><Relationship Id="b" Type="${RELATIONSHIPS}/worksheet" Target="/xl/worksheets/sheet1.xml"/>
      <Relationship Id="c" Type="${RELATIONSHIPS}/sharedStrings" Target="sharedStrings.xml"/></Relationships>`,
    'xl/worksheets/sheet1.xml': sheet,
    ...more,
  })

/** A row of inline strings, or of cells as they are given. */
const theRow = (cells: readonly string[], attributes = '') =>
  `<x:row ${attributes}>${cells.map((cell) => (cell.startsWith('<') ? cell : `<x:c t="inlineStr"><x:is><x:t>${cell}</x:t></x:is></x:c>`)).join('')}</x:row>`

t.test('cells written by other programs are read as they display', async (t) => {
  const { sql } = await testDatabase(t)
  const [heading = []] = await readRows(await exportSheet(sql, {}))
  const titles = heading.map(String)
  const cells = titles.map(() => '<x:c/>')
  const with_ = (changes: Record<string, string>) => {
    const row = [...cells]
    for (const [title, cell] of Object.entries(changes)) row[titles.indexOf(title)] = cell
    return row
  }
  const file = await book(
    `<?xml version="1.0"?><x:worksheet xmlns:x="m"><x:sheetData>
      ${theRow(titles)}
      ${theRow(with_({ Divergência: '<x:c><x:v>1.2E1</x:v></x:c>', Decisão: '<x:c t="str"><x:f>IF(A1&gt;1,"aprovar","")</x:f><x:v>aprovar</x:v></x:c>' }), 'hidden="1"')}
      ${theRow(with_({ Divergência: '<x:c t="str"><x:f>A1</x:f></x:c>', Decisão: '<x:c><x:f>SE(1;2)</x:f></x:c>', Motivo: '<x:c t="e"><x:v>#REF!</x:v></x:c>' }), 'r="9"')}
      ${theRow(with_({ Motivo: '<x:c t="s"><x:v>0</x:v></x:c>', Regra: '<x:c t="b"><x:v>1</x:v></x:c>', 'Detectada em': '<x:c t="d"><x:v>2026-11-09T23:30:15</x:v></x:c>', Tipo: '<x:c t="inlineStr"><x:is><x:t>_x0041__x005F_</x:t></x:is></x:c>' }))}
    </x:sheetData></x:worksheet>`,
    {
      'xl/sharedStrings.xml':
        '<sst><si><r><t>duas </t></r><r><t>partes</t></r><rPh><t>não</t></rPh></si></sst>',
    },
  )
  const { lines } = await readDecisions(file)
  t.match(lines, [
    { linha: 2, decisao: 'aprovar', celulas: { id: 12 } },
    { linha: 9, decisao: '=SE(1;2)', motivo: '#REF!', celulas: { id: '=A1' } },
    { linha: 10, motivo: 'duas partes', celulas: { regra: true, tipo: 'A_' } },
  ])
  t.equal(
    Math.round(Number(lines[2]?.celulas['detectada_em']) * 86_400),
    Math.round((Date.UTC(2026, 10, 9, 23, 30, 15) / 86_400_000 + 25_569) * 86_400),
  )
})

t.test('foreign, damaged and malicious files are refused, each with its reason', async (t) => {
  const { sql } = await testDatabase(t)
  await seedFindings(sql, [{}, {}])
  const good = await exportSheet(sql, {})
  const rows = await readRows(good)
  const without = (title: string) => {
    const at = (rows[0] ?? []).indexOf(title)
    return rows.map((row) => row.filter((_, i) => i !== at))
  }
  const broken = Buffer.from(good)
  broken.fill(0x41, 400, 700)
  const zeros = Buffer.alloc(70 * 1024 * 1024, 0x20)
  const laughs = `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><worksheet><sheetData><row><c><v>&b;</v></c></row></sheetData></worksheet>`
  // A small entry that says it holds 4 bytes and unpacks to many: yauzl stops where the entry ends.
  const lying = Buffer.from(await book(`<worksheet>${' '.repeat(5_000_000)}</worksheet>`))
  for (let at = 0; at < lying.length - 4; at++)
    if (lying.readUInt32LE(at) === 5_000_023) lying.writeUInt32LE(4, at)
  const cases: [string, Buffer, string][] = [
    ['empty', Buffer.alloc(0), 'notXlsx'],
    ['text', Buffer.from('id;decisao\r\n1;aprovar\r\n'), 'notXlsx'],
    ['a ZIP of something else', await pack({ 'a.txt': 'x' }), 'notXlsx'],
    [
      'an old .xls, or one with a password',
      Buffer.from('d0cf11e0a1b11ae1000000000000000000', 'hex'),
      'locked',
    ],
    ['cut off', good.subarray(0, good.length - 100), 'notXlsx'],
    ['damaged inside', broken, 'damaged'],
    ['entities', await book(laughs), 'damaged'],
    ['a document type', await book('<!DOCTYPE x><worksheet/>'), 'damaged'],
    ['no XML', await book('<worksheet><row>'), 'damaged'],
    ['a bomb', await book('<worksheet/>', { 'xl/worksheets/sheet1.xml': zeros }), 'tooLarge'],
    ['a bomb that lies', lying, 'damaged'],
    [
      'many parts',
      await pack(Object.fromEntries(Array.from({ length: 2500 }, (_, i) => [`p${i}`, 'x']))),
      'tooLarge',
    ],
    ['large as it is', Buffer.alloc(10_000_001, 'PK'), 'tooLarge'],
    [
      'no columns of ours',
      await saveSheet([
        ['a', 'b'],
        [1, 2],
      ]),
      'noSheet',
    ],
    [
      'an export without decisions',
      await saveSheet(without('Controle').map((row) => row.slice(2))),
      'noSheet',
    ],
    ['a column deleted', await saveSheet(without('Sessão')), 'missing'],
    ['the control deleted', await saveSheet(without('Controle')), 'missing'],
    ['a column copied', await saveSheet(rows.map((row) => [...row, row[0] ?? null])), 'twice'],
    [
      'lines without end',
      await saveSheet([rows[0] ?? [], ...Array.from({ length: 10_001 }, () => [null, null, 1])]),
      'tooMany',
    ],
    ['a picture', readFileSync(join(ROOT, 'docs/review/queue.png')), 'notXlsx'],
  ]
  for (const [name, file, problem] of cases) {
    const error = await readDecisions(file).then(
      () => undefined,
      (failure: unknown) => failure,
    )
    t.ok(error instanceof SheetError, `${name}: ${error}`)
    t.equal((error as SheetError)?.problem, problem, name)
  }
  const decided = fillIn(rows, { [Number(rows[1]?.[2])]: ['aprovar'] })
  t.equal((await readDecisions(await saveSheet(decided))).lines.length, 2)
})

t.test(
  'LibreOffice opens and saves the sheet, and every line is recognised',
  { skip: spawnSync('soffice', ['--version']).status !== 0 && 'there is no soffice' },
  async (t) => {
    const { sql } = await testDatabase(t)
    await seedFindings(sql, findings)
    const directory = await mkdtemp(join(tmpdir(), 'planilha-'))
    t.teardown(() => rm(directory, { recursive: true }))
    const path = join(directory, 'fila.xlsx')
    await writeFile(path, await exportSheet(sql, {}))
    await promisify(execFile)('soffice', [
      `-env:UserInstallation=file://${directory}/profile`,
      '--headless',
      '--convert-to',
      'xlsx:Calc MS Excel 2007 XML',
      '--outdir',
      join(directory, 'salva'),
      path,
    ])
    const saved = await readFile(join(directory, 'salva/fila.xlsx'))
    const { lines } = await readDecisions(saved)
    t.equal(lines.length, findings.length)
    t.same(await changedRows(sql, saved), [])
  },
)
