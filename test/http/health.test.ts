// Health, readiness and metrics as a monitor sees them.
import { Agent, createServer, request as forward } from 'node:http'
import { type AddressInfo, connect, createServer as listen, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Test, test } from 'tap'
import { withinReach } from '../../src/http/reach.ts'
import { api } from '../helper/api.ts'
import { testDatabase } from '../helper/database.ts'
import { scenario } from '../helper/scenario.ts'

interface Part {
  parte: string
  pronta: boolean
}

/** Names of the parts that are not ready, and the status that says so. */
async function missing(server: Awaited<ReturnType<typeof api>>, query = '') {
  const { status, json } = await server.request(`/readyz${query}`)
  const parts = (json.partes as Part[]).filter(({ pronta }) => !pronta).map(({ parte }) => parte)
  return [status, ...parts]
}

test('ready means database, migrations, worker, sessions and mail; whatever is not ready is named', async (t) => {
  const { sql, url } = await testDatabase(t)
  const server = await api(t, { sql, url })
  t.match((await server.request('/healthz')).json, { status: 'ok' })
  t.same(await missing(server), [503, 'trabalhador'])
  const problem = await server.request('/readyz')
  t.match(problem.headers.get('content-type'), /^application\/problem\+json/)
  t.match(problem.json, { status: 503, detail: /trabalhador/ })

  // A worker's mark, held as a worker holds it.
  const worker = await sql.reserve()
  await worker`select audit_interno.marcar_trabalhadores('{um}')`
  t.same(await missing(server), [200])

  await sql`update audit.regras set registrada_em = now() - interval '3 days'`
  t.same(await missing(server), [503, 'sessao'], 'installed days ago, and nothing has run')
  t.same(
    await missing(server, '?partes=banco&partes=migracoes'),
    [200],
    'for a server that only serves the API',
  )
  await sql`insert into audit.sessoes_processamento (modo, incremental, regras, solicitada_por, status, fim_processamento)
    values ('manual', true, '{}', 'x', 'falhou', now())`
  t.same(await missing(server), [503, 'sessao'], 'a failed session does not count')
  await sql`update audit.sessoes_processamento set status = 'concluida'`
  t.same(await missing(server), [200])

  await sql`insert into audit.notificacoes (tipo, sessao_id, criada_em)
    select 'resumo', id, now() - interval '2 hours' from audit.sessoes_processamento`
  // It has no recipient yet, so it would be dropped.
  t.same(await missing(server), [200])
  await sql`update audit.notificacoes set status = 'pendente'`
  t.same(await missing(server), [503, 'correio'], 'a message has waited too long')
  await sql`update audit.notificacoes set status = 'falhou'`
  t.same(await missing(server), [503, 'correio'], 'a message was given up')
  await sql`delete from audit.notificacoes`

  await sql`insert into graphile_migrate.migrations (hash, filename) values ('sha1:x', '999999.sql')`
  t.same(await missing(server), [503, 'migracoes'], 'a database of another release')
  await sql`delete from graphile_migrate.migrations where hash = 'sha1:x'`
  await worker.release()
})

test('without its database the API says so on every route, and recovers with it', async (t) => {
  const { sql, url } = await testDatabase(t)
  // A connection to the database that can be cut.
  const { net, cut, mend } = await cable(t, new URL(url))
  const server = await api(t, { sql, url: net })
  const token = await server.token('leitor')
  t.equal((await server.request('/api/v1/divergencias', { token })).status, 200)
  await cut()
  t.same(await missing(server), [503, 'banco', 'migracoes', 'trabalhador', 'sessao', 'correio'])
  const answer = await server.request('/api/v1/divergencias', { token })
  t.match(answer.json, { status: 503, sugestao: /readyz/ })
  t.equal((await server.request('/healthz')).status, 200, 'the process itself is fine')
  await mend()
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; ) {
    if (!(await missing(server)).includes('banco')) break
    await sleep(50)
  }
  t.notOk((await missing(server)).includes('banco'))
})

