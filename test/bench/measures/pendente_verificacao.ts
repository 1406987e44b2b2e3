// pendente_verificacao with nothing known before, and after a day was added, against scikit-learn, which must fit again for both. Without
// Debian's python3-sklearn and python3-psycopg2 only ours is measured.
import type { Sql } from '../../../src/db/connection.ts'
import { alternate, type Context, type Measure, type Result, seconds } from '../harness.ts'
import { pythonPeer, whyNoPython } from '../peer.ts'
import { ALL, loadDay } from '../warehouse.ts'

const FLOOR = 'scikit-learn: read the ledger, hash, fit, calibrate, write suggestions back'
/** In the last month of the warehouse: a new month would make it fit and calibrate again, as once a month it does. */
const DAY = '2026-10-31'

const forgetHistory = async (sql: Sql) => sql`
  truncate regra_pendente_verificacao.estatistica_controle, regra_pendente_verificacao.estatistica_contagem, regra_pendente_verificacao.estatistica_mes,
    regra_pendente_verificacao.estatistica_nome, regra_pendente_verificacao.estatistica_borda, regra_pendente_verificacao.estatistica_antigas`

/** Updates the statistics and runs the rule, in one transaction as the engine does. */
async function suggest(sql: Sql, window: string): Promise<number> {
  const [found] = await sql.begin(async (tx) => {
    await tx.unsafe(`select regra_pendente_verificacao.preparar(${window})`)
    return tx.unsafe<{ n: number }[]>(
      `select count(*)::int as n from regra_pendente_verificacao.detectar(${window})`,
    )
  })
  return found?.n ?? 0
}

async function pending({ sql, url, rows, runs, say }: Context): Promise<readonly Result[]> {
  const missing = await whyNoPython()
  if (missing) say(`  ${missing}`)
  const measure = async (ours: (run: number) => Promise<number>, before?: () => Promise<unknown>) => {
    const floor = async (run: number) => {
      if (missing) return Number.NaN
      return seconds(async () =>
        say(`  run ${run}: scikit-learn wrote ${await pythonPeer('pendente_verificacao', url)} suggestions`),
      )
    }
    const measured = await alternate(runs, { ...(before && { before }), floor, ours })
    return missing ? { floorRuns: [], runs: measured.runs } : measured
  }
  let found = 0
  // nothing known: all of the history is counted, the weights fitted, the confidence calibrated
  const first = await measure(
    (run) =>
      seconds(async () => {
        found = await suggest(sql, ALL)
        say(`  run ${run}: ${found} suggestions`)
      }),
    () => forgetHistory(sql),
  )
  await suggest(sql, ALL)

  const day = Math.ceil(rows / 365)
  let foundThatDay = 0
  const later = await measure(async (run) => {
    const since = await loadDay(sql, day, DAY, run)
    return seconds(async () => {
      foundThatDay = await suggest(sql, `row(null, null, '${since}', null, null)::audit.janela`)
    })
  })
  const bars = missing ? [] : [0.5, 0.05]
  return [
    {
      name: 'pendente_verificacao',
      work: `pendente_verificacao over the whole table, ${found} pending, nothing known before: counted, fitted, calibrated`,
      floor: missing ?? FLOOR,
      unit: 's',
      ...first,
      ...(bars[0] && { bar: bars[0] }),
      why: 'all keys and words of each entry are counted and written down by month: once for a ledger',
    },
    {
      name: 'pendente_verificacao_day',
      work: `the same when a day of ${day} entries was added, ${foundThatDay} pending in the window of its load`,
      floor: missing ?? `${FLOOR}, all of it again`,
      unit: 's',
      ...later,
      ...(bars[1] && { bar: bars[1] }),
      why: "all keys and words of the day's entries are counted, and the older rows of its month",
    },
  ]
}

export const pendenteVerificacao: Measure = { name: 'pendente_verificacao', run: pending }
