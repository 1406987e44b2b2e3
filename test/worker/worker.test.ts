// The worker as the operator sees it: work is done once, even if workers die or are stopped on the way.
import { setTimeout as sleep } from 'node:timers/promises'
import { test } from 'tap'
import { exited, launchWorker, startProcess, underWay, until, workshop } from '../helper/work.ts'

test('a session requested in SQL is run by the worker, without superuser rights', async (t) => {
  const { requestSession, session: theSession, workerUrl, sql } = await workshop(t)
  const id = await requestSession()
  t.match(await theSession(id), { status: 'agendada', solicitada_por: 'olivia', na_fila: 1 })
  await launchWorker(t, workerUrl)
  await until(async () => (await theSession(id))['na_fila'] === 0)
  t.match(await theSession(id), { status: 'concluida', corrigidas: 40n, deteccoes: 2 })
  const [wrong] = await sql`select count(*)::int as n from dw.uma where situacao = 'errada'`
  t.equal(wrong?.['n'], 0)
})

test('sessions requested together run one after the other, with any number of workers', async (t) => {
  const { requestSession, session: theSession, slowDown, workerUrl } = await workshop(t)
  await slowDown(0.3)
  const ids = [await requestSession(), await requestSession(), await requestSession()]
  await Promise.all([launchWorker(t, workerUrl), launchWorker(t, workerUrl)])
  await until(async () => (await Promise.all(ids.map(theSession))).every((s) => s['na_fila'] === 0))
  const sessions = await Promise.all(ids.map(theSession))
  sessions.sort((a, b) => a['inicio_processamento'] - b['inicio_processamento'])
  for (const [i, session] of sessions.entries()) {
    t.equal(session['status'], 'concluida')
    if (i > 0) t.ok(session['inicio_processamento'] >= sessions[i - 1]?.['fim_processamento'], 'no overlap')
  }
})

test('other logins cannot stop workers through NOTIFY', async (t) => {
  const { requestSession, session: theSession, connectAs, workerUrl } = await workshop(t)
  const worker = await launchWorker(t, workerUrl)
  let over = false
  void worker.done.then(() => {
    over = true
  })
  for (const [channel, payload] of [
    ['worker:migrate', '{"breaking": true, "migrationNumber": 999999}'],
    ['jobs:insert', '{"count": 1e300}'],
    ['jobs:insert', 'nonsense'],
  ])
    await connectAs('ninguem')`select pg_notify(${channel as string}, ${payload as string})`
  await sleep(500)
  const id = await requestSession()
  await until(async () => (await theSession(id))['na_fila'] === 0)
  t.match(await theSession(id), { status: 'concluida' })
  t.notOk(over, 'it still works')
  t.equal(process.exitCode, undefined)
})

test('a cancelled session is left alone', async (t) => {
  const { requestSession, session: theSession, connectAs, workerUrl } = await workshop(t)
  const id = await requestSession()
  await connectAs('olivia')`select audit.cancelar_sessao(${id}, 'engano')`
  await launchWorker(t, workerUrl)
  await until(async () => (await theSession(id))['na_fila'] === 0)
  t.match(await theSession(id), { status: 'cancelada', deteccoes: 0 })
})

test('a job that finishes while the worker is shutting down runs once', async (t) => {
  const { requestSession, session: theSession, slowDown, workerUrl } = await workshop(t)
  await slowDown(0.2)
  for (const pause of [0, 150, 300, 450, 600]) {
    const id = await requestSession('uma')
    const worker = await launchWorker(t, workerUrl)
    await until(async () => (await theSession(id))['presa'] === 1)
    await sleep(pause)
    await worker.stop()
    const stopped = await theSession(id)
    t.equal(stopped['presa'], 0, `${pause} ms: no job left locked`)
    if (stopped['status'] === 'concluida')
      t.equal(stopped['na_fila'], 0, 'and none left that would run it again')
    const next = await launchWorker(t, workerUrl)
    await until(async () => (await theSession(id))['na_fila'] === 0)
    t.match(await theSession(id), { status: 'concluida', deteccoes: 1 })
    await next.stop()
  }
})

