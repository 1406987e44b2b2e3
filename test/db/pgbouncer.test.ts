// Conferente through PgBouncer: everything in session mode, the API in transaction mode, and a refusal before work begins
// elsewhere.
import { setTimeout as sleep } from 'node:timers/promises'
import { type Test, test } from 'tap'
import type { App } from '../../src/cli/app.ts'
import { openConnection } from '../../src/cli/database.ts'
import { connect } from '../../src/db/connection.ts'
import { poolingOf } from '../../src/db/pooling.ts'
import { conferente, personal } from '../cli/helper.ts'
import { api, SECRET } from '../helper/api.ts'
import { bouncer, WITHOUT_BOUNCER } from '../helper/bouncer.ts'
import { testDatabase } from '../helper/database.ts'
import { postOffice, receive } from '../helper/postman.ts'
import { scenario } from '../helper/scenario.ts'
import { exited, launchWorker, startProcess, underWay, until, workshop } from '../helper/work.ts'

const skip = WITHOUT_BOUNCER
const GRAPHQL = { query: '{ divergencias(first: 5) { nodes { id status } } }' }

test('a pooler in between is recognised, whatever its pools are doing', { skip }, async (t) => {
  const { url } = await testDatabase(t, 'empty')
  t.equal(await poolingOf(url), 'direct')
  for (const mode of ['session', 'transaction', 'statement'] as const) {
    const pooled = await bouncer(t, url, mode)
    t.equal(await poolingOf(pooled), mode)
    const others = connect(pooled, { max: 8, prepare: false })
    let busy = true
    const noise = Promise.all(
      Array.from({ length: 8 }, async () => {
        while (busy) await others`select pg_sleep(0.002)`
      }),
    )
    t.equal(await poolingOf(pooled), mode, `${mode}, while others work`)
    busy = false
    await noise
    await others.end()
  }
  t.equal(
    await poolingOf(await bouncer(t, url, 'transaction', { size: 1 })),
    'transaction',
    'one for all of them',
  )
})

test('in session mode everything works: migration, session, worker, API and page', { skip }, async (t) => {
  const empty = await testDatabase(t, 'empty')
  const migrated = await conferente(['migrar'], { url: await bouncer(t, empty.url, 'session') })
  t.equal(migrated.code, 0, migrated.stderr)
  t.match(
    [...(await empty.sql`select count(*)::int > 0 as done from graphile_migrate.migrations`)],
    [{ done: true }],
  )

  const { sql, url, requestSession, session: theSession, slowDown } = await workshop(t)
  const pooled = await bouncer(t, url, 'session')
  const session = await conferente(['processar', '--modo', 'auto', '--regra', 'uma', '--json'], {
    url: personal(pooled, 'olivia'),
  })
  t.match(session.json(), { status: 'concluida', corrigidas: 20 }, session.stderr)

  await slowDown(60)
  const dead = await startProcess(t, personal(pooled, 'trabalhador'))
  const id = await requestSession('outra')
  await underWay(sql, id)
  dead.kill('SIGKILL')
  await exited(dead)
  await until(async () => {
    const [held] = await sql`select audit_interno.possuida(${`sessao ${id}`}) as held`
    return held?.['held'] === false
  })
  t.pass('what a killed worker held is free, and its query has ended')
  await slowDown(0)
  const heir = await launchWorker(t, personal(pooled, 'trabalhador'))
  await until(async () => (await theSession(id))['na_fila'] === 0)
  t.match(await theSession(id), { status: 'concluida', corrigidas: 20n }, 'another worker continues')
  await heir.stop()

  const server = await api(t, { sql, url: pooled })
  await answersAll(t, server, 40)
  const page = await fetch(`${server.url}/revisao`)
  t.match(page, { status: 200 })
})

