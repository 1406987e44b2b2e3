// The schedule: one session for each due time, at the right local time, whatever was switched off and however many workers look.
import { test } from 'tap'
import { lastRun, nextRuns, possible, scheduleDue } from '../../src/worker/schedule.ts'
import { haveLooked, launchWorker, until, workshop } from '../helper/work.ts'

const texts = (runs: Date[]) => runs.map((run) => run.toISOString().slice(0, 16))
const NEW_YORK = 'America/New_York'
const at = (text: string) => new Date(text)

test('seven in the morning is seven local time, across both changes of daylight saving', async (t) => {
  const daily = { cron: '0 7 * * *', fuso: NEW_YORK }
  t.same(texts(nextRuns(daily, at('2026-03-06T15:00Z'), 3)), [
    '2026-03-07T12:00',
    '2026-03-08T11:00',
    '2026-03-09T11:00',
  ])
  t.same(texts(nextRuns(daily, at('2026-10-30T15:00Z'), 3)), [
    '2026-10-31T11:00',
    '2026-11-01T12:00',
    '2026-11-02T12:00',
  ])
})

test('a time skipped by daylight saving runs at the end of the gap; one that comes twice runs once', async (t) => {
  const skipped = { cron: '30 2 * * *', fuso: NEW_YORK }
  t.same(texts(nextRuns(skipped, at('2026-03-07T12:00Z'), 2)), ['2026-03-08T07:00', '2026-03-09T06:30'])
  const twice = { cron: '30 1 * * *', fuso: NEW_YORK }
  t.same(texts(nextRuns(twice, at('2026-10-31T12:00Z'), 2)), ['2026-11-01T05:30', '2026-11-02T06:30'])
  t.same(
    lastRun(twice, at('2026-11-01T06:45Z'))?.toISOString(),
    '2026-11-01T05:30:00.000Z',
    'also when read backwards',
  )
})

test('the last due time includes the very moment', async (t) => {
  const daily = { cron: '0 7 * * *', fuso: 'America/Sao_Paulo' }
  t.same(lastRun(daily, at('2026-11-23T10:00:00Z')), at('2026-11-23T10:00:00Z'))
  t.same(lastRun(daily, at('2026-11-23T09:59:59Z')), at('2026-11-22T10:00:00Z'))
})

test('a schedule that is never due is recognised', async (t) => {
  t.ok(possible({ cron: '0 7 29 2 *', fuso: 'UTC' }))
  for (const cron of ['0 7 31 2 *', '0 7 * *', '61 * * * *', '0 0 7 * * *', 'amanhã']) {
    t.notOk(possible({ cron, fuso: 'UTC' }), cron)
  }
  t.notOk(possible({ cron: '0 7 * * *', fuso: 'America/Atlantida' }))
})

/** As if the schedule had been set long ago. */
const SINCE_2026 = `update audit.configuracoes_sistema set alterada_em = '2026-01-01' where chave like 'agenda.%'`

test('over days of simulated time: one session a day, across the clock change, with many workers checking', async (t) => {
  const { sql } = await workshop(t)
  await sql`select audit.alterar_configuracao('agenda.fuso', ${sql.json(NEW_YORK)}, 'teste')`
  await sql`select audit.alterar_configuracao('agenda.cron', '"30 2 * * *"', 'teste')`
  await sql.unsafe(SINCE_2026)
  await scheduleDue(sql, at('2026-03-06T12:00Z'))
  for (
    let hour = at('2026-03-06T13:00Z').getTime();
    hour < at('2026-03-10T12:00Z').getTime();
    hour += 1_800_000
  ) {
    await Promise.all([1, 2, 3].map(() => scheduleDue(sql, new Date(hour))))
  }
  const made = await sql<{ previsto_para: Date; status: string }[]>`
    select a.previsto_para, s.status from audit.agendamentos a join audit.sessoes_processamento s on s.id = a.sessao_id
    order by 1`
  t.same(texts(made.map((row) => row.previsto_para)), [
    '2026-03-06T07:30',
    '2026-03-07T07:30',
    '2026-03-08T07:00',
    '2026-03-09T06:30',
    '2026-03-10T06:30',
  ])
  const [sessions] = await sql`select count(*)::int as n from audit.sessoes_processamento`
  t.equal(sessions?.['n'], 5, 'and no other session')
})

