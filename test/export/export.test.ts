import { strict as assert } from 'node:assert'
import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { readXlsx } from 'hucre/xlsx'
import t from 'tap'
import { connect, type Sql } from '../../src/db/connection.ts'
import {
  auditExport,
  type ExportOptions,
  exportFindings,
  type FindingsFilter,
  inTransaction,
} from '../../src/export/index.ts'
import { readOut } from '../../src/export/read.ts'
import { xlsx } from '../../src/export/xlsx.ts'
import { catalogue } from '../../src/i18n/index.ts'
import { testDatabase } from '../helper/database.ts'
import { one, scenario, sqlstate } from '../helper/scenario.ts'
import { seedFindings } from './findings.ts'

const PLAIN: ExportOptions = { format: 'csv', dialect: 'rfc4180', language: 'pt-BR' }
const BRAZILIAN: ExportOptions = { format: 'csv', language: 'pt-BR' }
const SHEET: ExportOptions = { format: 'xlsx', language: 'pt-BR' }

async function bytes(sql: Sql, options: ExportOptions, filter: FindingsFilter = {}): Promise<Buffer> {
  return Buffer.concat(await exportFindings(inTransaction(sql), filter, options).stream.toArray())
}

/** Whether a spreadsheet would calculate it. */
const formula = (text: string) => /^[=+\-@\t\r\n＝＋－＠]/.test(text)
/** Marks what would not be seen, or would turn the text around. */
const visible = (text: string) =>
  text.replace(/(?![\t\n\r])\p{Cc}|[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '\ufffd')
const defused = (text: string) => visible(formula(text) ? `'${text}` : text)

// What people write, and should not: PostgreSQL keeps everything but NUL and lone surrogates.
const ODD = [
  ...'=+-@\t\r\n"\';,\\_\u0007\u000b\u001b\u007f\u0085\u202e\u2066\u200f\ufeff\uffff＝é😀𝒳',
  '\r\n',
  '_x0041_',
  '\\N',
  '\\.',
]
const text = fc
  .array(fc.oneof(fc.constantFrom(...ODD), fc.string({ unit: 'binary', maxLength: 3 })), { maxLength: 6 })
  .map((parts) => parts.join('').replaceAll('\0', '').toWellFormed())

/** Deletes another test's findings, as only a test's superuser could. */
async function clearAll(sql: Sql): Promise<void> {
  await sql.unsafe(`alter table audit.divergencias_processadas disable trigger user;
    delete from audit.divergencias_processadas; alter table audit.divergencias_processadas enable trigger user`)
}

t.test('findings come back exactly from a CSV, with formulas disarmed', async (t) => {
  const { sql } = await testDatabase(t)
  const finding = fc.record({
    justificativa: text,
    motivo: fc.option(text),
    antes: fc.record({ categoria: text }),
    depois: fc.record({ valor: fc.integer({ min: -99, max: 99 }) }),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(finding, { minLength: 1, maxLength: 40 }), async (findings) => {
      await clearAll(sql)
      await seedFindings(sql, findings)
      for (const options of [PLAIN, BRAZILIAN]) {
        const rows = table(await bytes(sql, options), options)
        const found = rows.slice(1).map((row) => [row[11], row[12], row[13], row[20]])
        const expected = findings.map((f) => [
          /^-\d+$/.test(f.antes.categoria) ? f.antes.categoria : defused(f.antes.categoria),
          String(f.depois.valor),
          defused(f.justificativa),
          defused(f.motivo ?? ''),
        ])
        assert.deepEqual(found, expected)
      }
    }),
    { numRuns: 30 },
  )
})

const table = (file: Buffer, { dialect }: ExportOptions): string[][] =>
  parse(file, { bom: true, delimiter: dialect === 'rfc4180' ? ',' : ';', record_delimiter: '\r\n' })

t.test('findings come back exactly from a spreadsheet, as text and never as a formula', async (t) => {
  const { sql } = await testDatabase(t)
  await fc.assert(
    fc.asyncProperty(fc.array(text, { minLength: 1, maxLength: 40 }), async (texts) => {
      await clearAll(sql)
      await seedFindings(
        sql,
        texts.map((justificativa) => ({ justificativa })),
      )
      const book = await readXlsx(await bytes(sql, SHEET), { readStyles: true })
      const sheet = book.sheets[0]
      const cells = (sheet?.rows.slice(1) ?? []).map((row) => String(row[13] ?? ''))
      assert.deepEqual(
        cells,
        texts.map((s) => visible(s.replaceAll('\r\n', '\n'))),
      )
      assert.equal([...(sheet?.cells ?? [])].filter(([, cell]) => cell.formula !== undefined).length, 0)
    }),
    { numRuns: 30 },
  )
})

t.test('a Brazilian Excel opens one dialect directly, programs read the other as RFC 4180', async (t) => {
  const { sql } = await testDatabase(t)
  await seedFindings(sql, [
    {
      antes: { valor: -12345.6 },
      depois: { valor: 1234.5 },
      valor: '13580.10',
      quando: '2026-11-10T02:30:15Z',
    },
    { antes: { categoria: 'A', valor: 1.5 }, depois: {}, justificativa: 'diz "sim"; ou não\nlinha' },
  ])
  const brazilian = (await bytes(sql, BRAZILIAN)).toString()
  t.ok(brazilian.startsWith('\ufeffDivergência;Sessão;'), 'byte order mark and headings')
  t.match(
    brazilian,
    ';0,1234;13580,10;valor;-12345,6;1234,5;x;09/11/2026 23:30:15;',
    'decimal commas, day first, São Paulo time; a negative number is not a formula',
  )
  t.match(brazilian, ';;"valor: 1,5; categoria: A";;')
  t.match(brazilian, '"diz ""sim""; ou não\nlinha"')
  t.notMatch(brazilian.replaceAll('\r\n', '').replace('não\nlinha', ''), /[\r\n]/, 'lines end with CR LF')
  const plain = (await bytes(sql, PLAIN)).toString()
  t.ok(plain.startsWith('id,sessao_id,'), 'no byte order mark, column names')
  t.match(plain, ',0.1234,13580.10,valor,-12345.6,1234.5,x,2026-11-09T23:30:15-03:00,')
})

t.test('a spreadsheet has numbers, dates, widths, a fixed heading and a filter', async (t) => {
  const { sql } = await testDatabase(t)
  await seedFindings(sql, [
    {
      antes: { valor: -12345.6 },
      depois: { valor: 1234.5 },
      valor: '13580.10',
      quando: '2026-11-10T02:30:15Z',
    },
    {
      antes: { valor: 1 },
      depois: { valor: 2 },
      valor: '12345678901234567.89',
      justificativa: 'é'.repeat(40_000),
    },
    { justificativa: `${'x'.repeat(32_736)}😀😀😀😀${'x'.repeat(100)}` },
  ])
  const book = await readXlsx(await bytes(sql, SHEET), { readStyles: true })
  const sheet = book.sheets[0]
  const row = sheet?.rows[1] ?? []
  t.match(sheet, { name: 'Divergências', freezePane: { rows: 1 }, autoFilter: { range: 'A1:V4' } })
  t.equal(sheet?.rows[0]?.[9], 'Valor em risco (R$)')
  t.equal(typeof row[0], 'number')
  t.equal(row[6], '1', 'a key is written as text')
  t.equal(row[8], 0.1234)
  t.equal(row[9], 13580.1)
  t.same([row[11], row[12]], [-12345.6, 1234.5], 'numeric values are numbers')
  t.match(row[14], new Date('2026-11-09T23:30:15Z'), "São Paulo's wall clock")
  t.ok(sheet?.columns?.every(({ width }) => Number(width) >= 10))
  t.equal(
    sheet?.rows[2]?.[9],
    '12345678901234567.89',
    'numbers with more digits than a spreadsheet keeps stay text',
  )
  const long = String(sheet?.rows[2]?.[13])
  t.equal(long.length, 32_767)
  t.ok(long.endsWith(catalogue('pt-BR').exportar.cut), 'it shows where text was cut')
  t.ok(String(sheet?.rows[3]?.[13]).isWellFormed(), 'and no character is cut in two')
})

t.test('rows that do not fit on a sheet continue on the next', async (t) => {
  const { sql } = await testDatabase(t)
  await seedFindings(
    sql,
    Array.from({ length: 25 }, () => ({})),
  )
  for (const [most, lengths] of [
    [11, [11, 11, 6]],
    [26, [26]],
    [14, [14, 13]],
  ] as const) {
    const stream = readOut(
      inTransaction(sql),
      xlsx({}, catalogue('pt-BR'), 'pt-BR', { mostRows: most }),
      () => {},
    )
    const { sheets } = await readXlsx(Buffer.concat(await stream.toArray()))
    t.same(
      sheets.map(({ rows }) => rows.length),
      lengths,
    )
    t.same(
      sheets.flatMap(({ rows }) => rows.slice(1).map((row) => row[6])),
      Array.from({ length: 25 }, (_, i) => String(i + 1)),
    )
    t.ok(sheets.every(({ rows }) => rows[0]?.[0] === 'Divergência'))
  }
})

t.test('without findings, the file has only headings', async (t) => {
  const { sql } = await testDatabase(t)
  t.equal(table(await bytes(sql, BRAZILIAN), BRAZILIAN).length, 1)
  t.equal((await readXlsx(await bytes(sql, SHEET))).sheets[0]?.rows.length, 1)
})

t.test('filters select, and quote any value', async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1 }, { id: 2, confianca: 0.5 })
  const first = String((await c.runSession('manual'))['id'])
  await c.book({ id: 3 })
  const second = String((await c.runSession('manual'))['id'])
  await c.reject('ana', (await c.finding(2)).id)
  const leo = c.asPerson('leo')
  const keys = async (filter: FindingsFilter) =>
    table(await bytes(leo, PLAIN, filter), PLAIN)
      .slice(1)
      .map((row) => row[6])
      .join(' ')
  t.equal(await keys({}), '1 2 3', 'a reader may export')
  t.equal(await keys({ sessao: first }), '1 2', 'found by that session, though found again later')
  t.equal(await keys({ sessao: second }), '1 2 3')
  t.equal(await keys({ status: ['rejeitada', 'falha'] }), '2')
  t.equal(await keys({ regra: 'errada' }), '1 2 3')
  t.equal(await keys({ regra: `x') or true or ('\\' = '` }), '')
  const [day] = await c.sql`select (now() at time zone 'America/Sao_Paulo')::date::text as today`
  const today = day?.['today'] as string
  t.equal(await keys({ dataInicio: '2026-01-01', dataFim: '2999-12-31' }), '1 2 3')
  t.equal(await keys({ dataFim: '2020-01-01' }), '')
  t.ok(today)
  t.equal(await sqlstate(bytes(c.asPerson('ninguem'), PLAIN)), '42501')
  t.equal(await sqlstate(bytes(leo, SHEET, { dataFim: 'ontem' })), '22007')
})