test('SIGTERM takes effect after the current step; another worker continues with the next', async (t) => {
  const { requestSession, session: theSession, slowDown, workerUrl, sql } = await workshop(t)
  await slowDown(1.5)
  const id = await requestSession()
  const child = await startProcess(t, workerUrl, '--simultaneos', '1')
  await underWay(sql, id)
  child.kill('SIGTERM')
  t.equal(await exited(child), 0, child.said())
  t.notMatch(child.said(), /\n\s+at /, 'no stack trace')
  t.match(await theSession(id), { status: 'em_andamento', deteccoes: 1, presa: 0, na_fila: 1 })
  await slowDown(0)
  await launchWorker(t, workerUrl)
  await until(async () => (await theSession(id))['na_fila'] === 0)
  t.match(await theSession(id), { status: 'concluida', deteccoes: 2, corrigidas: 40n })
})

test('SIGTERM hands back, within the stated time, a step that takes too long', async (t) => {
  const { requestSession, session: theSession, slowDown, workerUrl, sql } = await workshop(t)
  await slowDown(60)
  const id = await requestSession('uma')
  const child = await startProcess(t, workerUrl, '--prazo', '5')
  await underWay(sql, id)
  child.kill('SIGTERM')
  t.equal(await exited(child), 0, child.said())
  t.match(child.said(), /within 5 s/)
  t.match(await theSession(id), { status: 'em_andamento', deteccoes: 0, presa: 0, na_fila: 1 })
  await slowDown(0)
  await launchWorker(t, workerUrl)
  await until(async () => (await theSession(id))['na_fila'] === 0)
  t.match(await theSession(id), { status: 'concluida', deteccoes: 1, corrigidas: 20n })
})

test('after kill -9 in the middle, another worker finishes; nothing is lost or doubled', async (t) => {
  const { requestSession, session: theSession, slowDown, workerUrl, sql } = await workshop(t)
  await slowDown(2)
  const id = await requestSession()
  const child = await startProcess(t, workerUrl)
  await underWay(sql, id)
  child.kill('SIGKILL')
  await exited(child)
  t.match(await theSession(id), { status: 'em_andamento', presa: 1 }, 'its job is still locked')
  const closed = await sql`select id from audit_interno.encerrar_interrompidas()`
  t.same(closed, [], 'nobody takes the session for abandoned: it has its job')
  await slowDown(0)
  const next = await launchWorker(t, workerUrl)
  await until(async () => (await theSession(id))['na_fila'] === 0)
  t.match(await theSession(id), { status: 'concluida', deteccoes: 2, corrigidas: 40n })
  t.ok(next.said.includes('released'))
})

test('a living worker keeps its work, however long it takes', async (t) => {
  const { requestSession, session: theSession, slowDown, workerUrl } = await workshop(t)
  await slowDown(4)
  const workers = await Promise.all([1, 2].map(() => launchWorker(t, workerUrl, { grace: '2 seconds' })))
  const id = await requestSession('uma')
  await until(async () => (await theSession(id))['na_fila'] === 0)
  t.match(await theSession(id), { status: 'concluida', deteccoes: 1 })
  t.same(
    workers.flatMap(({ said }) => said),
    [],
  )
})

test('after losing a connection in the middle, the worker continues', async (t) => {
  const { requestSession, session: theSession, slowDown, workerUrl, sql } = await workshop(t)
  await slowDown(1)
  const id = await requestSession()
  await launchWorker(t, workerUrl)
  await underWay(sql, id)
  await sql`select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and usename = 'trabalhador'`
  await until(async () => (await theSession(id))['na_fila'] === 0)
  t.match(await theSession(id), { status: 'concluida', deteccoes: 2, corrigidas: 40n })
})
