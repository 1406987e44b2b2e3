import { setTimeout as sleep } from 'node:timers/promises'
import { test } from 'tap'
import { oficina, trabalhador, until } from '../helper/work.ts'

test('a server that cuts off idle connections does not cut off a worker that waits for work', async (t) => {
  const { solicitar, sessao, sql, workerUrl, url } = await oficina(t)
  await sql.unsafe(`alter database ${new URL(url).pathname.slice(1)} set idle_session_timeout = '500ms'`)
  const worker = await trabalhador(t, workerUrl, { tick: 2000 })
  await sleep(3500)
  const [alive] = await sql`select audit_interno.trabalhadores_vivos()::int as n`
  t.ok(alive?.['n'] > 0, 'it is seen')
  const id = await solicitar()
  await until(async () => (await sessao(id))['na_fila'] === 0)
  t.match(await sessao(id), { status: 'concluida' })
  t.same(worker.said, [], 'and has nothing to complain of')
})
