import { setTimeout as sleep } from 'node:timers/promises'
import { test } from 'tap'
import { api } from '../helper/api.ts'
import { scenario } from '../helper/scenario.ts'
import { times } from '../helper/thorough.ts'

test('clients do not notice a server that soon cuts idle connections', async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1 }, { id: 2 })
  await c.runSession()
  const { request, token, failures } = await api(t, c)
  // once it has started, for on a busy machine a server that is so quick cuts off the first look at the schema too
  await c.sql.unsafe(`alter database ${new URL(c.url).pathname.slice(1)} set idle_session_timeout = '50ms'`)
  const cut = await c.sql`
    select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and usename = 'api'`
  t.ok(cut.length > 0)
  const ana = await token('revisor', 'ana')
  const printed: unknown[] = []
  const { error } = console
  console.error = (...given) => printed.push(...given.filter((one) => typeof one !== 'string'))
  t.teardown(() => {
    console.error = error
  })
  for (let n = 0; n < times(40, { thorough: 100 }); n++) {
    // about as long as the server waits: sometimes the connection has just closed, sometimes it is closing
    await sleep(46 + Math.random() * 6)
    const [rest, graphql, ready] = await Promise.all([
      request('/api/v1/divergencias', { token: ana }),
      request('/graphql', { token: ana, body: { query: '{ divergencias { totalCount } }' } }),
      request('/readyz?partes=banco&partes=migracoes'),
    ])
    t.equal(rest.status, 200, rest.text.slice(0, 200))
    t.equal(graphql.json?.data?.divergencias?.totalCount, 2, graphql.text)
    t.equal(ready.status, 200, ready.text)
  }
  const { json } = await request('/api/v1/divergencias', { token: ana })
  const [{ id, visto }] = json.itens
  const decided = await request('/api/v1/divergencias/aprovar', {
    token: ana,
    body: { ids: [id], visto: [visto], motivo: 'confere' },
  })
  t.match(decided.json, { itens: [{ status: 'corrigida' }] })
  t.same(failures, [])
  t.same(printed, [], 'nothing from the driver is printed')
})
