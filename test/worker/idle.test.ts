import { setTimeout as sleep } from 'node:timers/promises'
import { test } from 'tap'
import { launchWorker, until, workshop } from '../helper/work.ts'

test('a worker waiting for work survives a server that cuts idle connections', async (t) => {
  const { requestSession, session, sql, workerUrl, url } = await workshop(t)
  await sql.unsafe(`alter database ${new URL(url).pathname.slice(1)} set idle_session_timeout = '500ms'`)
  const worker = await launchWorker(t, workerUrl, { tick: 2000 })
  await sleep(3500)
  const [alive] = await sql`select audit_interno.trabalhadores_vivos()::int as n`
  t.ok(alive?.['n'] > 0, 'the worker is seen')
  const id = await requestSession()
  await until(async () => (await session(id))['na_fila'] === 0)
  t.match(await session(id), { status: 'concluida' })
  t.same(worker.said, [], 'and has nothing to complain about')
})
