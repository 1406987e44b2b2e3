// Clients that speak PostgreSQL rather than HTTP: Data Studio's connector is JDBC with TLS.
import postgres from 'postgres'
import { type Test, test } from 'tap'
import type { Sql } from '../../src/db/connection.ts'
import { CERT, KEY } from '../helper/certificate.ts'
import { scenario } from '../helper/scenario.ts'
import { PASSWORD } from '../helper/server.ts'

/** Statements as Data Studio sends them. */
const QUERIES = [
  `select * from (select * from audit.vw_metricas_resumo) as t0 limit 100`,
  `select cast(t0."dia" as date) as "qt_dia", t0."regra" as "qt_regra", sum(t0."quantidade") as "qt_quantidade", sum(t0."valor_em_risco") as "qt_valor"
    from "audit"."vw_metricas_resumo" as t0 where t0."dia" between date '2020-01-01' and date '2099-12-31' and t0."aguarda_pessoa" = true
    group by cast(t0."dia" as date), t0."regra" order by "qt_valor" desc nulls last limit 2000001`,
  `select date_trunc('month', t0."dia")::date as "qt_mes", count(distinct t0."regra") as "qt_regras", avg(t0."confianca_media") as "qt_confianca"
    from "audit"."vw_metricas_resumo" as t0 group by 1 limit 2000001`,
]

/** Turns the test server's TLS on, as its own user; connections without TLS notice nothing. */
async function withTls(t: Test, sql: Sql): Promise<void> {
  const [{ dir = '' } = {}] = await sql<{ dir: string }[]>`select current_setting('data_directory') as dir`
  for (const [name, pem] of [
    ['conferente.crt', CERT],
    ['conferente.key', KEY],
  ] as const) {
    // Only the server may be able to read its key, whichever user that is.
    await sql.unsafe(
      `copy (select unnest(string_to_array('${pem}', e'\\n'))) to program 'umask 077; cat > "${dir}/${name}"'`,
    )
  }
  const settings = { ssl_cert_file: 'conferente.crt', ssl_key_file: 'conferente.key', ssl: 'on' }
  for (const [name, value] of Object.entries(settings))
    await sql.unsafe(`alter system set ${name} = '${value}'`)
  await sql`select pg_reload_conf()`
  t.teardown(async () => {
    for (const name of Object.keys(settings)) await sql.unsafe(`alter system reset ${name}`)
    await sql`select pg_reload_conf()`
  })
  for (let tries = 0; tries < 100; tries += 1) {
    const [row] = await sql`select setting from pg_settings where name = 'ssl'`
    if (row?.['setting'] === 'on') return
  }
  throw new Error('the server did not put TLS on')
}

async function scene(t: Test) {
  const stage = await scenario(t)
  await stage.book({ id: 1, valor: 50 }, { id: 2, valor: 300 })
  await stage.runSession()
  await withTls(t, stage.sql)
  const login = new URL(stage.url)
  login.username = 'leo'
  login.password = PASSWORD
  return login
}

test('Data Studio: a reader with TLS gets days, texts and sums', async (t) => {
  t.ok(QUERIES.length > 2)
  const login = await scene(t)
  const leo = postgres(login.href, { ssl: { ca: CERT }, max: 1, fetch_types: false, onnotice: () => {} })
  t.teardown(() => leo.end())
  t.match([...(await leo`select ssl from pg_stat_ssl where pid = pg_backend_pid()`)], [{ ssl: true }])
  for (const text of QUERIES) t.ok((await leo.unsafe(text)).length > 0, text)
  await t.rejects(leo`update audit.divergencias_processadas set valor_em_risco = 0`, { code: '42501' })
})