/** More than fits in all the buffers on the way. */
async function wideOnes(sql: Sql): Promise<void> {
  await seedFindings(
    sql,
    Array.from({ length: 1500 }, () => ({})),
  )
  await sql`update audit.divergencias_processadas set justificativa = repeat('é', 20000)`
}

/** Waits until rows have come. There are many more than the buffers hold, so the cursor pauses before the next ones. */
async function arrivedAt(read: { readonly rows: number }): Promise<void> {
  for (const deadline = Date.now() + 60_000; read.rows === 0; await sleep(10)) {
    if (Date.now() > deadline) throw new Error('no rows came')
  }
}

t.test('when a reader goes away, nothing keeps running and the connection is free', async (t) => {
  const { sql, url } = await testDatabase(t)
  const one = connect(url, { max: 1 })
  t.teardown(() => one.end())
  await wideOnes(sql)
  for (const options of [SHEET, PLAIN, BRAZILIAN, SHEET, SHEET]) {
    const read = exportFindings(inTransaction(one), {}, options)
    await arrivedAt(read)
    read.stream.destroy()
    t.equal((await one`select 1 as um`)[0]?.['um'], 1, 'the only connection answers')
    const [busy] = await sql`select count(*)::int as n from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend' and state <> 'idle'`
    t.equal(busy?.['n'], 0)
    t.ok(read.rows < 1500)
  }
})

