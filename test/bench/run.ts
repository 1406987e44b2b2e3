// `npm run bench -- --linhas 2000000 --so correcao --so partida --repeticoes 5 --json bench.json`
// Measures against what people would use instead, in one process and database (see docs/performance.md). Takes about half an hour at 2,000,000 rows.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { connect } from '../../src/db/connection.ts'
import { serverBelow } from '../helper/throwaway.ts'
import { isMet, type Measure, measureBy, type Result } from './harness.ts'
import { theCorrection } from './measures/correcao.ts'
import { dw } from './measures/dw.ts'
import { exportacao } from './measures/exportacao.ts'
import { graphql } from './measures/graphql.ts'
import { inundacoes } from './measures/inundacoes.ts'
import { window_ } from './measures/janela.ts'
import { manha } from './measures/manha.ts'
import { memoria } from './measures/memoria.ts'
import { noteFiles } from './measures/notas.ts'
import { partida } from './measures/partida.ts'
import { pendenteVerificacao } from './measures/pendente_verificacao.ts'
import { planos } from './measures/planos.ts'
import { portas } from './measures/portas.ts'
import { releitura } from './measures/releitura.ts'
import { trabalhadores } from './measures/trabalhadores.ts'
import { tradeMarketing } from './measures/trade_marketing.ts'
import { validacaoValores } from './measures/validacao_valores.ts'
import { processorClock } from './processor.ts'
import { describe, heading, table } from './report.ts'
import { emptyDatabase, prepare } from './warehouse.ts'

// What changes the warehouse most comes last.
const MEASURES: readonly Measure[] = [
  partida,
  graphql,
  exportacao,
  window_,
  manha,
  validacaoValores,
  inundacoes,
  tradeMarketing,
  pendenteVerificacao,
  memoria,
  noteFiles,
  trabalhadores,
  theCorrection,
  releitura,
  dw,
  planos,
  portas,
]

const { values } = parseArgs({
  options: {
    linhas: { type: 'string' },
    repeticoes: { type: 'string' },
    so: { type: 'string', multiple: true },
    json: { type: 'string' },
    url: { type: 'string' },
    processador: { type: 'boolean', default: false },
  },
})
const rows = Number(values.linhas ?? 2_000_000)
const runs = Number(values.repeticoes ?? 5)
const flood = { rows: Number(values.linhas ?? 100_000), runs: Number(values.repeticoes ?? 1) }
const wanted = values.so ?? MEASURES.map(({ name }) => name)
const unknown = wanted.filter((name) => !MEASURES.some((measure) => measure.name === name))
if (unknown.length > 0 || !(rows >= 10_000) || !(runs >= 1)) {
  console.error(
    `--so: ${MEASURES.map(({ name }) => name).join(', ')}; --linhas: 10000 or more; --repeticoes: 1 or more; --json FILE; --url of a server's superuser; --processador: the processor time of the server's process instead of the clock`,
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
    if (values.processador) measureBy(await processorClock(sql))
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
