// `npm run bench -- --rows 2000000 --only correcao --only start --runs 5 --json bench.json`
// Measures against what people would use instead, in one process and database (see docs/performance.md). Takes about half an hour at 2,000,000 rows.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { connect } from '../../src/db/connection.ts'
import { serverBelow } from '../helper/throwaway.ts'
import { isMet, type Measure, measureBy, type Result } from './harness.ts'
import { correcting } from './measures/correction.ts'
import { doors } from './measures/doors.ts'
import { dw } from './measures/dw.ts'
import { exporting } from './measures/export.ts'
import { floods } from './measures/floods.ts'
import { graphql } from './measures/graphql.ts'
import { memory } from './measures/memory.ts'
import { mornings } from './measures/morning.ts'
import { notes } from './measures/notes.ts'
import { pendenteVerificacao } from './measures/pendente_verificacao.ts'
import { plans } from './measures/plans.ts'
import { rereading } from './measures/rereading.ts'
import { starting } from './measures/start.ts'
import { tradeMarketing } from './measures/trade_marketing.ts'
import { validacaoValores } from './measures/validacao_valores.ts'
import { windows } from './measures/window.ts'
import { workers } from './measures/workers.ts'
import { processorClock } from './processor.ts'
import { describe, heading, table } from './report.ts'
import { emptyDatabase, prepare } from './warehouse.ts'

// What changes the warehouse most comes last.
const MEASURES: readonly Measure[] = [
  starting,
  graphql,
  exporting,
  windows,
  mornings,
  validacaoValores,
  floods,
  tradeMarketing,
  pendenteVerificacao,
  memory,
  notes,
  workers,
  correcting,
  rereading,
  dw,
  plans,
  doors,
]

const { values } = parseArgs({
  options: {
    rows: { type: 'string' },
    runs: { type: 'string' },
    only: { type: 'string', multiple: true },
    json: { type: 'string' },
    url: { type: 'string' },
    processor: { type: 'boolean', default: false },
  },
})
const rows = Number(values.rows ?? 2_000_000)
const runs = Number(values.runs ?? 5)
const flood = { rows: Number(values.rows ?? 100_000), runs: Number(values.runs ?? 1) }
const wanted = values.only ?? MEASURES.map(({ name }) => name)
const unknown = wanted.filter((name) => !MEASURES.some((measure) => measure.name === name))
if (unknown.length > 0 || !(rows >= 10_000) || !(runs >= 1)) {
  console.error(
    `--only: ${MEASURES.map(({ name }) => name).join(', ')}; --rows: 10000 or more; --runs: 1 or more; --json FILE; --url of a server's superuser; --processor: the processor time of the server's process instead of the clock`,
  )
  process.exit(2)
}

const say = (line: string) => console.error(line)
const dir = mkdtempSync(join(tmpdir(), 'conferente-bench-'))
// Started as `conferente` starts it, with durability; --url names another server, for another version of PostgreSQL.
const server = values.url ? undefined : await serverBelow(tmpdir())
const serverUrl = values.url ?? server?.url ?? ''
const results: Result[] = []
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    void (server?.release() ?? Promise.resolve()).finally(() => {
      rmSync(dir, { recursive: true, force: true })
      process.exit(130)
    })
  })
}
let failed = false
try {
  const measures = MEASURES.filter(({ name }) => wanted.includes(name))
  const apart = measures.every((measure) => measure.apart)
  if (!apart) say(`making a warehouse of ${rows} rows …`)
  const url = apart
    ? await emptyDatabase(serverUrl, 'conferente_bench')
    : await prepare(serverUrl, 'conferente_bench', rows)
  const sql = connect(url, { max: 1 })
  try {
    const machine = await describe(sql, apart ? flood.rows : rows, apart ? flood.runs : runs)
    if (values.processor) measureBy(await processorClock(sql))
    for (const measure of measures) {
      const began = Date.now()
      say(`${measure.name} …`)
      try {
        results.push(...(await measure.run({ sql, url, serverUrl, rows, runs, flood, dir, say })))
      } catch (error) {
        failed = true
        say(`${measure.name} failed: ${(error as Error).stack}`)
      }
      // Written as it goes: hours of measuring are not lost with what follows.
      if (values.json) writeFileSync(values.json, `${JSON.stringify({ machine, results }, null, 2)}\n`)
      say(`${measure.name}: ${((Date.now() - began) / 1000).toFixed(0)} s`)
    }
    console.log(`${heading(machine)}\n\n${table(results)}`)
    const met = results.map(isMet)
    console.log(
      `\n${met.filter((m) => m === true).length} bars met, ${met.filter((m) => m === false).length} not`,
    )
  } finally {
    await sql.end()
  }
} finally {
  await server?.release()
  rmSync(dir, { recursive: true, force: true })
}
process.exitCode = failed ? 1 : 0