t.test('an error before the first rows reaches only the reader', async (t) => {
  const { sql } = await testDatabase(t)
  async function* slow(batches: Readable) {
    await sleep(500)
    yield* batches
  }
  const stream = readOut(
    inTransaction(sql),
    {
      statement: { text: 'select 1 / 0 as um', values: [] },
      shape: (batches) => Readable.from(slow(batches)),
    },
    () => {},
  )
  t.equal(await sqlstate(stream.toArray()), '22012')
})

t.test('an export is an audited operation, for every reader and however it ends', async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1 }, { id: 2 })
  await c.runSession('manual')
  const leo = inTransaction(c.asPerson('leo'))
  const whole = await auditExport(leo, { status: ['aberta'] }, { ...PLAIN }, 'auditoria externa')
  const file = Buffer.concat(await whole.stream.toArray())
  const sha256 = createHash('sha256').update(file).digest('hex')
  const record = await whole.recorded
  t.match(record, { linhas: 2, bytes: file.length, sha256 })
  const operation = async (id: bigint) => {
    await c.sql`select audit_interno.selar()` // what a person did in psql waits for the engine's next commit
    return one(
      await c.sql`select tipo, status, linhas::int, ator, motivo, detalhes, selo is not null as selada
      from audit.operacoes where id = ${id}`,
    )
  }
  t.match(await operation(record.operacao), {
    tipo: 'exportacao',
    status: 'concluida',
    linhas: 2,
    ator: 'leo',
    motivo: 'auditoria externa',
    detalhes: {
      formato: 'csv',
      dialeto: 'rfc4180',
      filtro: { status: ['aberta'] },
      sha256,
      bytes: file.length,
    },
    selada: true,
  })

  const left = await auditExport(leo, {}, SHEET)
  left.stream.destroy()
  await t.rejects(left.recorded)
  const [gone] = await c.sql`select max(id) as id from audit.operacoes`
  t.match(await operation(gone?.['id']), { status: 'falhou', selada: true })

  const broken = await auditExport(leo, { dataFim: 'ontem' }, PLAIN)
  await t.rejects(broken.stream.toArray(), { code: '22007' })
  await t.rejects(broken.recorded, { code: '22007' })
  const [failed] = await c.sql`select max(id) as id from audit.operacoes`
  t.match(await operation(failed?.['id']), { status: 'falhou', detalhes: { erro: /ontem/ } })

  const blank = c.asPerson('leo')`select audit.registrar_exportacao('{}', ' ')`
  t.equal(await sqlstate(blank), 'NC006')
  t.equal(await sqlstate(c.asPerson('leo')`select audit.registrar_operacao('externa', 'x')`), '42501')
})

