// Messages on their way to channels: signed, at least once with one identifier, and never anywhere that nobody configured.
import { Webhook } from 'standardwebhooks'
import { type Test, test } from 'tap'
import { notify, notifyDue } from '../../src/channels/deliver.ts'
import { post as postOnce } from '../../src/channels/post.ts'
import { createResolve } from '../../src/channels/reach.ts'
import { connect, type Sql } from '../../src/db/connection.ts'
import { factsSchema } from '../../src/mail/facts.ts'
import { present } from '../../src/mail/present.ts'
import { CERT, KEY } from '../helper/certificate.ts'
import { canal, KEY_PART, post, receptor, SEGREDO } from '../helper/receiver.ts'
import { one, type Scenario, scenario } from '../helper/scenario.ts'
import { launchWorker, until, workshop } from '../helper/work.ts'

const row = async (sql: Sql) =>
  one(await sql`select * from audit.notificacoes where canal_id is not null order by id desc limit 1`)

/** A test message on its way to one channel. */
async function mensagem(c: Scenario, url: string, type = 'webhook') {
  await canal(c.asPerson('adelia'), url, 'equipe', type)
  return one(await c.asPerson('adelia')`select id from audit.testar_canal('equipe')`)['id'] as bigint
}

const sendAll = (c: Scenario) => notifyDue(c.sql, post, { waiting: true })

test('a webhook is a CloudEvent that the library on the other side finds signed', async (t) => {
  const c = await scenario(t)
  const there = await receptor(t)
  await canal(c.asPerson('adelia'), there.url, 'erp')
  await c.sql`update dw.ajuste set quebrada = true`
  await c.runSession()
  t.match(await sendAll(c), { failed: [] })
  const [got] = there.received
  t.equal(got?.path, `/${KEY_PART}`)
  t.equal(got?.headers['content-type'], 'application/cloudevents+json; charset=utf-8')
  const event = new Webhook(SEGREDO).verify(
    got?.body ?? '',
    got?.headers as unknown as Record<string, string>,
  )
  const { identificador, alarme_id } = await row(c.sql)
  t.match(event, {
    specversion: '1.0',
    id: identificador,
    source: 'http://localhost:8000/revisao',
    type: 'conferente.falha',
    subject: 'falha/regra errada',
    datacontenttype: 'application/json',
    data: {
      tipo: 'falha',
      canal: 'erp',
      problema: { id: Number(alarme_id), tipo: 'falha', regra: 'errada', ate: null },
      sessao: { status: 'falhou' },
      texto: 'a regra quebrou',
      cadeia: { selo: /^[0-9a-f]{64}$/ },
    },
  })
  t.equal(got?.headers['webhook-id'], identificador)
  t.throws(() =>
    new Webhook(SEGREDO).verify(`${got?.body} `, got?.headers as unknown as Record<string, string>),
  )
  t.throws(() =>
    new Webhook(SEGREDO).verify(got?.body ?? '', {
      ...got?.headers,
      'webhook-id': 'msg_1',
    } as unknown as Record<string, string>),
  )
  t.match(await row(c.sql), {
    status: 'enviada',
    destinatarios: ['erp'],
    entregues: ['erp'],
    assunto: 'A regra errada falhou ou foi pulada',
  })
})

test('an endpoint that was down gets the same message later, with the same identifier and a new signature', async (t) => {
  const c = await scenario(t)
  const there = await receptor(t)
  there.answers.push(500, (answer) => answer.socket?.destroy(), 429, 200)
  await mensagem(c, there.url)
  for (const error of [/^HTTP 500/, /socket hang up|ECONNRESET/, /^HTTP 429/]) {
    await sendAll(c)
    t.match(await row(c.sql), { status: 'composta', ultimo_erro: error, entregues: [] })
  }
  await sendAll(c)
  await sendAll(c)
  t.match(await row(c.sql), { status: 'enviada', tentativas: 4, ultimo_erro: null })
  t.equal(there.received.length, 4, 'a message that was delivered is not sent again')
  t.equal(new Set(there.received.map(({ headers }) => headers['webhook-id'])).size, 1)
  t.equal(new Set(there.received.map(({ body }) => body)).size, 1, 'and it contains the same')
  for (const { body, headers } of there.received)
    t.ok(new Webhook(SEGREDO).verify(body, headers as unknown as Record<string, string>))
})

