// A long window is cut into parts that any number of workers share: each part is done once, even if workers die or somebody cancels.
import { test } from 'tap'
import type { Sql } from '../../src/db/connection.ts'
import { MONTHS, monthsWorkshop, ROWS } from '../helper/parts.ts'
import { exited, launchWorker, startProcess, until } from '../helper/work.ts'

const ALL = MONTHS * ROWS
const ours = (sql: Sql) => sql`
  select from graphile_worker.jobs where task_identifier in ('processar_sessao', 'detectar_parte')`

test("workers share a session's parts, progress is visible, and parts are joined once", async (t) => {
  const { request, closeGates, stopped, accounts, session, workerUrl } = await monthsWorkshop(t)
  const open = await closeGates(5, 6)
  const id = await request('auto')
  await Promise.all([launchWorker(t, workerUrl), launchWorker(t, workerUrl)])
  await stopped(2)
  await until(async () => (await session(id))['partes_concluidas'] === 4n)
  t.match(await accounts(id), { status: 'em_andamento', encontradas: 4 * ROWS, partes: MONTHS, juncoes: 0 })
  await open()
  await until(async () => (await session(id))['na_fila'] === 0)
  t.match(await accounts(id), {
    status: 'concluida',
    encontradas: ALL,
    novas: ALL,
    corrigidas: ALL,
    deteccoes: ALL,
    divergencias: ALL,
    partes: MONTHS,
    partes_concluidas: MONTHS,
    operacoes: MONTHS,
    partes_distintas: MONTHS,
    juncoes: 1,
  })
})

test('a failing part fails only its rule, with the reason, and leaves nothing half done', async (t) => {
  const { request, accounts, session, workerUrl, sql } = await monthsWorkshop(t)
  await sql`insert into dw.quebra values (3)`
  const id = await request('auto', 'mensal', 'uma')
  await launchWorker(t, workerUrl)
  await until(async () => (await session(id))['na_fila'] === 0)
  const rules =
    await sql`select regra, status, erro_mensagem, corrigidas::int from audit.execucoes_regra order by regra`
  t.match(rules, [
    { regra: 'mensal', status: 'falhou', erro_mensagem: 'o mês 3 está quebrado', corrigidas: 0 },
    { regra: 'uma', status: 'concluida', corrigidas: 20 },
  ])
  const after = await accounts(id)
  t.equal(after['status'], 'concluida_com_falhas')
  t.equal(after['encontradas'], after['deteccoes'], 'the counters agree with the records')
  t.equal(after['juncoes'], 0)
})

test('a part that is under way when its rule fails is not kept', async (t) => {
  const { request, closeGates, stopped, accounts, session, workerUrl, sql } = await monthsWorkshop(t)
  const open = await closeGates(1)
  const id = await request()
  await launchWorker(t, workerUrl)
  await until(async () => (await session(id))['partes_concluidas'] === BigInt(MONTHS - 1))
  await stopped(1)
  await sql`select audit_interno.registrar_falha_etapa(${id}, 'detectar', 'mensal', 'P0001', 'de outro lugar')`
  await open()
  await until(async () => (await session(id))['na_fila'] === 0)
  t.match(await accounts(id), {
    status: 'falhou',
    encontradas: ALL - ROWS,
    deteccoes: ALL - ROWS,
    juncoes: 0,
  })
})

test('cancelling a session stops its parts, and nothing is half done', async (t) => {
  const { request, closeGates, stopped, accounts, session, connectAs, workerUrl, sql } =
    await monthsWorkshop(t)
  await closeGates(2, 4) // and never opened
  const id = await request('auto')
  await Promise.all([launchWorker(t, workerUrl), launchWorker(t, workerUrl)])
  await stopped(2)
  await until(async () => (await session(id))['partes_concluidas'] === BigInt(MONTHS - 2))
  await connectAs('olivia')`select audit.cancelar_sessao(${id}, 'engano')`
  await stopped(0)
  await until(async () => {
    return (await ours(sql)).length === 0
  })
  const found = (MONTHS - 2) * ROWS
  t.match(await accounts(id), {
    status: 'cancelada',
    encontradas: found,
    deteccoes: found,
    das_regras: found,
    corrigidas: 0,
    juncoes: 0,
  })
  t.match(await sql`select * from audit.verificar_integridade()`, [{ situacao: 'provada' }])
})

