// A long window is cut into parts that any number of workers share: each is done once, whoever dies or cancels on the way.
import { test } from 'tap'
import type { Sql } from '../../src/db/connection.ts'
import { MONTHS, meses, ROWS } from '../helper/parts.ts'
import { processo, saida, trabalhador, until } from '../helper/work.ts'

const ALL = MONTHS * ROWS
const ours = (sql: Sql) => sql`
  select from graphile_worker.jobs where task_identifier in ('processar_sessao', 'detectar_parte')`

test('workers share the parts of one session, progress is seen meanwhile, and they are joined once', async (t) => {
  const { pedir, fechar, paradas, contas, sessao, workerUrl } = await meses(t)
  const open = await fechar(5, 6)
  const id = await pedir('auto')
  await Promise.all([trabalhador(t, workerUrl), trabalhador(t, workerUrl)])
  await paradas(2)
  await until(async () => (await sessao(id))['partes_concluidas'] === 4n)
  t.match(await contas(id), { status: 'em_andamento', encontradas: 4 * ROWS, partes: MONTHS, juncoes: 0 })
  await open()
  await until(async () => (await sessao(id))['na_fila'] === 0)
  t.match(await contas(id), {
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

test('a part that fails fails its rule alone, with the reason, and leaves nothing half', async (t) => {
  const { pedir, contas, sessao, workerUrl, sql } = await meses(t)
  await sql`insert into dw.quebra values (3)`
  const id = await pedir('auto', 'mensal', 'uma')
  await trabalhador(t, workerUrl)
  await until(async () => (await sessao(id))['na_fila'] === 0)
  const rules =
    await sql`select regra, status, erro_mensagem, corrigidas::int from audit.execucoes_regra order by regra`
  t.match(rules, [
    { regra: 'mensal', status: 'falhou', erro_mensagem: 'o mês 3 está quebrado', corrigidas: 0 },
    { regra: 'uma', status: 'concluida', corrigidas: 20 },
  ])
  const after = await contas(id)
  t.equal(after['status'], 'concluida_com_falhas')
  t.equal(after['encontradas'], after['deteccoes'], 'the counters tell what is recorded')
  t.equal(after['juncoes'], 0)
})

test('a part that is under way when its rule fails is not kept', async (t) => {
  const { pedir, fechar, paradas, contas, sessao, workerUrl, sql } = await meses(t)
  const open = await fechar(1)
  const id = await pedir()
  await trabalhador(t, workerUrl)
  await until(async () => (await sessao(id))['partes_concluidas'] === BigInt(MONTHS - 1))
  await paradas(1)
  await sql`select audit_interno.registrar_falha_etapa(${id}, 'detectar', 'mensal', 'P0001', 'de outro lugar')`
  await open()
  await until(async () => (await sessao(id))['na_fila'] === 0)
  t.match(await contas(id), { status: 'falhou', encontradas: ALL - ROWS, deteccoes: ALL - ROWS, juncoes: 0 })
})

test('a session is cancelled while its parts run: they stop, and nothing is half', async (t) => {
  const { pedir, fechar, paradas, contas, sessao, como, workerUrl, sql } = await meses(t)
  await fechar(2, 4) // and never opened
  const id = await pedir('auto')
  await Promise.all([trabalhador(t, workerUrl), trabalhador(t, workerUrl)])
  await paradas(2)
  await until(async () => (await sessao(id))['partes_concluidas'] === BigInt(MONTHS - 2))
  await como('olivia')`select audit.cancelar_sessao(${id}, 'engano')`
  await paradas(0)
  await until(async () => {
    return (await ours(sql)).length === 0
  })
  const found = (MONTHS - 2) * ROWS
  t.match(await contas(id), {
    status: 'cancelada',
    encontradas: found,
    deteccoes: found,
    das_regras: found,
    corrigidas: 0,
    juncoes: 0,
  })
  t.match(await sql`select * from audit.verificar_integridade()`, [{ situacao: 'provada' }])
})

test('kill -9 of a worker in the middle of its parts: others take them, nothing lost and nothing doubled', async (t) => {
  const { pedir, fechar, paradas, contas, sessao, workerUrl } = await meses(t)
  const open = await fechar(1, 2)
  const id = await pedir('auto')
  const child = await processo(t, workerUrl)
  await paradas(2) // the conductor's own, and a job's
  child.kill('SIGKILL')
  await saida(child)
  await trabalhador(t, workerUrl)
  await open()
  await until(async () => (await sessao(id))['na_fila'] === 0)
  t.match(await contas(id), {
    status: 'concluida',
    encontradas: ALL,
    corrigidas: ALL,
    deteccoes: ALL,
    operacoes: MONTHS,
    partes_distintas: MONTHS,
    juncoes: 1,
  })
})

test('SIGTERM in the middle of parts hands them back; another worker does each once', async (t) => {
  const { pedir, fechar, paradas, contas, sessao, workerUrl } = await meses(t)
  const open = await fechar(1, 2)
  const id = await pedir()
  const child = await processo(t, workerUrl, '--prazo', '5')
  await paradas(2)
  child.kill('SIGTERM')
  t.equal(await saida(child), 0, child.said())
  t.match(await sessao(id), { status: 'em_andamento', presa: 0, na_fila: 1 })
  await open()
  await trabalhador(t, workerUrl)
  await until(async () => (await sessao(id))['na_fila'] === 0)
  t.match(await contas(id), {
    status: 'concluida',
    encontradas: ALL,
    deteccoes: ALL,
    operacoes: MONTHS,
    juncoes: 1,
  })
})

test('a job for a part that is done, taken, unknown or of an ended session does nothing', async (t) => {
  const { pedir, contas, sessao, workerUrl, sql } = await meses(t)
  const id = await pedir()
  await trabalhador(t, workerUrl)
  await until(async () => (await sessao(id))['na_fila'] === 0)
  for (const parte of [1, 2, 99]) {
    await sql`select graphile_worker.add_job('detectar_parte', json_build_object('sessao_id', ${id}::bigint, 'regra', 'mensal', 'parte', ${parte}::int))`
  }
  await until(async () => (await ours(sql)).length === 0)
  t.match(await contas(id), { status: 'concluida', deteccoes: ALL, operacoes: MONTHS })
})

test('the connection of whoever conducts is lost while another works on the last part: it is taken up again', async (t) => {
  const { pedir, contas, sessao, workerUrl, sql } = await meses(t)
  const other = await sql.reserve()
  const id = await pedir()
  // Cut, and its last part claimed, before a worker looks.
  await other`select audit_interno.retomar_sessao(${id})`
  await other`select audit_interno.executar_etapa(${id}, 'repartir', 'mensal')`
  await other`begin`
  await other`select * from audit_interno.tomar_parte(${id}, 'mensal', 6)`
  await other`select pg_advisory_unlock_all()`
  const worker = await trabalhador(t, workerUrl)
  await until(async () => (await sessao(id))['partes_concluidas'] === BigInt(MONTHS - 1))
  await sql`select pg_terminate_backend(p.pid) from audit_interno.posses p where p.nome = ${`sessao ${id}`}`
  await until(() => worker.said.length > 0)
  await other`rollback`
  other.release()
  await until(async () => (await sessao(id))['na_fila'] === 0)
  t.match(await contas(id), {
    status: 'concluida',
    encontradas: ALL,
    deteccoes: ALL,
    operacoes: MONTHS,
    juncoes: 1,
  })
})