test('an endpoint that answers 410 is given up, and shown where unsent mail is', async (t) => {
  const c = await scenario(t)
  const there = await receptor(t)
  there.answers.push(410)
  await canal(c.asPerson('adelia'), there.url, 'equipe')
  await c.book({ id: 1, confianca: 0.5 })
  const { id } = await c.runSession()
  await sendAll(c)
  t.match(await row(c.sql), { status: 'falhou', ultimo_erro: /^HTTP 410/, tentativas: 1 })
  const leo = c.asPerson('leo')
  const { correio } = one(
    await leo`select audit.sessao_correio(s) as correio from audit.sessoes_processamento s where id = ${id}`,
  )
  t.equal(
    correio,
    'abertas (equipe): falhou (HTTP 410); divergencias, resumo: dispensada (nenhum destinatário configurado)',
  )
  const metricas = await leo`
    select rotulos, valor from audit.metricas() where nome = 'conferente_correio' and rotulos ->> 'status' = 'falhou'`
  t.match([...metricas], [{ rotulos: { tipo: 'abertas', canal: 'equipe' }, valor: 1 }])
  const diagnostico =
    await leo`select item, detalhe from audit.diagnosticar_contrato() where item like 'canal%'`
  t.match(
    [...diagnostico],
    [
      {
        item: 'canal equipe',
        detalhe: /^a última mensagem a http:\/\/127\.0\.0\.1:\d+ não chegou: HTTP 410/,
      },
    ],
  )
  t.match(
    [...(await c.sql`select pronta, quantos::int from audit_interno.prontidao() where parte = 'correio'`)],
    [{ pronta: false, quantos: 1 }],
  )
  const { id: next } = await c.runSession()
  const { conteudo } = one(
    await c.sql`select audit_interno.conteudo_mensagem(id) as conteudo from audit.notificacoes where sessao_id = ${next} and tipo = 'resumo'`,
  )
  t.match(
    conteudo.correio,
    [{ tipo: 'abertas', canal: 'equipe', status: 'falhou' }],
    'the next digest reports it',
  )
  t.match(present(factsSchema.parse(conteudo)).mail, [/^Divergências abertas \(equipe\) de .*: HTTP 410/])
})

test('no redirect is followed, and an address repeated in an answer is not kept', async (t) => {
  const c = await scenario(t)
  const [there, elsewhere] = [await receptor(t), await receptor(t)]
  await mensagem(c, there.url)
  there.answers.push(
    (answer) => answer.writeHead(307, { location: `${elsewhere.url}/x` }).end(),
    (answer) => answer.writeHead(404).end(`no_service /${KEY_PART}`),
    (answer) => answer.writeHead(404).end('x9f2kq7w'),
    (answer) => answer.writeHead(404).end('no_service'),
  )
  const errors: string[] = []
  for (let n = 0; n < 4; n++) {
    await sendAll(c)
    errors.push((await row(c.sql))['ultimo_erro'] as string)
  }
  t.same(errors, ['HTTP 307 (redirects are not followed)', 'HTTP 404', 'HTTP 404', 'HTTP 404: no_service'])
  t.equal(elsewhere.received.length, 0)
})

test('an answer that never ends is cut off, after its status or after a time limit', async (t) => {
  const there = await receptor(t)
  there.answers.push(
    (answer) => answer.writeHead(200).write('x'),
    (answer) => answer.writeHead(500).end('x'.repeat(5_000_000)),
    (answer) => answer.writeHead(500).write('x'),
    () => {},
    (answer) => answer.socket?.write('HTTP/1.1 200 OK\r\nx: '),
  )
  const once = (timeout: number) => postOnce(there.url, {}, '{}', { ...post, timeout })
  t.match(await once(20_000), { status: 200 })
  t.equal((await once(20_000)).body.length, 2048)
  t.match(await once(2000), { status: 500, body: 'x' })
  await t.rejects(once(500), { message: 'no answer within 0.5 s' })
  await t.rejects(once(500), { message: 'no answer within 0.5 s' })
})

test('an invalid certificate is an error', async (t) => {
  const there = await receptor(t, { key: KEY, cert: CERT })
  await t.rejects(postOnce(there.url, {}, '{}', post), { code: /CERT/ })
  t.match(await postOnce(there.url, {}, '{}', { ...post, ca: CERT }), { status: 200 })
})

test('internal addresses are refused, however they are written, unless the operator of the worker allows them', async (t) => {
  const resolve = createResolve([])
  for (const host of [
    'localhost',
    '127.0.0.1',
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '172.31.255.255',
    '192.168.0.1',
    '169.254.169.254',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '[::1]',
    '[::]',
    '[::ffff:10.0.0.1]',
    '[::ffff:a9fe:a9fe]',
    '[64:ff9b::a00:1]',
    '[2002:a00:1::]',
    '[fd00::1]',
    '[fe80::1]',
    '[ff02::1]',
    ...['http://2130706433/', 'http://0x7f.1/', 'http://0177.0.0.1/', 'http://127.1/'].map(
      (url) => new URL(url).hostname,
    ),
  ])
    await t.rejects(resolve(host), { name: 'AddressRefused', message: /CONFERENTE_CANAIS_REDES/ }, host)
  for (const host of ['8.8.8.8', '172.32.0.1', '[2606:4700::1111]'])
    t.equal((await resolve(host)).length, 1, host)
  const allowed = createResolve(['10.1.2.0/24', 'fd00::/8', '127.0.0.1'])
  for (const host of ['10.1.2.3', '[fd00::1]', '127.0.0.1']) t.equal((await allowed(host)).length, 1, host)
  await t.rejects(allowed('10.1.3.1'))
  await t.rejects(allowed('127.0.0.2'))
})

