// What docs/ offers for Grafana, tested as closely as possible without it: its own types, its macros, its requests.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'tap'
import { api } from '../helper/api.ts'
import { tsc } from '../helper/compiler.ts'
import { blocks, ROOT, read } from '../helper/files.ts'
import { expandMacros } from '../helper/grafana.ts'
import { scenario } from '../helper/scenario.ts'

const DASHBOARD = read('docs/observability/grafana.json')

/** The compiler's complaints about a dashboard as a value of Grafana's own type. */
function typeErrors(dashboard: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'conferente-grafana-'))
  const file = join(directory, 'dashboard.ts')
  const types = join(ROOT, 'node_modules/@grafana/schema/dist/types/raw/dashboard/x/types.gen.d.ts')
  writeFileSync(
    file,
    `import type { Dashboard } from ${JSON.stringify(types)}\nexport const dashboard: Dashboard = ${dashboard}`,
  )
  try {
    return tsc('--ignoreConfig', '--strict', '--skipLibCheck', '--module', 'preserve', file)
  } finally {
    rmSync(directory, { recursive: true })
  }
}

test("the dashboard is valid by Grafana's own types", (t) => {
  t.equal(typeErrors(DASHBOARD), '')
  t.match(typeErrors(DASHBOARD.replace('"schemaVersion": 39', '"schemaVersion": "39"')), /TS2322/)
  t.match(typeErrors(DASHBOARD.replace('"gridPos"', '"gridPosition"')), /gridPosition/)
  t.end()
})

test('every metric of dashboard and alerts is reported by a live server', async (t) => {
  // A metric is only listed once there is a case of it.
  const scene = await scenario(t)
  await scene.book({ id: 1, valor: 50 })
  await scene.runSession()
  await scene.approve('ana', (await scene.finding(1)).id)
  await scene.sql`update audit.notificacoes set recusados = '{"x@exemplo.com": "550"}'`
  await scene.asPerson('olivia')`select audit.solicitar_processamento('manual', regras => '{errada}')`
  const server = await api(t, scene)
  const { text } = await server.request('/metrics', { token: await server.token('leitor') })
  const told = new Set([...text.matchAll(/^# TYPE (\w+)/gm)].map(([, name]) => name))
  const asked = [...`${DASHBOARD}${read('docs/observability/alerts.yml')}`.matchAll(/conferente_\w+/g)]
  t.ok(asked.length > 20)
  for (const [name] of asked) t.ok(told.has(name.replace(/_(bucket|count|sum)$/, '')), name)
})

const promtool = (...given: string[]) =>
  spawnSync('promtool', given, { cwd: join(ROOT, 'docs/observability'), encoding: 'utf8' })

test('Prometheus accepts the rules, and each alert fires when it should', {
  skip: promtool('--version').status !== 0 && 'no promtool here',
}, (t) => {
  t.equal(promtool('check', 'config', '--syntax-only', 'prometheus.yml').status, 0)
  t.equal(promtool('check', 'rules', 'alerts.yml').status, 0)
  const { status, stdout, stderr } = promtool('test', 'rules', 'alerts.test.yml')
  t.equal(status, 0, `${stdout}${stderr}`)
  const tried = read('docs/observability/alerts.test.yml')
  for (const [, name = ''] of read('docs/observability/alerts.yml').matchAll(/alert: (\w+)/g)) {
    t.match(tried, `alertname: ${name}`)
  }
  t.end()
})

test("PostgreSQL data source: a reader's panel queries return a time, a series and a value", async (t) => {
  const scene = await scenario(t)
  await scene.book({ id: 1, valor: 50 }, { id: 2, valor: 300 })
  await scene.runSession()
  const leo = scene.connectAs('leo')
  const queries = blocks('Grafana', 'sql')
  t.equal(queries.length, 2)
  const now = Date.now()
  const days = (from: number, to: number) => ({
    from: new Date(now + from * 86_400_000),
    to: new Date(now + to * 86_400_000),
  })
  for (const text of queries) {
    const rows = await leo.unsafe(expandMacros(text, days(-30, 1)))
    t.match([...rows], [{ metric: 'errada' }])
    t.ok(Number(rows[0]?.['value']) > 0)
    const time = rows[0]?.['time'] as Date | string
    t.ok(time instanceof Date ? !Number.isNaN(time.getTime()) : Number(time) > 1e9, 'an instant, or seconds')
    t.same([...(await leo.unsafe(expandMacros(text, days(-30, -10))))], [], "only the dashboard's time range")
  }
})

test('Infinity data source: the answer is the list itself', async (t) => {
  const scene = await scenario(t)
  await scene.book({ id: 1, valor: 50 })
  await scene.runSession()
  const server = await api(t, scene, { basePath: '/conferente' })
  const { json } = await server.request('/api/v1/metricas/resumo', {
    token: await server.token('leitor', 'grafana'),
    headers: { accept: 'application/json;q=0.9,text/plain' },
  })
  t.match(json, [{ dia: /^\d{4}-\d\d-\d\d$/, regra: 'errada', valor_em_risco: 50 }])
})
