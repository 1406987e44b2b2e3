// One day's window, in the whole table and in one a tenth as large that holds the same day.
import { pipeline } from 'node:stream/promises'
import { connect, type Sql } from '../../../src/db/connection.ts'
import { alternate, type Measure, type Result, seconds } from '../harness.ts'
import { prepare } from '../warehouse.ts'

const DAY = '2026-10-15'
/** The rules, and what their cost depends on besides the window. */
const RULES = {
  trade_marketing: 'a day with suspects reads the months of history around it, for their suppliers and words',
  pendente_verificacao:
    'the older rows of its month are counted, and the keys of its entries have more history',
  validacao_valores: 'what is open of the rule is looked at again, wherever it lies',
}
const COLUMNS = `data_lancamento, carregado_em, data_documento, filial, centro_custo, conta_contabil, categoria, fornecedor_id,
  fornecedor, documento, descricao, valor, valor_documento, valor_desconto`

/** Replaces the small table's own day with the large one's. */
async function copyDay(large: Sql, small: Sql): Promise<number> {
  await small.unsafe('set session_replication_role = replica') // it has other suppliers
  await small`delete from dw.fato_lancamentos where data_lancamento = ${DAY}`
  const target = await small.unsafe(`copy dw.fato_lancamentos (${COLUMNS}) from stdin`).writable()
  const source = await large
    .unsafe(`copy (select ${COLUMNS} from dw.fato_lancamentos where data_lancamento = '${DAY}') to stdout`)
    .readable()
  await pipeline(source, target)
  await small.unsafe('reset session_replication_role')
  await small`vacuum analyze`
  const [count] = await small<{ n: number }[]>`
    select count(*)::int as n from dw.fato_lancamentos where data_lancamento = ${DAY}`
  return count?.n ?? 0
}

async function detect(sql: Sql, rule: string): Promise<void> {
  const [session] = await sql`
    select status, mensagem from audit.processar_divergencias('manual', ${DAY}, ${DAY}, ${[rule]})`
  if (session?.['status'] !== 'concluida') throw new Error(`${rule}: ${session?.['mensagem']}`)
}

export const windows: Measure = {
  name: 'window',
  async run({ sql, serverUrl, rows, runs }) {
    const small = connect(await prepare(serverUrl, 'conferente_bench_decimo', Math.round(rows / 10)), {
      max: 1,
    })
    try {
      const day = await copyDay(sql, small)
      const results: Result[] = []
      for (const [rule, why] of Object.entries(RULES)) {
        // A first session records the findings that the measured ones find again.
        await detect(sql, rule)
        await detect(small, rule)
        results.push({
          name: `window_${rule}`,
          work: `one day's window of ${day} rows, ${rule}`,
          floor: 'the same window in a table a tenth as large',
          unit: 's',
          ...(await alternate(runs, {
            floor: () => seconds(() => detect(small, rule)),
            ours: () => seconds(() => detect(sql, rule)),
          })),
          bar: 1.2,
          why,
        })
      }
      return results
    } finally {
      await small.end()
    }
  },
}
