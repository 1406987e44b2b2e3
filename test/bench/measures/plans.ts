// The same work where plans could go wrong: each form of table and setting against the ordinary, analysed warehouse.
import { connect, type Sql } from '../../../src/db/connection.ts'
import { conductSession } from '../../../src/session/session.ts'
import { alternate, type Measure, type Result, seconds } from '../harness.ts'
import { damage, prepare, RULE, trustAgain } from '../warehouse.ts'

const MOST_ROWS = 100_000

const ALL = { dataInicio: '1990-01-01', dataFim: '2100-12-31' }
const NEVER = { signal: new AbortController().signal }

/** Every engine function: a session of the bundled rules, one that corrects a tenth, and its rollback. */
async function everything(sql: Sql, expected: number): Promise<void> {
  const manual = await conductSession(sql, { modo: 'manual', ...ALL }, {}, NEVER)
  if (manual['falhas'] !== 0n || String(manual['status']).startsWith('fal'))
    throw new Error(`${manual['mensagem']}`)
  await trustAgain(sql)
  const auto = await conductSession(sql, { modo: 'auto', ...ALL, regras: [RULE] }, {}, NEVER)
  // A few may be contested by the bundled rules' findings on the same rows.
  if (Number(auto['corrigidas']) < expected * 0.95)
    throw new Error(`corrected ${auto['corrigidas']}: ${auto['mensagem']}`)
  if (expected > 0) await sql`select count(*) from audit.reverter_sessao(${auto['id'] as bigint}, 'bancada')`
}

interface Shape {
  readonly name: string
  readonly work: string
  make(sql: Sql): Promise<unknown>
}

/** As right after a load: tables of any size without statistics. */
const forget = (sql: Sql) =>
  sql.begin(async (tx) => {
    const mine = tx`select c.oid from pg_class c where c.relnamespace in ('dw'::regnamespace, 'bancada'::regnamespace, 'audit'::regnamespace)`
    await tx`delete from pg_statistic where starelid in (${mine})`
    await tx`update pg_class set reltuples = -1, relpages = 0 where relkind = 'r' and oid in (${mine})`
  })

const SHAPES: readonly Shape[] = [
  {
    name: 'no_statistics',
    work: 'right after a load, without statistics',
    make: forget,
  },
  {
    name: 'skewed',
    work: 'one supplier with 40% of the rows',
    make: async (sql) => {
      await sql`
        update dw.lancamentos t set fornecedor_id = m.fornecedor_id, fornecedor = m.fornecedor
        from (select fornecedor_id, fornecedor from dw.lancamentos where fornecedor_id is not null order by id limit 1) m
        where t.id % 5 < 2`
      await sql`vacuum analyze`
    },
  },
  {
    name: 'months_120',
    work: 'a table of 120 monthly partitions',
    make: async (sql) => {
      await sql
        .unsafe(`
        select format('create table dw.fato_lancamentos_%s partition of dw.fato_lancamentos for values from (%L) to (%L) with (fillfactor = 85)',
          to_char(m, 'YYYY_MM'), m::date, (m + interval '1 month')::date) as feito
        from generate_series(timestamp '2016-11-01', '2025-10-01', '1 month') as m`)
        .then(async (rows) => {
          for (const { feito } of rows) await sql.unsafe(feito)
        })
      await sql`
        update dw.fato_lancamentos set data_lancamento = data_lancamento - (id * 10 / (select max(id) + 1 from dw.fato_lancamentos)) * interval '12 months'`
      await sql`vacuum analyze`
    },
  },
  {
    name: 'work_mem_4mb',
    work: 'work_mem 4 MB, no parallel query',
    make: (sql) => sql.unsafe(`set work_mem = '4MB'; set max_parallel_workers_per_gather = 0`),
  },
  {
    name: 'work_mem_256mb',
    work: 'work_mem 256 MB, parallel query',
    make: (sql) => sql.unsafe(`set work_mem = '256MB'; set max_parallel_workers_per_gather = 2`),
  },
]

export const plans: Measure = {
  name: 'plans',
  async run({ serverUrl, rows, runs, say }) {
    const size = Math.min(rows, MOST_ROWS)
    const open = async (name: string) =>
      connect(await prepare(serverUrl, `conferente_bench_${name}`, size), { max: 1 })
    const usual = await open('usual')
    const targets = async (sql: Sql) => Number((await sql`select count(*) as n from bancada.alvo`)[0]?.['n'])
    const results: Result[] = []
    let damages = 0 // a different wrong category each time, because what was rolled back stays silent
    try {
      for (const { name, work, make } of SHAPES) {
        const shaped = await open(name)
        try {
          await damage(shaped, ++damages)
          await make(shaped)
          const measured = await alternate(runs, {
            floor: async () => {
              await damage(usual, ++damages)
              await usual`vacuum analyze`
              return seconds(async () => everything(usual, await targets(usual)))
            },
            ours: async () => {
              await damage(shaped, ++damages)
              if (name === 'sem_estatisticas') await forget(shaped)
              return seconds(async () => everything(shaped, await targets(shaped)))
            },
          })
          results.push({
            name: `plans_${name}`,
            work: `detect, correct a tenth, roll back: ${work}`,
            floor: `the same ${size} rows, analysed, default settings`,
            unit: 's',
            ...measured,
            bar: 3,
          })
          say(
            `  ${name}: ${measured.runs.map((t) => t.toFixed(1)).join(', ')} s; usual ${measured.floorRuns.map((t) => t.toFixed(1)).join(', ')} s`,
          )
        } finally {
          await shaped.end()
        }
      }
      await usual.unsafe('truncate bancada.alvo; delete from dw.fato_lancamentos')
      results.push({
        name: 'plans_empty',
        work: 'detect and correct: an empty table',
        floor: '',
        unit: 's',
        floorRuns: [],
        runs: [await seconds(() => everything(usual, 0))],
        bar: 5,
      })
      return results
    } finally {
      await usual.end()
    }
  },
}
