// Mail with workers and without any: every queued message is sent, once, when somebody can send it.
import { test } from 'tap'
import { deliverDue, watchForAbsence } from '../../src/mail/deliver.ts'
import { compose } from '../../src/mail/outbox.ts'
import { conferente, personal } from '../cli/helper.ts'
import { SECRET } from '../helper/api.ts'
import { makeSender, postOffice, receive } from '../helper/postman.ts'
import { launchWorker, until, workshop } from '../helper/work.ts'

const MANAGER = 'gestora@empresa.com.br'
const AGENDA = `update audit.configuracoes_sistema set alterada_em = '2026-01-01' where chave like 'agenda.%'`
// Two hours ago, so that it never passes during the test.
const DEADLINE = `select audit.alterar_configuracao('agenda.prazo',
  to_jsonb(to_char(now() at time zone 'America/Sao_Paulo' - interval '2 hours', 'HH24:MI')), 'teste')`

test('a worker composes and sends what its session caused', async (t) => {
  const { sql, workerUrl, requestSession } = await workshop(t)
  const office = await postOffice(t)
  await receive(sql, 'correio.destinatarios', [MANAGER])
  await requestSession()
  const mail = { mailer: makeSender(t, `smtp://127.0.0.1:${office.port}`) }
  const workers = [await launchWorker(t, workerUrl, { mail }), await launchWorker(t, workerUrl, { mail })]
  await until(
    async () =>
      (await sql`select from audit.notificacoes where tipo = 'resumo' and status = 'enviada'`).length === 1,
  )
  await Promise.all(workers.map((worker) => worker.stop()))
  t.same(
    office.arrived.map(({ subject }) => subject?.replace(/\d\d\/\d\d\/\d{4}/, 'DIA')),
    ['[Conferente] Tudo feito em DIA: 40 novas, 40 corrigidas'],
  )
})

test('a server that is down for an hour: the message waits, longer each time, and arrives once', async (t) => {
  const { sql, workerUrl, requestSession } = await workshop(t)
  const down = await postOffice(t)
  const { port } = down
  await down.close()
  await receive(sql, 'correio.destinatarios', [MANAGER])
  await requestSession()
  const mail = { mailer: makeSender(t, `smtp://127.0.0.1:${port}`) }
  const worker = await launchWorker(t, workerUrl, { mail })
  const tries = async () =>
    (await sql`select tentativas from audit.notificacoes where tipo = 'resumo'`)[0]?.['tentativas'] ?? 0
  const waits: number[] = []
  for (let n = 1; waits.reduce((sum, s) => sum + s, 0) < 3600; n++) {
    await until(async () => (await tries()) >= n)
    // Skips the wait before its next attempt.
    await until(async () => {
      const [job] = await sql`
        with vez as (select id, extract(epoch from run_at - now()) as espera from graphile_worker._private_jobs
          where key like 'enviar_mensagem:%' and locked_at is null and attempts = ${n} and run_at > now())
        update graphile_worker._private_jobs j set run_at = now() from vez where j.id = vez.id returning vez.espera::float8`
      if (job) waits.push(job['espera'] as number)
      return job !== undefined
    })
  }
  t.ok(
    waits.every((wait, i) => wait > (waits[i - 1] ?? 0)),
    `waits grow: ${waits.map(Math.round)}`,
  )
  t.match((await sql`select status, ultimo_erro from audit.notificacoes where tipo = 'resumo'`)[0], {
    status: 'composta',
    ultimo_erro: /ECONNREFUSED/,
  })
  const office = await postOffice(t, {}, port)
  await until(async () => {
    await sql`update graphile_worker._private_jobs set run_at = now() where key like 'enviar_mensagem:%' and locked_at is null`
    return (
      (await sql`select from audit.notificacoes where tipo = 'resumo' and status = 'enviada'`).length === 1
    )
  })
  await worker.stop()
  t.equal(office.arrived.length, 1)
  const [row] = await sql`select identificador, tentativas from audit.notificacoes where tipo = 'resumo'`
  t.equal(office.arrived[0]?.messageId, row?.['identificador'])
  t.ok(waits.length >= 7 && row?.['tentativas'] > waits.length)
})