test('metrics show what is in the database, with any token', async (t) => {
  const scene = await scenario(t)
  const server = await api(t, scene)
  await scene.book({ id: 1, valor: 50 }, { id: 2, valor: 300 })
  await scene.runSession()
  await scene.approve('ana', (await scene.finding(1)).id)
  await scene.asPerson(
    'adelia',
  )`select audit.salvar_canal('equipe', 'x', 'slack', 'https://hooks.slack.com/x')`
  await scene.asPerson('adelia')`select audit.testar_canal('equipe')`
  await scene.sql`delete from graphile_worker._private_jobs` // nothing is in the queue
  t.equal((await server.request('/metrics')).status, 401)
  const { headers, text } = await server.request('/metrics', { token: await server.token('leitor') })
  t.match(headers.get('content-type'), /^text\/plain; version=0\.0\.4/)
  const lines = new Set(text.split('\n'))
  for (const line of [
    'conferente_divergencias{regra="errada",status="aberta"} 1',
    'conferente_divergencias{regra="errada",status="corrigida"} 1',
    'conferente_divergencias_valor_brl{regra="errada",status="aberta"} 300',
    'conferente_sessoes{modo="manual",status="concluida"} 1',
    'conferente_encontradas_total{regra="errada"} 2',
    'conferente_regra_precisao{regra="errada"} 1',
    'conferente_regra_decisoes_total{palavra="aprovada",regra="errada"} 1',
    'conferente_operacoes{status="concluida",tipo="aprovacao"} 1',
    'conferente_correio{tipo="resumo",status="dispensada"} 1',
    'conferente_correio{tipo="teste",status="pendente",canal="equipe"} 1',
    'conferente_trabalhadores 0',
    'conferente_fila_idade_segundos 0',
    'conferente_http_segundos_count{rota="/metrics",metodo="GET",status="401"} 1',
  ]) {
    const [name = '', rest = ''] = line.split(/(?={)|(?= )/)
    const labels = /{(.*)}/.exec(rest)?.[1]?.split(',').sort().join()
    const same = [...lines].some((other) => {
      const [otherName, otherRest = ''] = other.split(/(?={)|(?= )/)
      const otherLabels = /{(.*)}/.exec(otherRest)?.[1]?.split(',').sort().join()
      return (
        otherName === name && otherLabels === labels && other.split(' ').at(-1) === line.split(' ').at(-1)
      )
    })
    t.ok(same, line)
  }
  const named = [...text.matchAll(/^# HELP (conferente_\w+) (.*)$/gm)]
  t.ok(named.length > 15)
  for (const [, name, help] of named) t.not(help, name, `${name} has a help text`)
})

test('requests that get no connection in time are refused, and not carried out later', async (t) => {
  const done: string[] = []
  const later = Promise.withResolvers<() => void>()
  const refused = withinReach(async (arrived) => {
    later.resolve(arrived)
    await new Promise(() => {})
  }, 20)
  await t.rejects(refused, { code: 'CONNECT_TIMEOUT' })
  const arrived = await later.promise
  t.throws(() => {
    arrived()
    done.push('too late')
  })
  t.same(done, [])
  const inTime = await withinReach(async (there) => {
    there()
    return 'in time'
  }, 20)
  t.equal(inTime, 'in time')
})

/** A TCP connection to a server that can be cut and restored. */
async function cable(t: Test, target: URL) {
  const open = new Set<Socket>()
  const way = listen((socket) => {
    const other = connect(Number(target.port), target.hostname)
    for (const [a, b] of [
      [socket, other],
      [other, socket],
    ] as const) {
      open.add(a)
      a.pipe(b)
      a.on('error', () => b.destroy())
      a.on('close', () => {
        open.delete(a)
        b.destroy()
      })
    }
  })
  const start = (port: number) => new Promise<void>((ready) => way.listen(port, '127.0.0.1', ready))
  await start(0)
  const { port } = way.address() as AddressInfo
  const cut = () =>
    new Promise<void>((closed) => {
      way.close(() => closed())
      for (const socket of open) socket.destroy()
    })
  t.teardown(cut)
  const net = new URL(target)
  net.hostname = '127.0.0.1'
  net.port = String(port)
  return { net: net.href, cut, mend: () => start(port) }
}

test('behind a proxy and a path prefix the same addresses work, including those that the server names', async (t) => {
  const base = await scenario(t)
  const server = await api(t, base, {
    basePath: '/financas/conferente',
    trustedProxies: ['loopback'],
    rateLimit: 40,
  })
  let client = '10.1.2.3'
  const origin = new URL(server.url)
  const agent = new Agent({ keepAlive: false })
  const proxy = createServer((incoming, outgoing) => {
    const { url: path, method, headers } = incoming
    if (!path?.startsWith('/financas/conferente/')) return void outgoing.writeHead(404).end()
    const onward = forward(
      {
        agent,
        host: origin.hostname,
        port: origin.port,
        path,
        method,
        headers: { ...headers, 'x-forwarded-for': client, 'x-forwarded-proto': 'https' },
      },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(outgoing)
      },
    )
    incoming.pipe(onward)
  })
  await new Promise<void>((ready) => proxy.listen(0, '127.0.0.1', ready))
  t.teardown(() => proxy.close())
  const outside = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`
  const authorization = `Bearer ${await server.token('operador')}`
  const ask = (path: string, init: RequestInit = {}) =>
    fetch(`${outside}/financas/conferente${path}`, {
      ...init,
      headers: { authorization, 'content-type': 'application/json' },
    })
  t.match(await (await ask('/api/v1/divergencias')).json(), { total: 0 })
  const document = (await (await ask('/api/docs/json')).json()) as {
    servers: { url: string }[]
    paths: Record<string, unknown>
  }
  t.same(document.servers, [{ url: '/financas/conferente' }])
  t.ok(document.paths['/api/v1/divergencias'], 'paths follow the address of the server')
  const page = await (await ask('/api/docs')).text()
  const assets = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path ?? '')
  t.ok(assets.length > 4)
  for (const path of assets) {
    const { status } = await fetch(new URL(path, `${outside}/financas/conferente/api/docs`))
    t.equal(status, 200, path)
  }
  const graphql = await ask('/graphql', {
    method: 'POST',
    body: JSON.stringify({ query: '{ regras { totalCount } }' }),
  })
  t.match(await graphql.json(), { data: { regras: { totalCount: Number } } })
  const queued = await ask('/api/v1/divergencias/processar', {
    method: 'POST',
    body: '{"modo": "manual", "regras": ["errada"]}',
  })
  t.equal(queued.status, 202)
  const found = await fetch(new URL(queued.headers.get('location') ?? '', outside), {
    headers: { authorization },
  })
  t.match(await found.json(), { total: 1 }, 'addresses that the server gives work')
  const file = await ask('/api/v1/relatorios/divergencias/export?formato=xlsx')
  t.equal((await file.text()).slice(0, 2), 'PK')
  let status = 200
  for (let i = 0; i < 40 && status === 200; i++) status = (await ask('/healthz')).status
  t.equal(status, 429, 'each address has a rate limit')
  client = '10.9.9.9'
  t.equal((await ask('/healthz')).status, 200, 'and another address has its own')
  t.equal((await fetch(`${origin.origin}/healthz`)).status, 401, 'nothing outside the prefix')
  t.equal((await ask('/healthz')).status, 200)
})