test('in transaction mode 400 requests, a hundred at once, are all answered', { skip }, async (t) => {
  const c = await scenario(t)
  for (const id of [1, 2, 3]) await c.book({ id, confianca: 0.5 })
  await c.runSession()
  const server = await api(t, { sql: c.sql, url: await bouncer(t, c.url, 'transaction', { size: 5 }) })
  await answersAll(t, server, 400)
  t.same(server.failures, [])
  const token = await server.token('leitor')
  for (const path of [
    '/readyz?partes=banco&partes=migracoes',
    '/metrics',
    '/api/v1/relatorios/divergencias/export?formato=csv',
  ])
    t.match(await server.request(path, { token }), { status: 200 }, path)
  const { id } = await c.finding(1)
  const decided = await server.request('/api/v1/divergencias/aprovar', {
    token: await server.token('revisor'),
    body: { ids: [id], visto: await c.shown(id), motivo: 'conferido' },
  })
  t.equal(decided.status, 200, decided.text)
  t.equal(await c.status(1), 'corrigida', 'and a decision is made')
})

test("in transaction mode, clients who leave cancel nobody else's query", { skip }, async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1, confianca: 0.5 })
  await c.runSession()
  const server = await api(t, { sql: c.sql, url: await bouncer(t, c.url, 'transaction', { size: 3 }) })
  const [leaving, staying] = [await server.token('revisor', 'vai'), await server.token('leitor', 'fica')]
  const leave = async (n: number) => {
    const signal = AbortSignal.timeout(5 + (n % 40))
    const [path, init] = request(n, leaving)
    await fetch(`${server.url}${path}`, { ...init, signal }).then(
      (answer) => answer.text(),
      () => undefined,
    )
  }
  const asked = Array.from({ length: 150 }, async (_, n) => {
    const gone = leave(n)
    const answer = await server.request(...ask(n, staying))
    await gone
    return answer
  })
  const answers = await Promise.all(asked)
  t.same(
    answers.filter(({ status, text }) => status !== 200 || /"errors"/.test(text)).map(({ text }) => text),
    [],
  )
  t.same(server.failures, [])
})

test('a stopped command cancels its own query, not whatever its server process runs by then', {
  skip,
}, async (t) => {
  const { url } = await testDatabase(t, 'empty')
  const pooled = await bouncer(t, url, 'transaction', { size: 1 })
  const app = { cancel: undefined } as unknown as App
  const command = await openConnection(app, pooled)
  const other = connect(pooled, { max: 1 })
  const somebody = other`select 'done' as said from pg_sleep(1)`.execute()
  await sleep(300)
  await app.cancel?.()
  t.match([...(await somebody)], [{ said: 'done' }])
  const own = command.sql`select pg_sleep(60)`.catch(({ code }) => code)
  await sleep(300)
  await app.cancel?.()
  t.equal(await own, '57014')
  await Promise.all([other.end(), command.close()])
})

test('in transaction mode, work that needs its own connection does not begin, and says what to do', {
  skip,
}, async (t) => {
  const { sql, url } = await workshop(t)
  await sql.unsafe('grant conferente_servico to trabalhador')
  const pooled = await bouncer(t, url, 'transaction')
  const env = { CONFERENTE_JWT_SEGREDO: SECRET, SMTP_URL: 'smtp://127.0.0.1:1' }
  const before = await sql`select count(*) from audit.operacoes`
  for (const command of [
    'trabalhar',
    'iniciar',
    'processar --modo auto',
    'migrar',
    'notas .',
    'notificacoes --enviar',
  ]) {
    const ran = await conferente(command.split(' '), { url: personal(pooled, 'trabalhador'), env })
    t.equal(ran.code, 1, `${command}: ${ran.stderr}`)
    t.match(ran.stderr, /PgBouncer .* em modo transaction.*pool_mode = session/, command)
  }
  t.same([...(await sql`select count(*) from audit.operacoes`)], [...before], 'nothing was done')
  t.match([...(await sql`select from audit_interno.posses`)], [], 'and no lock is held')

  const list = await conferente(['listar'], { url: personal(pooled, 'olivia') })
  t.equal(list.code, 0, list.stderr)
  const simulated = await conferente(['processar', '--modo', 'auto', '--simular'], {
    url: personal(pooled, 'olivia'),
  })
  t.equal(simulated.code, 0, simulated.stderr)
  const diagnosis = await conferente(['diagnostico', '--json'], { url: personal(pooled, 'olivia') })
  t.match(diagnosis.json()[0], {
    item: 'conexão',
    situacao: 'aviso',
    detalhe: /modo transaction/,
    sugestao: /pool_mode/,
  })
})

