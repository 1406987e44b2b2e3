// The examples of docs/api.md, run as written; and the dashboards and alerts for Conferente use metrics that exist.
import { execFile, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { test } from 'tap'
import { parse } from 'yaml'
import { catalogue } from '../../src/i18n/index.ts'
import { api } from '../helper/api.ts'
import { CLIENT_TYPES, clientTypes } from '../helper/client.ts'
import { testDatabase } from '../helper/database.ts'
import { blocks, ROOT, read } from '../helper/files.ts'
import { scenario } from '../helper/scenario.ts'
import { PASSWORD } from '../helper/server.ts'

const run = promisify(execFile)
const has = (program: string) => spawnSync(program, ['--version']).status === 0

async function scene(t: Parameters<typeof scenario>[0]) {
  const stage = await scenario(t)
  await stage.book({ id: 1, valor: 50 }, { id: 2, valor: 300 }, { id: 3, valor: 200 })
  await stage.runSession()
  const server = await api(t, stage)
  const env = {
    ...process.env,
    CONFERENTE_API: server.url,
    CONFERENTE_TOKEN: await server.token('leitor', 'painel'),
    CONFERENTE_TOKEN_REVISOR: await server.token('revisor', 'ana'),
    CONFERENTE_TOKEN_OPERADOR: await server.token('operador', 'olivia'),
  }
  return { stage, env }
}

test('curl: the examples read, decide and ask for a session', {
  skip: !(has('curl') && has('jq')) && 'no curl or jq here',
}, async (t) => {
  const { stage, env } = await scene(t)
  // Sessions need a warehouse that the bundled rules know; here only the scene's one rule runs.
  await stage.sql`update audit.regras set ativa = nome = 'errada'`
  const script = blocks('curl', 'sh')
  t.equal(script.length, 2)
  const cwd = mkdtempSync(join(tmpdir(), 'conferente-curl-'))
  t.teardown(() => rmSync(cwd, { recursive: true }))
  const { stdout } = await run('bash', ['-euc', script.join('\n')], { env, cwd })
  t.match(stdout, /"total": 3/)
  t.match(stdout, /"por_status": \{"corrigida": 1\}/)
  t.match(stdout, /"status": "rejeitada"/)
  t.match(stdout, /"status": "agendada"/)
  t.match(JSON.parse(readFileSync(join(cwd, 'openapi.json'), 'utf8')), { openapi: /^3\.1/ })
  const rows = await stage.sql`select categoria from dw.lancamentos where id > 0 order by categoria`
  t.same(
    rows.map(({ categoria }) => categoria),
    ['CERTA', 'ERR', 'ERR'],
  )
})

test('TypeScript: the client is checked against the schema, and runs', async (t) => {
  t.equal(clientTypes(read('docs/schema.graphql')), read(CLIENT_TYPES), 'stale: run `npm run schema`')
  const { env } = await scene(t)
  const [script = ''] = blocks('TypeScript', 'sh')
  // Without tap's own hooks, which it passes to every child process.
  const { stdout } = await run('bash', ['-euc', `unset NODE_OPTIONS\n${script}`], { cwd: ROOT, env })
  const amounts = stdout
    .trim()
    .split('\n')
    .map((line) => line.split('\t')[3])
  t.same(amounts, ['300.00', '200.00', '50.00'])
})

test('psql: the queries run as a reader', async (t) => {
  const { connectAs } = await testDatabase(t)
  const leo = connectAs('leo')
  const queries = blocks('psql', 'sql')
  t.equal(queries.length, 1)
  for (const text of queries) await t.resolves(leo.unsafe(text))
})

test('psql itself runs them too', { skip: !has('psql') && 'no psql here' }, async (t) => {
  const { url } = await testDatabase(t)
  const login = new URL(url)
  login.username = 'leo'
  login.password = PASSWORD
  const { stdout } = await run('psql', [
    login.href,
    '-v',
    'ON_ERROR_STOP=1',
    '-c',
    blocks('psql', 'sql')[0] ?? '',
  ])
  t.match(stdout, /consultar_divergencias/)
})

test('alerts and dashboard use only existing metrics and labels', async (t) => {
  const known = new Set(Object.keys(catalogue('pt-BR').rest.metric))
  const { groups } = parse(read('docs/observability/alerts.yml'))
  const alerts = groups.flatMap(({ rules }: { rules: { expr: string }[] }) => rules.map(({ expr }) => expr))
  const { panels } = JSON.parse(read('docs/observability/grafana.json'))
  const shown = panels.flatMap(({ targets }: { targets: { expr: string }[] }) =>
    targets.map(({ expr }) => expr),
  )
  t.ok(alerts.length > 5 && shown.length > 10)
  const { sql } = await testDatabase(t)
  await sql`insert into audit.sessoes_processamento (modo, incremental, regras, solicitada_por) values ('manual', true, '{}', 'x')`
  for (const expr of [...alerts, ...shown] as string[]) {
    for (const [name] of expr.matchAll(/conferente_\w+/g)) {
      t.ok(known.has(name.replace(/_(bucket|count|sum)$/, '')), `${name} in ${expr}`)
    }
  }
  const metrics = await sql<{ nome: string }[]>`select distinct nome from audit.metricas()`
  for (const { nome } of metrics) t.ok(known.has(nome), `${nome} has a line of help`)
})
