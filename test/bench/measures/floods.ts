// Much of the same: validacao_valores over a table of one supplier and one day, in every shape of a flood. Each must stay in proportion:
// what a row costs in the whole table is held against what it costs in a tenth of it. Processor time of the server's one process, which
// does not depend on what else the machine does.
import { readFileSync } from 'node:fs'
import { connect, type Sql } from '../../../src/db/connection.ts'
import { pour, SHAPES } from '../../helper/floods.ts'
import { makeWarehouse } from '../../helper/warehouse.ts'
import type { Measure, Result } from '../harness.ts'
import { spent } from '../processor.ts'
import { ALL, emptyDatabase } from '../warehouse.ts'

async function measureFlood(
  sql: Sql,
  shape: string,
  rows: number,
): Promise<{ took: number; memory: number; findings: number }> {
  await pour(sql, shape, rows)
  await sql`vacuum analyze dw.lancamentos`
  await sql`set max_parallel_workers_per_gather = 0` // others' time would not be counted
  const [row] = await sql`select pg_backend_pid()::int as pid`
  const before = spent(row?.['pid'])
  const began = performance.now()
  const [found] = await sql.unsafe(`select count(*)::int as n from regra_validacao_valores.detectar(${ALL})`)
  const after = spent(row?.['pid'])
  const took =
    before === undefined || after === undefined ? (performance.now() - began) / 1000 : after - before
  const peak =
    before === undefined
      ? undefined
      : /VmHWM:\s*(\d+)/.exec(readFileSync(`/proc/${row?.['pid']}/status`, 'utf8'))?.[1]
  return { took, memory: Number(peak ?? 0) / 1024, findings: found?.['n'] }
}

export const floods: Measure = {
  name: 'floods',
  apart: true,
  async run({ serverUrl, flood: { rows, runs }, say }) {
    const url = await emptyDatabase(serverUrl, 'conferente_bench_inundacoes')
    const first = connect(url, { max: 1 })
    await makeWarehouse(first)
    await first`create index on dw.lancamentos (data_lancamento)`
    await first`create index on dw.lancamentos (carregado_em)`
    await first.end()
    const results: Result[] = []
    for (const [name, shape] of Object.entries(SHAPES)) {
      const measured = { floorRuns: [] as number[], runs: [] as number[] }
      for (let run = 0; run < runs; run++) {
        for (const [size, to] of [
          [Math.round(rows / 10), measured.floorRuns],
          [rows, measured.runs],
        ] as const) {
          const sql = connect(url, { max: 1 }) // each in a process of its own, whose memory is then known
          const { took, memory, findings } = await measureFlood(sql, shape, size)
          await sql.end()
          say(`  ${name}, ${size} rows: ${took.toFixed(2)} s, ${memory.toFixed(0)} MB, ${findings} findings`)
          to.push((took / size) * 1e6)
        }
      }
      results.push({
        name: 'floods',
        work: `a million rows of ${name}, at ${rows} rows`,
        floor: `at ${Math.round(rows / 10)} rows`,
        unit: 's',
        ...measured,
        bar: 1.5,
      })
    }
    return results
  },
}
