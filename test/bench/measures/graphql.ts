// A page of the review list through the API, against the same SQL through the driver.
import { randomBytes } from 'node:crypto'
import { Bench } from 'tinybench'
import { connect, type Sql } from '../../../src/db/connection.ts'
import { startServer } from '../../../src/http/server.ts'
import { signToken } from '../../../src/http/token.ts'
import { readSettings } from '../../../src/settings/settings.ts'
import type { Measure } from '../harness.ts'
import { emptyDatabase, synthesise } from '../warehouse.ts'

const MOST = 200_000

const QUERY = `{
  divergenciasAbertas(first: 50, orderBy: [VALOR_EM_RISCO_DESC, ID_ASC],
    filter: { regra: { equalTo: "trade_marketing" }, valorEmRisco: { greaterThanOrEqualTo: "1000" } }) {
    totalCount
    nodes { id regra tabela registroId confianca justificativa valorEmRisco status detectadaEm }
  }
}`

const direct = (sql: Sql) =>
  sql.begin('read only', async (tx) => {
    await tx`set local role conferente_leitor`
    const [count] = await tx<{ n: number }[]>`
      select count(*)::int as n from audit.vw_divergencias_abertas where regra = 'trade_marketing' and valor_em_risco >= 1000`
    const page = await tx`
      select id, regra, tabela, registro_id, confianca, justificativa, valor_em_risco, status, detectada_em
      from audit.vw_divergencias_abertas where regra = 'trade_marketing' and valor_em_risco >= 1000
      order by valor_em_risco desc, id limit 50`
    return { total: count?.n, rows: page.length }
  })

export const graphql: Measure = {
  name: 'graphql',
  async run({ serverUrl, rows, runs }) {
    const count = Math.min(MOST, rows)
    const url = await emptyDatabase(serverUrl, 'conferente_bench_api')
    const sql = connect(url, { max: 1 })
    await synthesise(sql, count)
    const settings = {
      ...readSettings({ CONFERENTE_JWT_SEGREDO: randomBytes(24).toString('base64url') }),
      databaseUrl: url,
      port: 0,
      rateLimit: 1_000_000,
    }
    const server = await startServer(settings)
    try {
      const [record] = await sql`
        select * from audit.registrar_token('bancada', 'leitor', now() + interval '1 hour')`
      const token = await signToken(settings, record as never)
      const throughApi = async () => {
        const response = await fetch(`${server.url}/graphql`, {
          method: 'POST',
          headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
          body: JSON.stringify({ query: QUERY }),
        })
        const answer = (await response.json()) as {
          data?: { divergenciasAbertas: { totalCount: number; nodes: unknown[] } }
        }
        const found = answer.data?.divergenciasAbertas
        if (found === undefined) throw new Error(`${response.status} ${JSON.stringify(answer)}`)
        return { total: found.totalCount, rows: found.nodes.length }
      }
      const [one, other] = [await throughApi(), await direct(sql)]
      if (one.total !== other.total || one.rows !== other.rows)
        throw new Error(`${JSON.stringify(one)} is not ${JSON.stringify(other)}`)
      const measured = { direct: [] as number[], api: [] as number[] }
      for (let round = 0; round < runs; round++) {
        const bench = new Bench({ iterations: 5, warmup: false, time: 0 })
        bench.add('direct', () => direct(sql)).add('api', throughApi)
        await bench.run()
        for (const { name, result } of bench.tasks) {
          if (result.state !== 'completed') throw new Error(`${name}: ${result.state}`)
          measured[name as keyof typeof measured].push(result.latency.p50)
        }
      }
      return [
        {
          name: 'graphql',
          work: `GraphQL: a page of 50 of ${count} waiting, filtered and ordered, with its count`,
          floor: 'the same SQL through the driver',
          unit: 'ms',
          floorRuns: measured.direct,
          runs: measured.api,
          bar: 3,
        },
      ]
    } finally {
      await server.close()
      await sql.end()
    }
  },
}
