// Exports of a million findings, against psql's own copy of the same query.
import { join } from 'node:path'
import { connect } from '../../../src/db/connection.ts'
import { PLAIN_COLUMNS } from '../../../src/export/csv.ts'
import { alternate, type Measure, type Result, seconds } from '../harness.ts'
import { inChild, psql } from '../process.ts'
import { emptyDatabase, synthesise } from '../warehouse.ts'

const MOST = 1_000_000

const KINDS = [
  { name: 'csv', args: ['csv', 'rfc4180'], work: 'CSV, plain', bar: 1.5, memory: 200 },
  { name: 'csv_ptbr', args: ['csv', 'pt-BR'], work: 'CSV, pt-BR', bar: 6, memory: 300 },
  { name: 'xlsx', args: ['xlsx', ''], work: 'XLSX', bar: 15, memory: 300 },
] as const

export const exporting: Measure = {
  name: 'export',
  async run({ serverUrl, rows, runs, dir, say }) {
    const count = Math.min(MOST, Math.round(rows / 2))
    const url = await emptyDatabase(serverUrl, 'conferente_bench_exporta')
    const sql = connect(url, { max: 1 })
    try {
      await synthesise(sql, count)
      const query = `select ${PLAIN_COLUMNS.join(', ')} from audit.exportar_divergencias() as d order by d.id`
      const copied = `\\copy (${query.replaceAll(/\s+/g, ' ')}) to '${join(dir, 'psql.csv')}' (format csv, header)`
      const results: Result[] = []
      for (const { name, args, work, bar, memory } of KINDS) {
        const sizes: number[] = []
        const measured = await alternate(runs, {
          floor: () => seconds(() => psql(url, copied)),
          ours: () =>
            seconds(async () => {
              sizes.push(await inChild('exportar', url, ...args, join(dir, 'export')))
            }),
        })
        say(`  ${name}: ${sizes.map((size) => size.toFixed(0)).join(', ')} MB resident`)
        results.push(
          {
            name: `export_${name}`,
            work: `${work}: ${count} findings`,
            floor: "`psql \\copy` of the plain CSV's query",
            unit: 's',
            ...measured,
            bar,
          },
          {
            name: `export_${name}_memory`,
            work: `${work}: greatest resident memory`,
            floor: '',
            unit: 'MB',
            floorRuns: [],
            runs: sizes,
            bar: memory,
          },
        )
      }
      return results
    } finally {
      await sql.end()
    }
  },
}
