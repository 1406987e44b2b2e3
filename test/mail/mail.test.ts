// Mail as its readers get it: real SMTP conversations, each message once, whatever the server does.
import { once } from 'node:events'
import { createServer } from 'node:net'
import { test } from 'tap'
import { deliverDue, send } from '../../src/mail/deliver.ts'
import { CERT } from '../helper/certificate.ts'
import { newcomer } from '../helper/database.ts'
import { afterwards, makeSender, postOffice, receive, TLS, theSession } from '../helper/postman.ts'
import { type Scenario, scenario } from '../helper/scenario.ts'

const KINDS = ['resumo', 'divergencias', 'falha', 'limite', 'ausencia']
const MANAGER = 'gestora@empresa.com.br'

const digest = (c: Scenario) =>
  c.sql`select * from audit.notificacoes where tipo = 'resumo' order by id`.then((rows) => rows[0] ?? {})

test('a session’s messages arrive once each, HTML and plain text alike, with picture and Message-ID', async (t) => {
  const c = await scenario(t)
  const office = await postOffice(t)
  const mailer = makeSender(t, `smtp://127.0.0.1:${office.port}`)
  await theSession(c, MANAGER, 'diretor@empresa.com.br')
  const first = await deliverDue(c.sql, mailer, { kinds: KINDS })
  t.match(first, { sent: { length: 2 }, failed: [] })
  t.match(
    await deliverDue(c.sql, mailer, { kinds: KINDS }),
    { sent: [], failed: [] },
    'no message is due twice',
  )
  t.equal(office.arrived.length, 2)
  const [alert, summary] = [...office.arrived].sort((a, b) =>
    (a.subject ?? '').localeCompare(b.subject ?? ''),
  )
  t.match(alert?.subject, /^\[Conferente\] 1 divergência espera uma pessoa: R\$ 1,2 mil em risco/)
  t.match(summary?.subject, /^\[Conferente\] 1 espera decisão em \d\d\/\d\d\/\d{4}: 1 nova, 0 corrigidas$/)
  t.same(summary?.envelope, [MANAGER, 'diretor@empresa.com.br'])
  const row = await digest(c)
  t.match(row, { status: 'enviada', tentativas: 1, entregues: [MANAGER, 'diretor@empresa.com.br'] })
  t.equal(summary?.messageId, row['identificador'])
  t.match(summary?.from, { address: 'conferente@localhost' })
  t.match(
    summary?.headers.find(({ key }) => key === 'auto-submitted'),
    { value: 'auto-generated' },
  )

  const html = String(summary?.html)
  const text = summary?.text ?? ''
  for (const fact of [
    '1 espera decisão',
    '1 lançamento conferido',
    'R$ 1.234,56',
    'errada',
    'a categoria está errada',
    'CERTA',
    'Ver a divergência 1',
    'Confere ao centavo',
    'Cabeça da trilha',
  ]) {
    t.ok(html.includes(fact), `HTML says ${fact}`)
    t.ok(text.toLowerCase().includes(fact.toLowerCase()), `text says ${fact}`)
  }
  t.ok(
    summary?.attachments.some(({ contentId }) => contentId === '<tendencia-0@conferente>'),
    'the trend is a part of the mail',
  )
  t.match(
    html,
    /<img[^>]+src="cid:tendencia-0@conferente"[^>]+alt="Divergências novas da regra errada/,
    'shown inline, and referred to',
  )
  t.match(summary?.raw, /multipart\/related/i)
  t.match(summary?.raw, /multipart\/alternative/i)
})

test('a 4xx is tried again and the mail arrives once; a 5xx is final and recorded', async (t) => {
  const c = await scenario(t)
  const office = await postOffice(t)
  const mailer = makeSender(t, `smtp://127.0.0.1:${office.port}`)
  await receive(c.sql, 'correio.destinatarios_resumo', [MANAGER])
  await c.book({ id: 1 })
  await c.runSession()
  office.answers.push(451)
  t.match(await deliverDue(c.sql, mailer, { kinds: KINDS }), {
    sent: [],
    failed: [{ error: { name: 'MessageDeferred' } }],
  })
  const waiting = await digest(c)
  t.match(waiting, { status: 'composta', tentativas: 1, ultimo_erro: /^451/ })
  t.ok(waiting['proxima_tentativa'] > waiting['ultima_tentativa'])
  t.match(await deliverDue(c.sql, mailer, { kinds: KINDS }), { sent: [], failed: [] }, 'not before its time')
  await afterwards(c.sql)
  t.match(await deliverDue(c.sql, mailer, { kinds: KINDS }), { sent: { length: 1 } })
  t.match(await digest(c), { status: 'enviada', tentativas: 2, ultimo_erro: null })
  t.equal(office.arrived.length, 1)
  t.equal(office.arrived[0]?.messageId, waiting['identificador'])

  await c.runSession()
  office.answers.push(554)
  t.match(await deliverDue(c.sql, mailer, { kinds: KINDS }), { failed: [] })
  const [last] = await c.sql`select * from audit.notificacoes where tipo = 'resumo' order by id desc limit 1`
  t.match(last, {
    status: 'falhou',
    tentativas: 1,
    ultimo_erro: /554/,
    proxima_tentativa: null,
    enviada_em: null,
  })
  await afterwards(c.sql)
  t.match(await deliverDue(c.sql, mailer, { kinds: KINDS }), { sent: [], failed: [] })
  t.equal(office.arrived.length, 1)
})

