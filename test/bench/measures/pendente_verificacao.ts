// pendente_verificacao with nothing known before, and after a day was added, against the plainest count of the history.
import type { Sql } from '../../../src/db/connection.ts'
import { alternate, type Context, type Measure, type Result, seconds } from '../harness.ts'
import { ALL } from '../warehouse.ts'

const PENDING_FLOOR = 'one group by supplier, cost centre, category over the history'
/** In the last month of the warehouse: a new month would make it fit and calibrate again, as once a month it does. */
const DAY = '2026-10-31'

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

async function pending({ sql, rows, runs, say }: Context): Promise<readonly Result[]> {
  const floor = () =>
    seconds(
      () =>
        sql`select count(*) from (select from dw.lancamentos l group by l.fornecedor_id, l.centro_custo, l.categoria) x`,
    )
  let found = 0
  const first = await alternate(runs, {
    // nothing known: all of the history is counted, the weights fitted, the confidence calibrated
    before: () =>
      sql`truncate regra_pendente_verificacao.estatistica_controle, regra_pendente_verificacao.estatistica_contagem, regra_pendente_verificacao.estatistica_mes,
        regra_pendente_verificacao.estatistica_nome, regra_pendente_verificacao.estatistica_borda, regra_pendente_verificacao.estatistica_antigas`,
    floor,
    ours: (run) =>
      seconds(async () => {
        found = await suggest(sql, ALL)
        say(`  run ${run}: ${found} suggestions`)
      }),
  })
  await suggest(sql, ALL)

  const day = Math.ceil(rows / 365)
  let foundThatDay = 0
  const later = await alternate(runs, {
    floor,
    ours: async (run) => {
      // loaded a day after everything that was there, as loads are
      const [last] = await sql<{ at: string }[]>`
        select (max(carregado_em) + interval '1 day')::text as at from dw.lancamentos`
      const [fresh] = await sql<
        { id: string }[]
      >`select exemplo.carregar_dia(${day}, ${DAY}, ${run})::text as id`
      await sql`
        update dw.fato_lancamentos set carregado_em = ${last?.at ?? ''}::text::timestamptz
        where data_lancamento = ${DAY} and id >= ${fresh?.id ?? ''}::text::bigint`
      return seconds(async () => {
        foundThatDay = await suggest(sql, `row(null, null, '${last?.at}', null, null)::audit.janela`)
      })
    },
  })
  return [
    {
      name: 'pendente_verificacao',
      work: `pendente_verificacao over the whole table, ${found} pending, nothing known before: counted, fitted, calibrated`,
      floor: PENDING_FLOOR,
      unit: 's',
      ...first,
      bar: 3,
      why: 'eleven keys and all words of each entry are counted and written down by month, where the floor counts one; then fitted and asked a back-test: once for a ledger',
    },
    {
      name: 'pendente_verificacao_dia',
      work: `the same when a day of ${day} entries was added, ${foundThatDay} pending in the window of its load`,
      floor: PENDING_FLOOR,
      unit: 's',
      ...later,
      bar: 0.6,
      why: "all keys and words of the day's entries are counted, and the older rows of its month; a day is a 365th of the table",
      note: 'bar: 0.2 of the 3 that the whole may cost',
    },
  ]
}

export const pendenteVerificacao: Measure = { name: 'pendente_verificacao', run: pending }
