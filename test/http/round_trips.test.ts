// How often a request goes to the database and back; counted, not timed.
import { createRequire } from 'node:module'
import { type AddressInfo, connect, createServer } from 'node:net'
import { type Test, test } from 'tap'
import { api } from '../helper/api.ts'
import { type Scenario, scenario } from '../helper/scenario.ts'

const APPROVAL =
  'mutation ($ids: [BigInt!]!, $visto: [String!]!) { aprovarDivergencias(input: { ids: $ids, visto: $visto, motivo: "confere" }) { resultado { status } } }'
/** More than there are connections, so that each has prepared its statements by then. */
const WARM = 24

// Before GraphQL is loaded, which takes the parser as it finds it.
let parsed = 0
const parser = createRequire(import.meta.resolve('postgraphile'))('graphql/language/parser')
const { parse } = parser
parser.parse = (...given: unknown[]) => {
  parsed += 1
  return parse(...given)
}

/** A connection that counts: a round trip begins with the first thing sent after an answer. */
async function counted(t: Test, url: string) {
  const counter = { trips: 0, url: '' }
  const { hostname, port } = new URL(url)
  const proxy = createServer((near) => {
    const far = connect(Number(port), hostname)
    let answered = true
    near.on('data', (data) => {
      if (answered) counter.trips += 1
      answered = false
      far.write(data)
    })
    far.on('data', (data) => {
      answered = true
      near.write(data)
    })
    near.on('close', () => far.destroy()).on('error', () => {})
    far.on('close', () => near.destroy()).on('error', () => {})
  }).listen(0, '127.0.0.1')
  t.teardown(() => proxy.close())
  await new Promise((resolve) => proxy.once('listening', resolve))
  counter.url = Object.assign(new URL(url), {
    hostname: '127.0.0.1',
    port: String((proxy.address() as AddressInfo).port),
  }).href
  return counter
}

/** From now on each check of a token leaves a trace, even if its transaction is rolled back. */
async function countTokens({ sql }: Scenario) {
  await sql.unsafe(`
    create sequence public.perguntas;
    grant usage on sequence public.perguntas to public;
    do $$ begin
      execute regexp_replace(replace(pg_get_functiondef('audit_interno.conferir_acesso'::regproc), ' STABLE ', ' VOLATILE '),
        '\\mbegin\\M', 'begin perform nextval(''public.perguntas'');');
    end $$`)
  return async () => {
    const [row] = await sql`select case when is_called then last_value else 0 end as n from public.perguntas`
    return Number(row?.['n'])
  }
}

/** The scene with findings that wait, and a server that is warm. */
async function scene(t: Test, rows: number) {
  const c = await scenario(t)
  await c.book(...Array.from({ length: rows }, (_, n) => ({ id: n + 1 })))
  await c.runSession()
  const counter = await counted(t, c.url)
  const server = await api(t, { sql: c.sql, url: counter.url })
  const token = await server.token('revisor', 'ana')
  const trips = async (path: string, body?: unknown) => {
    const before = counter.trips
    const { status, json } = await server.request(path, { token, body })
    t.equal(status, 200)
    for (const error of server.failures.splice(0)) t.comment(error)
    return { trips: counter.trips - before, json }
  }
  return { c, trips }
}

test('a REST read makes at most four round trips to the database', async (t) => {
  const { trips } = await scene(t, 1)
  for (const path of [
    '/api/v1/divergencias?status=aberta&regra=errada',
    '/api/v1/auditoria/operacoes',
    '/api/v1/auditoria/sessoes',
    '/api/v1/metricas/resumo',
    '/api/v1/relatorios/metricas/performance',
  ]) {
    for (let n = 0; n < WARM; n += 1) await trips(path)
    t.equal((await trips(path)).trips, 4, path)
  }
})

test('an approval checks its token once', async (t) => {
  const { c, trips } = await scene(t, 2)
  const asked = await countTokens(c)
  const approve = async (id: number) => ({ ids: [String(id)], visto: await c.shown(id), motivo: 'confere' })
  const [one, other] = [(await c.finding(1)).id, (await c.finding(2)).id]
  const { ids, ...rest } = await approve(one)
  const before = await asked()
  await trips('/api/v1/divergencias/aprovar', { ids: ids.map(Number), ...rest })
  t.equal((await asked()) - before, 1, 'by REST')
  const variables = await approve(other)
  const { json } = await trips('/graphql', { query: APPROVAL, variables })
  t.match(json, { data: { aprovarDivergencias: { resultado: [{ status: 'corrigida' }] } } })
  t.equal((await asked()) - before, 2, 'by GraphQL')
})

test('a GraphQL query is parsed once, even if it comes again', async (t) => {
  const { trips } = await scene(t, 1)
  await trips('/graphql', { query: '{ divergencias { totalCount } }' })
  const before = parsed
  for (const query of ['{ divergencias { totalCount } }', 'query outra { divergencias { totalCount } }']) {
    await trips('/graphql', { query })
    await trips('/graphql', { query })
  }
  t.equal(parsed - before, 1)
})
