// Much of the same: validacao_valores over a table of one supplier and one day, in every shape of a flood. Each must stay in proportion:
// what a row costs in the whole table is held against what it costs in a tenth of it.
import { readFileSync } from 'node:fs'
import { connect, type Sql } from '../../../src/db/connection.ts'
import type { Measure, Result } from '../harness.ts'
import { ALL, emptyDatabase } from '../warehouse.ts'

const KEY = '35250311222333000181550010001234561123456789'

/** Number, amount and amount of the document of the ith entry. */
const SHAPES: Record<string, string> = {
  'one document, amount and day': `'TAR 01', 12.5, null`,
  'no number': `'S/N', 12.5, null`,
  'one access key': `'${KEY}', 80, null`,
  'one access key in many amounts': `'${KEY}', 80 + i / 100.0, null`,
  'numbers that differ in zeros alone': `repeat('0', (i % 190)::int) || '77', 80, null`,
  'partial reversals of one number': `'NF 7', case when i % 3 = 2 then -(1 + i * 0.01) else 100 + (i / 3) * 0.01 end, null`,
  'a document twice and a part reversed': `'NF ' || i / 3, case when i % 3 = 2 then -40 else 100 end, null`,
  'parts in the number': `'NF 345 P' || 1 + i % 99, 80, null`,
  'shares of one document': `'NF 9', 10, 1000000`,
  'turned signs': `'NF ' || i, -10 - i, 10 + i`,
}

/** Processor time of a server's process so far, in seconds; undefined where the system does not say. */
function spent(pid: number): number | undefined {
  try {
    const [user = 0, system = 0] =
      readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ').slice(11, 13).map(Number) ?? []
    return (user + system) / 100
  } catch {
    return undefined
  }
}

async function flood(sql: Sql, shape: string, rows: number): Promise<{ took: number; memory: number }> {
  await sql`truncate dw.lancamentos`
  await sql.unsafe(`
    insert into dw.lancamentos (id, data_lancamento, carregado_em, filial, centro_custo, categoria, fornecedor_id, fornecedor, descricao,
      documento, valor, valor_documento)
    select i, '2025-03-10', '2025-03-11 12:00+00', 'Matriz', 'Adm', 'Serviços', 'F1', 'Banco Um', 'tarifa', ${shape}
    from generate_series(1, ${rows}::bigint) i`)
  await sql`vacuum analyze dw.lancamentos`
  const [row] = await sql`select pg_backend_pid()::int as pid`
  const before = spent(row?.['pid'])
  const began = performance.now()
  await sql.unsafe(`select count(*) from regra_validacao_valores.detectar(${ALL})`)
  const after = spent(row?.['pid'])
  const took =
    before === undefined || after === undefined ? (performance.now() - began) / 1000 : after - before
  const peak =
    before === undefined
      ? undefined
      : /VmHWM:\s*(\d+)/.exec(readFileSync(`/proc/${row?.['pid']}/status`, 'utf8'))?.[1]
  return { took, memory: Number(peak ?? 0) / 1024 }
}

export const inundacoes: Measure = {
  name: 'inundacoes',
  async run({ serverUrl, rows, runs, say }) {
    const url = await emptyDatabase(serverUrl, 'conferente_bench_inundacoes')
    const first = connect(url, { max: 1 })
    await first.unsafe(`
      create schema dw;
      create table dw.lancamentos (id bigint primary key, data_lancamento date, carregado_em timestamptz, filial text, centro_custo text,
        conta_contabil text, categoria text, fornecedor_id text, fornecedor text, documento text, descricao text, valor numeric(18,2),
        valor_documento numeric(18,2), valor_desconto numeric(18,2));
      create index on dw.lancamentos (data_lancamento);
      create index on dw.lancamentos (carregado_em);
      grant usage on schema dw to conferente_regra; grant select on dw.lancamentos to conferente_regra`)
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
          const { took, memory } = await flood(sql, shape, size)
          await sql.end()
          say(`  ${name}, ${size} rows: ${took.toFixed(2)} s, ${memory.toFixed(0)} MB`)
          to.push((took / size) * 1e6)
        }
      }
      results.push({
        name: 'inundacoes',
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