test('the last attempt gives up, and the message is shown as failed', async (t) => {
  const { sql, workerUrl, requestSession } = await workshop(t)
  const office = await postOffice(t)
  office.answers.push(...Array(3).fill(451))
  await receive(sql, 'correio.destinatarios', [MANAGER])
  await requestSession()
  const composer = await launchWorker(t, workerUrl)
  await until(async () => (await sql`select from audit.notificacoes where status = 'composta'`).length === 1)
  await composer.stop()
  await sql`update graphile_worker._private_jobs set max_attempts = 1 where key like 'enviar_mensagem:%'`
  const worker = await launchWorker(t, workerUrl, {
    mail: { mailer: makeSender(t, `smtp://127.0.0.1:${office.port}`) },
  })
  await until(async () => (await sql`select from audit.notificacoes where status = 'falhou'`).length === 1)
  await worker.stop()
  const ran = await conferente(['notificacoes', '--nao-enviadas', '--json'], { url: workerUrl })
  t.match(ran.json(), [{ tipo: 'resumo', status: 'falhou', ultimo_erro: /451/, tentativas: 1 }])
  t.match((await conferente(['notificacoes'], { url: workerUrl })).stdout, /falhou .*Tudo feito.*451/)
})

test('a message whose last attempt was killed, or that can never be composed, is given up and shown, not left waiting', async (t) => {
  const { sql, workerUrl } = await workshop(t)
  const office = await postOffice(t)
  await receive(sql, 'correio.destinatarios', [MANAGER])
  const message = async () => {
    const [row] = await sql`
      insert into audit.notificacoes (tipo, dia) select 'ausencia', coalesce(max(dia), '2026-11-01') + 1 from audit.notificacoes returning id`
    return row?.['id'] as bigint
  }
  const never = await message()
  const killed = await message()
  await compose(sql, killed)
  const waiting = await message()
  // As a worker killed in the last attempt leaves it, and one whose last attempt to compose failed.
  await sql`select audit_interno.iniciar_envio(${killed}), pg_advisory_unlock_all()`
  await sql`update graphile_worker._private_jobs set attempts = max_attempts, locked_at = now() - interval '1 hour', locked_by = 'morto'
    where key = ${`enviar_mensagem:${killed}`}`
  await sql`update graphile_worker._private_jobs set attempts = max_attempts, last_error = 'sem fatos' where key = ${`compor_mensagem:${never}`}`
  const mail = { mailer: makeSender(t, `smtp://127.0.0.1:${office.port}`) }
  const worker = await launchWorker(t, workerUrl, { mail, tick: 100 })
  const state = () =>
    sql`select status, ultimo_erro, desistida_em is not null as desistida, proxima_tentativa from audit.notificacoes where dia < '2026-11-05' order by id`
  await until(async () => (await state()).every(({ status }) => ['falhou', 'enviada'].includes(status)))
  await worker.stop()
  t.match(
    [...(await state())],
    [
      { status: 'falhou', ultimo_erro: /sem fatos/, desistida: true, proxima_tentativa: null },
      { status: 'falhou', ultimo_erro: /morreu.*pode já ter/, desistida: true, proxima_tentativa: null },
      { status: 'enviada', desistida: false },
    ],
  )
  t.ok(waiting > killed)
})

test('without SMTP_URL messages are composed and wait for a process that has it', async (t) => {
  const { sql, workerUrl, requestSession } = await workshop(t)
  await receive(sql, 'correio.destinatarios', [MANAGER])
  await requestSession()
  const worker = await launchWorker(t, workerUrl)
  await until(
    async () =>
      (await sql`select from audit.notificacoes where tipo = 'resumo' and status = 'composta'`).length === 1,
  )
  await worker.stop()
  t.match(
    (await sql`select attempts from graphile_worker.jobs where key like 'enviar_mensagem:%'`)[0],
    { attempts: 0 },
    'its job is not used up',
  )
  const office = await postOffice(t)
  const refused = await conferente(['notificacoes', '--enviar'], { url: workerUrl })
  t.equal(refused.code, 2)
  const ran = await conferente(['notificacoes', '--enviar', '--json'], {
    url: workerUrl,
    env: { SMTP_URL: `smtp://127.0.0.1:${office.port}` },
  })
  t.equal(ran.code, 0, ran.stderr)
  t.match(ran.json(), [{ status: 'enviada', entregues: [MANAGER] }])
  t.equal(office.arrived.length, 1)
  const late = await launchWorker(t, workerUrl, {
    mail: { mailer: makeSender(t, `smtp://127.0.0.1:${office.port}`) },
  })
  await until(
    async () => (await sql`select from graphile_worker.jobs where key like 'enviar_mensagem:%'`).length === 0,
  )
  await late.stop()
  t.equal(office.arrived.length, 1, 'the worker that comes later finds it sent')
})

