// LibreOffice opens what we export: nothing to repair, and its cells are ours.
import { execFile, spawnSync } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { parse } from 'csv-parse/sync'
import t from 'tap'
import { inTransaction } from '../../src/export/index.ts'
import { readOut } from '../../src/export/read.ts'
import { xlsx } from '../../src/export/xlsx.ts'
import { catalogue } from '../../src/i18n/index.ts'
import { testDatabase } from '../helper/database.ts'
import { HOSTILE_TEXTS, seedFindings } from './findings.ts'

const skip = spawnSync('soffice', ['--version']).status !== 0 && 'there is no soffice'

t.test(
  'LibreOffice opens a spreadsheet of hostile findings, and the cells read back the same',
  { skip },
  async (t) => {
    const { sql } = await testDatabase(t)
    const directory = await mkdtemp(join(tmpdir(), 'planilha-'))
    t.teardown(() => rm(directory, { recursive: true }))
    const findings = Array.from({ length: 3000 }, (_, i) => ({
      justificativa: HOSTILE_TEXTS[i % HOSTILE_TEXTS.length] ?? '',
      antes: { valor: -1234.5 },
      quando: '2026-11-10T02:30:15Z',
    }))
    await seedFindings(sql, findings)
    const book = join(directory, 'achados.xlsx')
    const made = readOut(
      inTransaction(sql),
      xlsx({}, catalogue('pt-BR'), 'pt-BR', { mostRows: 2001 }),
      () => {},
    )
    await pipeline(made, createWriteStream(book))
    // Each sheet to a separate file, UTF-8, values as they are and not as they look.
    const filter = 'csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1'
    await promisify(execFile)(
      'soffice',
      [
        `-env:UserInstallation=file://${directory}/profile`,
        '--headless',
        '--convert-to',
        filter,
        '--outdir',
        directory,
        book,
      ],
      { env: { ...process.env, LC_ALL: 'C.UTF-8' } },
    )
    const sheet = async (name: string) =>
      parse(await readFile(join(directory, `achados-${name}.csv`)), { bom: true }) as string[][]
    const first = await sheet('Divergências')
    const second = await sheet('Divergências 2')
    t.same([first.length, second.length], [2001, 1001])
    t.same(second[0], first[0], 'the heading is repeated on each')
    const rows = [...first.slice(1), ...second.slice(1)]
    t.same(
      rows.map((row) => row[13]),
      findings.map(({ justificativa }) => justificativa),
    )
    t.match(rows[0], { 8: '12.34%', 9: '10', 11: '-1234.5', 14: '2026' })
  },
)