test('in transaction mode, servers send the alert that no worker is alive, and work beside a worker that connects directly', {
  skip,
}, async (t) => {
  const { sql, url, workerUrl } = await workshop(t)
  const pooled = await bouncer(t, url, 'transaction')
  const office = await postOffice(t)
  await receive(sql, 'correio.destinatarios', ['gestora@empresa.com.br'])
  await sql`select audit.alterar_configuracao('agenda.prazo',
    to_jsonb(to_char(now() at time zone 'America/Sao_Paulo' - interval '2 hours', 'HH24:MI')), 'teste')`
  await sql`update audit.configuracoes_sistema set alterada_em = '2026-01-01' where chave like 'agenda.%'`
  const ran = await conferente(['servir', '--porta', '0'], {
    url: personal(pooled, 'api'),
    env: { CONFERENTE_JWT_SEGREDO: SECRET, SMTP_URL: `smtp://127.0.0.1:${office.port}` },
    onStderr: (text, kill) => {
      if (/http:/.test(text)) void until(() => office.arrived.length > 0).finally(() => kill('SIGTERM'))
    },
  })
  t.equal(ran.code, 0, ran.stderr)
  t.match(office.arrived, [{ subject: /Nenhuma sessão/ }])
  t.match(
    [...(await sql`select status, tentativas from audit.notificacoes where tipo = 'ausencia'`)],
    [{ status: 'enviada', tentativas: 1 }],
  )
  t.match([...(await sql`select from audit_interno.posses`)], [], 'and no lock is held')

  const server = await api(t, { sql, url: pooled })
  const worker = await launchWorker(t, workerUrl)
  const asked = await server.request('/api/v1/divergencias/processar', {
    token: await server.token('operador'),
    body: { modo: 'auto', regras: ['uma'] },
  })
  t.equal(asked.status, 202, asked.text)
  const ended = () => sql`select corrigidas from audit.sessoes_processamento where status = 'concluida'`
  await until(async () => (await ended()).length > 0)
  t.match([...(await ended())], [{ corrigidas: 20n }])
  await worker.stop()
})

test('in statement mode there is no API', { skip }, async (t) => {
  const { url } = await testDatabase(t)
  const pooled = await bouncer(t, url, 'statement')
  const ran = await conferente(['servir', '--porta', '0'], {
    url: personal(pooled, 'api'),
    env: { CONFERENTE_JWT_SEGREDO: SECRET },
  })
  t.equal(ran.code, 1)
  t.match(ran.stderr, /modo statement, que não tem transações/)
})

test('a parameter that PgBouncer does not accept is named', { skip }, async (t) => {
  const { url } = await testDatabase(t)
  const pooled = new URL(await bouncer(t, url, 'session'))
  pooled.searchParams.set('options', '-c work_mem=8MB')
  const ran = await conferente(['listar'], { url: pooled.href })
  t.equal(ran.code, 1)
  t.match(ran.stderr, /recusou um parâmetro.*\n.*unsupported startup parameter: options\n.*alter role/)
})

type Server = Awaited<ReturnType<typeof api>>
type Ask = Parameters<Server['request']>

/** REST and GraphQL in turn. */
const ask = (n: number, token: string): Ask =>
  n % 2 === 0 ? ['/api/v1/divergencias', { token }] : ['/graphql', { token, body: GRAPHQL }]

function request(n: number, token: string): [string, RequestInit] {
  const [path, { body } = {}] = ask(n, token)
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  return [path, body === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) }]
}

async function answersAll(t: Test, server: Server, requests: number): Promise<void> {
  const tokens = await Promise.all(['ana', 'bia', 'caio', 'davi'].map((name) => server.token('leitor', name)))
  const wrong: unknown[] = []
  // a hundred at once: on a busy machine more may rightly be told that no connection came free in time
  for (let sent = 0; sent < requests; sent += 100) {
    const answers = await Promise.all(
      Array.from({ length: Math.min(100, requests - sent) }, (_, n) =>
        server.request(...ask(n, tokens[n % tokens.length] as string)),
      ),
    )
    wrong.push(
      ...answers
        .filter(({ status, text }) => status !== 200 || /"errors"/.test(text))
        .map(({ status, text }) => [status, text]),
    )
  }
  t.same(wrong, [], `${requests} requests`)
}