test('trabalhar says at its start that mail cannot be sent, or has no recipients', async (t) => {
  const { sql, workerUrl } = await workshop(t)
  const say = (env: Record<string, string>) =>
    conferente(['trabalhar'], {
      url: workerUrl,
      env,
      onStderr: (text, kill) => /pronto/.test(text) && kill('SIGTERM'),
    })
  t.match((await say({})).stderr, /SMTP_URL não está definida.*\n.*há mensagens que ninguém recebe/)
  await receive(sql, 'correio.destinatarios', [MANAGER])
  await sql`insert into audit.notificacoes (tipo, dia) values ('ausencia', '2026-11-01')`
  const { stderr } = await say({ SMTP_URL: 'smtp://127.0.0.1:1' })
  t.match(stderr, /mensagens à espera, que serão enviadas: 1/)
  t.notMatch(stderr, /ninguém recebe|SMTP_URL/)
  t.match(stderr, /remetente é desta máquina.*\n.*links das mensagens só abrem nesta máquina/)
  await sql`select audit.alterar_configuracao('correio.remetente', '"Conferente <conferente@empresa.com.br>"', 'teste')`
  await sql`select audit.alterar_configuracao('correio.pagina', '"https://conferente.empresa.com.br"', 'teste')`
  t.notMatch((await say({ SMTP_URL: 'smtp://127.0.0.1:1' })).stderr, /remetente|links/)
})

test('with no worker alive, servers look for a missing session, and one of them sends the alert, once', async (t) => {
  const { sql, connectAs } = await workshop(t)
  const office = await postOffice(t)
  await receive(sql, 'correio.destinatarios_ausencia', ['ti@empresa.com.br'])
  await sql.unsafe(DEADLINE)
  await sql.unsafe(AGENDA)
  const servers = Array.from({ length: 4 }, () => connectAs('api'))
  const mailer = () => makeSender(t, `smtp://127.0.0.1:${office.port}`)
  await Promise.all(servers.map((server) => watchForAbsence(server, undefined)))
  t.match(
    [...(await sql`select tipo, status from audit.notificacoes`)],
    [{ tipo: 'ausencia', status: 'pendente' }],
    'recorded even where no mail can leave',
  )
  for (let look = 0; look < 3; look++) {
    await Promise.all(servers.map((server) => watchForAbsence(server, mailer())))
  }
  t.same(
    office.arrived.map(({ envelope }) => envelope),
    [['ti@empresa.com.br']],
  )
  t.match(office.arrived[0]?.subject, /^\[Conferente\] Nenhuma sessão de .* terminou até \d\d:\d\d$/)
  t.match(office.arrived[0]?.text, /Havia uma sessão prevista/)
})

test('conferente servir alone does so by itself', async (t) => {
  const { sql, url } = await workshop(t)
  const office = await postOffice(t)
  await receive(sql, 'correio.destinatarios', [MANAGER])
  await sql.unsafe(DEADLINE)
  await sql.unsafe(AGENDA)
  const ran = await conferente(['servir', '--porta', '0'], {
    url: personal(url, 'api'),
    env: { CONFERENTE_JWT_SEGREDO: SECRET, SMTP_URL: `smtp://127.0.0.1:${office.port}` },
    onStderr: (text, kill) => {
      if (/http:/.test(text)) void until(() => office.arrived.length > 0).finally(() => kill('SIGTERM'))
    },
  })
  t.equal(ran.code, 0, ran.stderr)
  t.match(office.arrived, [{ subject: /Nenhuma sessão/ }])
  t.match((await sql`select status from audit.notificacoes`)[0], { status: 'enviada' })
})

test('a worker also raises and sends the alert, once', async (t) => {
  const { sql, workerUrl } = await workshop(t)
  const office = await postOffice(t)
  await receive(sql, 'correio.destinatarios', [MANAGER])
  await sql`update audit.regras set ativa = false` // no session can be queued, so none will end
  await sql.unsafe(DEADLINE)
  await sql.unsafe(AGENDA)
  const mailer = makeSender(t, `smtp://127.0.0.1:${office.port}`)
  const worker = await launchWorker(t, workerUrl, { mail: { mailer }, tick: 100 })
  const sent = () => sql`select tipo from audit.notificacoes where status = 'enviada' order by tipo`
  await until(async () => (await sent()).length === 2)
  await worker.stop()
  t.same(
    (await sent()).map(({ tipo }) => tipo),
    ['ausencia', 'falha'],
    'beside the failed attempt to queue the session',
  )
  await deliverDue(sql, mailer)
  t.equal(office.arrived.length, 2)
  t.match(office.arrived.find(({ subject }) => /colocada na fila/.test(subject ?? ''))?.text, /NC003/)
})