test('a refused address is shown with its message, and nothing leaves the machine', async (t) => {
  const c = await scenario(t)
  const there = await receptor(t)
  await mensagem(c, there.url)
  await notifyDue(c.sql, { resolve: createResolve([]) }, { waiting: true })
  t.match(await row(c.sql), { status: 'composta', ultimo_erro: /^127\.0\.0\.1 is an internal address/ })
  t.equal(there.received.length, 0)
})

test('the host is looked up once, so a name server that changes its answer cannot redirect the message', async (t) => {
  const there = await receptor(t)
  const url = there.url.replace('127.0.0.1', 'canal.example')
  let asked = 0
  const resolve = async () => {
    asked++
    return [{ address: '127.0.0.1', family: 4 as const }]
  }
  t.match(await postOnce(url, {}, '{}', { resolve, timeout: 20_000 }), { status: 200 })
  t.equal(asked, 1)
})

test('a channel that is switched off, or whose address a copy does not have, gets nothing', async (t) => {
  const c = await scenario(t)
  const there = await receptor(t)
  const first = await mensagem(c, there.url)
  await c.sql`select from audit_interno.compor_mensagem(${first})`
  await c.asPerson('adelia')`select audit.desligar_canal('equipe', 'mudou')`
  await sendAll(c)
  t.match(await row(c.sql), { status: 'dispensada', ultimo_erro: 'o canal foi desligado' })
  await mensagem(c, there.url)
  await c.sql`delete from audit_interno.destinos_canais`
  await sendAll(c)
  t.match(await row(c.sql), { status: 'composta', ultimo_erro: /not in this database/ })
  await c.asPerson(
    'adelia',
  )`select audit.salvar_canal('equipe', 'de novo', endereco => ${there.url}, segredo => ${SEGREDO})`
  await sendAll(c)
  t.match(await row(c.sql), { status: 'enviada' })
  t.equal(there.received.length, 1)
})

test('a message whose sender was killed is sent again, with the same identifier', async (t) => {
  const c = await scenario(t)
  const there = await receptor(t)
  const id = await mensagem(c, there.url)
  await c.sql`select from audit_interno.compor_mensagem(${id})`
  const sender = connect(c.url, { max: 1 })
  const arrived = new Promise<void>((resolve) => there.answers.push(() => resolve()))
  const sending = notify(sender, id, { ...post, timeout: 20_000 })
  const killed = t.rejects(sending)
  await arrived
  t.match(await attempt(c, id), { name: 'MessageBusy' }, 'nobody else sends it meanwhile')
  await sender.end({ timeout: 0 })
  there.closeAll()
  await killed
  await until(async () => (await attempt(c, id)) === undefined)
  t.match(await row(c.sql), { status: 'enviada' })
  t.equal(there.received.length, 2)
  t.equal(new Set(there.received.map(({ headers }) => headers['webhook-id'])).size, 1)
})

const attempt = (c: Scenario, id: bigint): Promise<Error | undefined> =>
  notify(c.sql, id, post).then(
    () => undefined,
    (error: Error) => error,
  )

test('a worker without a mail server still sends to channels, and gives up after the last attempt', async (t: Test) => {
  const { sql, workerUrl, requestSession, connectAs } = await workshop(t)
  const [good, dead] = [await receptor(t), await receptor(t)]
  dead.answers.push(...Array(30).fill(503))
  const adelia = connectAs('adelia')
  await canal(adelia, good.url, 'boa', 'slack')
  await canal(adelia, dead.url, 'morta', 'teams')
  await sql`update audit.regras set automatica = false`
  await requestSession('uma')
  const worker = await launchWorker(t, workerUrl, { channels: { post }, tick: 100 })
  await until(async () => good.received.length === 1)
  await until(async () => (await row(sql))['tentativas'] > 0)
  await until(async () => {
    // Skips the wait for its next attempt, which is its last.
    await sql`update graphile_worker._private_jobs set max_attempts = attempts + 1, run_at = now()
      where locked_at is null and run_at > now() and key like 'enviar_mensagem:%'`
    return (await row(sql))['status'] === 'falhou'
  })
  await worker.stop()
  t.match(JSON.parse(good.received[0]?.body ?? ''), { text: '20 divergências novas nesta sessão' })
  t.equal(good.received[0]?.headers['webhook-signature'], undefined)
})