test('after kill -9 in the middle of parts, others take them; nothing is lost or doubled', async (t) => {
  const { request, closeGates, stopped, accounts, session, workerUrl } = await monthsWorkshop(t)
  const open = await closeGates(1, 2)
  const id = await request('auto')
  const child = await startProcess(t, workerUrl)
  await stopped(2) // the conductor's own, and a job's
  child.kill('SIGKILL')
  await exited(child)
  await launchWorker(t, workerUrl)
  await open()
  await until(async () => (await session(id))['na_fila'] === 0)
  t.match(await accounts(id), {
    status: 'concluida',
    encontradas: ALL,
    corrigidas: ALL,
    deteccoes: ALL,
    operacoes: MONTHS,
    partes_distintas: MONTHS,
    juncoes: 1,
  })
})

test('SIGTERM in the middle of parts hands them back, and another worker does each once', async (t) => {
  const { request, closeGates, stopped, accounts, session, workerUrl } = await monthsWorkshop(t)
  const open = await closeGates(1, 2)
  const id = await request()
  const child = await startProcess(t, workerUrl, '--prazo', '5')
  await stopped(2)
  child.kill('SIGTERM')
  t.equal(await exited(child), 0, child.said())
  t.match(await session(id), { status: 'em_andamento', presa: 0, na_fila: 1 })
  await open()
  await launchWorker(t, workerUrl)
  await until(async () => (await session(id))['na_fila'] === 0)
  t.match(await accounts(id), {
    status: 'concluida',
    encontradas: ALL,
    deteccoes: ALL,
    operacoes: MONTHS,
    juncoes: 1,
  })
})

test('a job for a part that is done, taken, unknown or of an ended session does nothing', async (t) => {
  const { request, accounts, session, workerUrl, sql } = await monthsWorkshop(t)
  const id = await request()
  await launchWorker(t, workerUrl)
  await until(async () => (await session(id))['na_fila'] === 0)
  for (const part of [1, 2, 99]) {
    await sql`select graphile_worker.add_job('detectar_parte', json_build_object('sessao_id', ${id}::bigint, 'regra', 'mensal', 'parte', ${part}::int))`
  }
  await until(async () => (await ours(sql)).length === 0)
  t.match(await accounts(id), { status: 'concluida', deteccoes: ALL, operacoes: MONTHS })
})

test("the session's process loses its connection while another works on the last part: the session is resumed", async (t) => {
  const { request, accounts, session, workerUrl, sql } = await monthsWorkshop(t)
  const other = await sql.reserve()
  const id = await request()
  // Cut, with its last part claimed, before a worker looks.
  await other`select audit_interno.retomar_sessao(${id})`
  await other`select audit_interno.executar_etapa(${id}, 'repartir', 'mensal')`
  await other`begin`
  await other`select * from audit_interno.tomar_parte(${id}, 'mensal', 6)`
  await other`select pg_advisory_unlock_all()`
  const worker = await launchWorker(t, workerUrl)
  await until(async () => (await session(id))['partes_concluidas'] === BigInt(MONTHS - 1))
  await sql`select pg_terminate_backend(p.pid) from audit_interno.posses p where p.nome = ${`sessao ${id}`}`
  await until(() => worker.said.length > 0)
  await other`rollback`
  other.release()
  await until(async () => (await session(id))['na_fila'] === 0)
  t.match(await accounts(id), {
    status: 'concluida',
    encontradas: ALL,
    deteccoes: ALL,
    operacoes: MONTHS,
    juncoes: 1,
  })
})