t.test('only the process that writes an export can end its record, not its reader', async (t) => {
  const c = await scenario(t)
  await seedFindings(
    c.sql,
    Array.from({ length: 2000 }, (_, i) => ({ justificativa: `achado ${i}` })),
  )
  const leo = c.asPerson('leo')
  const exported = await auditExport(inTransaction(leo), {}, PLAIN)
  const { id } = one(await c.sql`select id from audit.operacoes where tipo = 'exportacao'`)
  const other = c.connectAs('leo')
  t.equal(await sqlstate(other`select audit.finalizar_operacao(${id}, linhas => 3)`), 'NC007')
  t.equal(
    await sqlstate(
      other`select audit.finalizar_operacao(${id}, linhas => 3, detalhes => '{"chave": "adivinhada"}')`,
    ),
    'NC007',
  )
  t.equal(
    await sqlstate(other`select audit.finalizar_operacao(${id}, linhas => 3, detalhes => null)`),
    'NC007',
  )
  await Readable.from(exported.stream).toArray()
  const { operacao } = await exported.recorded
  const kept = one(await c.sql`select linhas, status, detalhes from audit.operacoes where id = ${operacao}`)
  t.match(kept, { linhas: 2000n, status: 'concluida' })
  t.notOk('chave' in kept['detalhes'], 'its key is not kept')
})