test('after a week off, one session catches up, from the end of the last one on', async (t) => {
  const { sql, workerUrl } = await workshop(t)
  await sql.unsafe(SINCE_2026)
  await scheduleDue(sql, at('2026-11-02T10:00Z'))
  const worker = await launchWorker(t, workerUrl, { tick: 3_600_000 })
  const ended = (n: number) =>
    until(async () => {
      const rows = await sql`select from audit.sessoes_processamento where status = 'concluida'`
      return rows.length >= n
    })
  await ended(1)
  await worker.stop()
  const before = await sql`select max(carregado_ate) as ate from audit.sessoes_processamento`
  const rows = await sql<{ n: number }[]>`select count(*)::int as n from audit.agendamentos`
  await scheduleDue(sql, at('2036-11-09T21:00Z'))
  await scheduleDue(sql, at('2036-11-09T22:00Z'))
  const [last] = await sql`
    select s.*, (select count(*)::int from audit.agendamentos) as n from audit.sessoes_processamento s order by id desc limit 1`
  t.equal(last?.['n'], (rows[0]?.n ?? 0) + 1, 'one session, not as many as were missed')
  t.ok(last?.['incremental'])
  t.ok(last?.['carregado_desde'] <= before[0]?.['ate'], 'no gap between the windows')
})

test('a new schedule is in force at once, and does not apply to earlier times', async (t) => {
  const { sql, connectAs, workerUrl } = await workshop(t)
  const workers = await Promise.all([launchWorker(t, workerUrl), launchWorker(t, workerUrl)])
  const adelia = connectAs('adelia')
  await adelia`select audit.alterar_configuracao('agenda.modo', '"manual"', 'teste')`
  const [hour] = await sql`select extract(hour from now() at time zone 'UTC' - interval '2 hours')::int as h`
  await adelia`select audit.alterar_configuracao('agenda.fuso', '"UTC"', 'teste')`
  await adelia`select audit.alterar_configuracao('agenda.cron', ${adelia.json(`0 ${hour?.['h']} * * *`)}, 'teste')`
  const sessions = () => sql`select * from audit.sessoes_processamento`
  await haveLooked(workers)
  t.equal((await sessions()).length, 0, 'two hours ago was before the change')
  await sql.unsafe(SINCE_2026)
  await until(async () => (await sessions())[0]?.['status'] === 'concluida')
  await haveLooked(workers)
  const all = await sessions()
  t.equal(all.length, 1, 'one session, with two workers looking')
  t.match(all[0], { modo: 'manual', solicitada_por: 'trabalhador' })
  t.equal(workers.flatMap(({ said }) => said).length, 1)
})

test('a session that cannot be queued is recorded, reported, and tried again', async (t) => {
  const { sql } = await workshop(t)
  await sql.unsafe(SINCE_2026)
  await sql`update audit.regras set ativa = false`
  const moment = at('2026-11-02T10:05Z')
  t.match(await scheduleDue(sql, moment), { sessao_id: null, erro_codigo: 'NC003', tentativas: 1 })
  t.match(await scheduleDue(sql, moment), { sessao_id: null, erro_codigo: 'NC003', tentativas: 2 })
  const told = await sql`select from audit.notificacoes where tipo = 'falha'`
  t.equal(told.length, 1, 'reported once')
  await sql`update audit.regras set ativa = true where nome = 'uma'`
  t.match(await scheduleDue(sql, moment), { sessao_id: 1n, erro_codigo: null, tentativas: 3 })
  t.equal(await scheduleDue(sql, moment), undefined)
})

test('an impossible schedule or time zone is refused when set', async (t) => {
  const { sql, connectAs } = await workshop(t)
  const adelia = connectAs('adelia')
  const set = (key: string, value: unknown) =>
    adelia`select audit.alterar_configuracao(${key}, ${adelia.json(value as never)}, 'teste')`
  const wrong = [
    '',
    '* * * *',
    '* * * * * *',
    '60 * * * *',
    '* 24 * * *',
    '0 7 0 * *',
    '0 7 * 13 *',
    '0 7 * * 8',
  ]
  for (const cron of [
    ...wrong,
    '0 9-7 * * *',
    '5/2 * * * *',
    '*/0 * * * *',
    '@daily',
    '0 7 * * seg',
    7,
    null,
    ['*'],
  ]) {
    await t.rejects(set('agenda.cron', cron), { code: 'NC009' }, `cron ${JSON.stringify(cron)}`)
  }
  for (const cron of [
    '* * * * *',
    '*/15 6-22 1,15 * 1-5',
    '0 7 * * 0',
    '  0  7 * * 7 ',
    '0-30/5,59 7 * 2-11/3 *',
  ]) {
    await set('agenda.cron', cron)
    t.ok(possible({ cron, fuso: 'UTC' }), `${cron}: accepted by the database, and understood by the worker`)
  }
  for (const zone of ['', 'BRT', 'America/Atlantida', 'posix/America/Sao_Paulo', '-03', 'EST5EDT', 3]) {
    await t.rejects(set('agenda.fuso', zone), { code: 'NC009' }, `zone ${JSON.stringify(zone)}`)
  }
  const zones = await sql<{ name: string }[]>`
    select name from pg_timezone_names where audit_interno.fuso_valido(name)`
  t.ok(zones.length > 300)
  t.same(
    zones.filter(({ name }) => !possible({ cron: '0 7 * * *', fuso: name })),
    [],
    'the worker knows every time zone that the database accepts',
  )
  await t.rejects(set('agenda.modo', 'talvez'), { code: 'NC009' })
})