test('a refused recipient is recorded and the others get the mail; a deferred one gets it later, alone', async (t) => {
  const c = await scenario(t)
  const office = await postOffice(t)
  const mailer = makeSender(t, `smtp://127.0.0.1:${office.port}`)
  await receive(c.sql, 'correio.destinatarios_resumo', [
    MANAGER,
    'saiu@empresa.com.br',
    'cheia@empresa.com.br',
  ])
  await c.book({ id: 1 })
  await c.runSession()
  office.refuse.set('saiu@empresa.com.br', 550).set('cheia@empresa.com.br', 452)
  await deliverDue(c.sql, mailer, { kinds: KINDS })
  t.same(
    office.arrived.map(({ envelope }) => envelope),
    [[MANAGER]],
  )
  t.match(await digest(c), {
    status: 'composta',
    entregues: [MANAGER],
    recusados: { 'saiu@empresa.com.br': /^550/ },
    ultimo_erro: /452/,
  })
  office.refuse.delete('cheia@empresa.com.br')
  await afterwards(c.sql)
  await deliverDue(c.sql, mailer, { kinds: KINDS })
  t.same(
    office.arrived.map(({ envelope }) => envelope),
    [[MANAGER], ['cheia@empresa.com.br']],
  )
  t.equal(office.arrived[0]?.messageId, office.arrived[1]?.messageId)
  t.match(await digest(c), {
    status: 'enviada',
    entregues: [MANAGER, 'cheia@empresa.com.br'],
    ultimo_erro: /recusados: saiu@empresa.com.br \(550/,
  })
  await c.runSession()
  await deliverDue(c.sql, mailer, { kinds: KINDS })
  t.match(
    office.arrived.at(-1)?.text,
    /Mensagens que não chegaram\s+- Resumo da sessão .*saiu@empresa.com.br/,
    'and reported the next day',
  )
})

test('unsent mail is shown with its session, in metrics and in the digest, even if it is given up days later', async (t) => {
  const c = await scenario(t)
  const office = await postOffice(t)
  const mailer = makeSender(t, `smtp://127.0.0.1:${office.port}`)
  const first = await theSession(c, MANAGER, 'saiu@empresa.com.br')
  const leo = c.asPerson('leo')
  const shown = async () => {
    const [row] = await leo`
      select audit.sessao_correio(s) as campo, audit.consultar_sessoes(id => s.id) #>> '{itens,0,correio}' as pagina
      from audit.sessoes_processamento s where s.id = ${first}`
    t.equal(row?.['campo'], row?.['pagina'])
    return row?.['campo']
  }
  t.equal(await shown(), null, 'nothing has gone wrong yet')
  office.refuse.set('saiu@empresa.com.br', 550)
  office.answers.push(451, 554)
  await deliverDue(c.sql, mailer, { kinds: ['resumo'] })
  t.match(await shown(), /^resumo: composta \(451/)
  await afterwards(c.sql)
  await deliverDue(c.sql, mailer, { kinds: KINDS })
  t.match(await shown(), /^divergencias: enviada \(saiu@empresa\.com\.br: 550.*; resumo: falhou \(554/)
  const metric = async (name: string, labels: Record<string, string>) =>
    (
      await leo`select valor from audit.metricas() where nome = ${name} and rotulos = ${c.sql.json(labels)}`
    )[0]?.['valor']
  t.equal(await metric('conferente_correio', { tipo: 'resumo', status: 'falhou' }), 1)
  t.equal(await metric('conferente_correio_recusados_total', { tipo: 'divergencias' }), 1)

  // Queued four days ago, given up today: as after 25 attempts.
  await c.sql`update audit.notificacoes set criada_em = now() - interval '4 days', ultima_tentativa = now() - interval '3 days'`
  await c.runSession()
  const [row] = await c.sql`
    select audit_interno.conteudo_mensagem(max(id)) -> 'correio' as correio from audit.notificacoes where tipo = 'resumo'`
  t.match(
    row?.['correio'],
    [{ tipo: 'resumo', status: 'falhou', erro: /554/ }],
    'and nothing more about what is long past',
  )
  t.equal(row?.['correio'].length, 1)
  t.match(
    [...(await c.sql`select pronta, quantos from audit_interno.prontidao() where parte = 'correio'`)],
    [{ pronta: false, quantos: 1n }],
  )
  await c.sql`update audit.configuracoes_sistema set valor = '[]' where chave = 'correio.destinatarios'`
  await c.runSession()
  const [last] = await leo`
    select audit.sessao_correio(s) as campo from audit.sessoes_processamento s order by s.id desc limit 1`
  t.match(
    last?.['campo'],
    /^divergencias, resumo: dispensada/,
    'and a message to nobody does not count as sent',
  )
})

test('when every recipient is refused the message has failed, and is not tried again', async (t) => {
  const c = await scenario(t)
  const office = await postOffice(t)
  office.refuse.set(MANAGER, 550)
  await theSession(c, MANAGER)
  await deliverDue(c.sql, makeSender(t, `smtp://127.0.0.1:${office.port}`), { kinds: ['resumo'] })
  t.match(await digest(c), { status: 'falhou', entregues: [], recusados: { [MANAGER]: /550/ } })
})

test('a connection cut in the middle of the mail: it arrives once, under the same Message-ID', async (t) => {
  const c = await scenario(t)
  const office = await postOffice(t)
  const mailer = makeSender(t, `smtp://127.0.0.1:${office.port}`)
  await theSession(c, MANAGER)
  office.answers.push('cut')
  await deliverDue(c.sql, mailer, { kinds: ['resumo'] })
  const cut = await digest(c)
  t.match(cut, { status: 'composta', tentativas: 1, ultimo_erro: /\S/ })
  await afterwards(c.sql)
  await deliverDue(c.sql, mailer, { kinds: ['resumo'] })
  t.equal(office.arrived.length, 1)
  t.equal(office.arrived[0]?.messageId, cut['identificador'])
})

test('an answer lost after the whole mail: reported as uncertain, and the second copy has the same Message-ID', async (t) => {
  const c = await scenario(t)
  const office = await postOffice(t)
  const mailer = makeSender(t, `smtp://127.0.0.1:${office.port}`)
  await theSession(c, MANAGER)
  office.answers.push('lost')
  await deliverDue(c.sql, mailer, { kinds: ['resumo'] })
  t.match(await digest(c), { status: 'composta', ultimo_erro: /may have it already/ })
  await afterwards(c.sql)
  await deliverDue(c.sql, mailer, { kinds: ['resumo'] })
  t.equal(office.arrived.length, 2, 'what no SMTP client can prevent')
  t.equal(
    office.arrived[0]?.messageId,
    office.arrived[1]?.messageId,
    'and every mail program can recognise it',
  )
  t.equal(office.arrived[0]?.date, office.arrived[1]?.date)
})

test('several processes at once: each message is sent by one of them', async (t) => {
  const c = await scenario(t)
  const office = await postOffice(t)
  await theSession(c, MANAGER)
  const { connect: lone } = await newcomer(t, c, 'carteiro', 'conferente_dono')
  const mailers = [1, 2, 3, 4].map(() => makeSender(t, `smtp://127.0.0.1:${office.port}`))
  await Promise.all(mailers.map((mailer) => deliverDue(lone(), mailer, { kinds: KINDS })))
  t.equal(office.arrived.length, 2)
  t.equal(new Set(office.arrived.map(({ messageId }) => messageId)).size, 2)
})

test('a message that another process is sending is neither sent twice nor forgotten', async (t) => {
  const c = await scenario(t)
  const office = await postOffice(t)
  const mailer = makeSender(t, `smtp://127.0.0.1:${office.port}`)
  await theSession(c, MANAGER)
  const [id] =
    (
      await deliverDue(
        c.sql,
        { send: async () => ({ accepted: [], refused: {}, error: 'x', final: false }), close() {} },
        { kinds: ['resumo'] },
      )
    ).failed.length === 1
      ? [BigInt((await digest(c))['id'])]
      : []
  const other = await c.sql.reserve()
  await other`select audit_interno.tomar_posse(${`envio ${id}`})`
  await t.rejects(send(c.sql, id as bigint, mailer), { name: 'MessageBusy' })
  await other`select audit_interno.largar_posse(${`envio ${id}`})`
  other.release()
  await send(c.sql, id as bigint, mailer)
  await send(c.sql, id as bigint, mailer)
  t.equal(office.arrived.length, 1)
})

test('a certificate that nobody trusts is an error; trusted, the mail goes over TLS', async (t) => {
  const c = await scenario(t)
  await theSession(c, MANAGER)
  const secure = await postOffice(t, { ...TLS, secure: true })
  await deliverDue(c.sql, makeSender(t, `smtps://127.0.0.1:${secure.port}`), { kinds: ['resumo'] })
  t.match(await digest(c), { status: 'composta', ultimo_erro: /self.signed/i })
  t.equal(secure.sessions.length, 0)
  await afterwards(c.sql)
  await deliverDue(c.sql, makeSender(t, `smtps://127.0.0.1:${secure.port}?tls.rejectUnauthorized=false`), {
    kinds: ['resumo'],
  })
  t.match(await digest(c), { status: 'composta' }, 'no option in the URL turns that off')
  await afterwards(c.sql)
  await deliverDue(c.sql, makeSender(t, `smtps://127.0.0.1:${secure.port}`, { ca: CERT }), {
    kinds: ['resumo'],
  })
  t.match(await digest(c), { status: 'enviada', tentativas: 3 })
  t.same(secure.sessions, [{ secure: true, user: undefined }])
})

test('STARTTLS is used if offered, and the certificate checked; if required and missing, nothing is sent', async (t) => {
  const c = await scenario(t)
  await theSession(c, MANAGER)
  const office = await postOffice(t, TLS)
  await deliverDue(c.sql, makeSender(t, `smtp://localhost:${office.port}`), { kinds: ['resumo'] })
  t.match(await digest(c), { status: 'composta', ultimo_erro: /self.signed/i })
  const plain = await postOffice(t)
  await afterwards(c.sql)
  await deliverDue(c.sql, makeSender(t, `smtp://127.0.0.1:${plain.port}?requireTLS=true`), {
    kinds: ['resumo'],
  })
  t.match(await digest(c), { status: 'composta', ultimo_erro: /STARTTLS|^500/i })
  t.equal(plain.arrived.length, 0)
  await afterwards(c.sql)
  await deliverDue(c.sql, makeSender(t, `smtp://localhost:${office.port}`, { ca: CERT }), {
    kinds: ['resumo'],
  })
  t.match(await digest(c), { status: 'enviada' })
  t.same(office.sessions, [{ secure: true, user: undefined }])
})

test('a wrong password is an error until it is corrected; the right one is used', async (t) => {
  const c = await scenario(t)
  await theSession(c, MANAGER)
  const office = await postOffice(t, {
    ...TLS,
    authOptional: false,
    onAuth: ({ username, password }, _session, done) =>
      username === 'conferente' && password === 'p@ss:/word'
        ? done(null, { user: username })
        : done(new Error('no such user')),
  })
  const as = (password: string) =>
    makeSender(t, `smtp://conferente:${encodeURIComponent(password)}@localhost:${office.port}`, { ca: CERT })
  await deliverDue(c.sql, as('errada'), { kinds: ['resumo'] })
  const failed = await digest(c)
  t.match(failed, { status: 'composta', ultimo_erro: /535/ })
  t.notMatch(failed['ultimo_erro'], /errada/, 'and no password in the record')
  await afterwards(c.sql)
  await deliverDue(c.sql, as('p@ss:/word'), { kinds: ['resumo'] })
  t.match(await digest(c), { status: 'enviada' })
  t.same(office.sessions, [{ secure: true, user: 'conferente' }])
})

test('a server that accepts the connection and then says nothing is given up after the timeout', async (t) => {
  const c = await scenario(t)
  await theSession(c, MANAGER)
  const mute = createServer().listen(0, '127.0.0.1')
  await once(mute, 'listening')
  t.teardown(() => mute.close())
  const { port } = mute.address() as { port: number }
  await deliverDue(c.sql, makeSender(t, `smtp://127.0.0.1:${port}`, { timeout: 300 }), { kinds: ['resumo'] })
  t.match(await digest(c), { status: 'composta', ultimo_erro: /greeting|timeout/i })
})
