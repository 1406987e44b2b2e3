// The matrix: every object of schema audit, every field and route of the API, for every role and for none. The list to try comes
// from the catalogs, from GraphQL's schema and from the server's routes, so nothing new escapes it.
import {
  buildSchema,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLOutputType,
  getNamedType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'postgraphile/graphql'
import { test } from 'tap'
import type { Sql } from '../../src/db/connection.ts'
import { FIELDS, HIDDEN, MUTATIONS, QUERIES, TABLES } from '../../src/http/graphql/names.ts'
import { printGraphql } from '../../src/http/graphql/print.ts'
import { api } from '../helper/api.ts'
import { testDatabase } from '../helper/database.ts'
import { scenario } from '../helper/scenario.ts'
import { LETTERS, line, MATRIX, PUBLIC, QUESTIONS, ROUTES } from './matrix.ts'

const EXPECTED = MATRIX.split('\n').filter((text) => text !== '')
const PEOPLE = { leitor: 'leo', revisor: 'ana', operador: 'olivia', administrador: 'adelia' } as const
const ROLES = Object.keys(LETTERS) as (keyof typeof LETTERS)[]

/** Each object of schema audit, and how it is tried: without meaningful arguments, and undone. */
const OBJECTS = `
  select c.relname as name, format('select from audit.%I limit 0', c.relname) as attempt
  from pg_class c where c.relnamespace = 'audit'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f')
  union all
  select p.proname || '()', format('select from audit.%I(%s)', p.proname, (
    select string_agg('null::' || replace(format_type(a.type, null), 'anyelement', 'bigint'), ', ' order by a.n)
    from unnest(p.proargtypes) with ordinality as a (type, n)))
  from pg_proc p where p.pronamespace = 'audit'::regnamespace
  order by 1`

class Undone extends Error {}

async function allowed(sql: Sql, attempt: string): Promise<boolean> {
  const outcome = await sql
    .begin(async (tx) => {
      await tx.unsafe("set local statement_timeout = '20s'")
      await tx.unsafe(attempt)
      throw new Undone()
    })
    .catch((error: { code?: string }) => error.code)
  return outcome !== '42501'
}

test('in psql each role may do what the table says, and nobody else anything', async (t) => {
  const { sql, connectAs } = await testDatabase(t)
  const objects = await sql<{ name: string; attempt: string }[]>`${sql.unsafe(OBJECTS)}`
  const found: string[] = []
  const people = ROLES.map((role) => [role, connectAs(PEOPLE[role])] as const)
  const strangers = [connectAs('ninguem'), connectAs('api')]
  for (const { name, attempt } of objects) {
    const tried = await Promise.all(
      people.map(async ([role, person]) => ((await allowed(person, attempt)) ? LETTERS[role] : '')),
    )
    found.push(line(name, tried.join('')))
    for (const stranger of strangers)
      t.notOk(await allowed(stranger, attempt), `not everybody may use ${name}`)
  }
  t.same(found.sort(), [...EXPECTED].sort())
})

const camel = (snake: string) => snake.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())

/** Field of GraphQL's root to the object of the database behind it. */
const OBJECT_OF = new Map([
  ...Object.entries(TABLES).flatMap(([relation, names]) =>
    names.map((name) => [camel(name), relation] as const),
  ),
  ...[...MUTATIONS, ...QUERIES].map((name) => [camel(name), `${name}()`] as const),
])

const SAMPLES: Readonly<Record<string, string>> = {
  Date: '"2026-01-01"',
  Datetime: '"2026-01-01T00:00:00Z"',
  BigInt: '"0"',
  BigFloat: '"0"',
  Int: '0',
  Boolean: 'false',
  JSON: '{}',
}

function sample(type: GraphQLInputType): string {
  if (isNonNullType(type)) return sample(type.ofType)
  if (isListType(type)) return '[]'
  const named = getNamedType(type)
  if ('getFields' in named) return `{ ${given(Object.values(named.getFields()))} }`
  return SAMPLES[named.name] ?? '"x"'
}

const given = (inputs: readonly { name: string; type: GraphQLInputType }[]) =>
  inputs
    .filter(({ type }) => isNonNullType(type))
    .map(({ name, type }) => `${name}: ${sample(type)}`)
    .join(', ')

/** The first selectable value, so that the field is really read. */
function selection(type: GraphQLOutputType): string {
  const named = getNamedType(type)
  if (isLeafType(named)) return ''
  if (!isObjectType(named)) throw new Error(`no selection for ${named.name}`)
  const fields = Object.values(named.getFields())
  const chosen = named.name.endsWith('Connection')
    ? fields.find(({ name }) => name === 'nodes')
    : (fields.find(({ name }) => name === 'resultado') ??
      fields.find(({ type: inner }) => isLeafType(getNamedType(inner))))
  if (chosen === undefined) throw new Error(`nothing to ask of ${named.name}`)
  return `{ ${chosen.name} ${selection(chosen.type)} }`
}

function document(operation: string, { name, args, type }: GraphQLField<unknown, unknown>): string {
  const inputs = given(args)
  return `${operation} { ${name}${inputs === '' ? '' : `(${inputs})`} ${selection(type)} }`
}

test('over GraphQL each role may do the same as in psql', async (t) => {
  const base = await scenario(t)
  const schema = buildSchema(await printGraphql(base.url))
  const server = await api(t, base)
  const tokens = await Promise.all(ROLES.map(async (role) => [role, await server.token(role)] as const))
  const rows = Object.entries(FIELDS).map(([name, field]) => {
    const [row = ''] = name.split('_')
    return [
      name,
      `query { ${row.endsWith('ao') ? row.replace(/ao$/, 'oes') : `${row}s`} { nodes { ${field} } } }`,
    ] as const
  })
  const roots = [
    ...Object.values(schema.getQueryType()?.getFields() ?? {}).map((field) => ['query', field] as const),
    ...Object.values(schema.getMutationType()?.getFields() ?? {}).map(
      (field) => ['mutation', field] as const,
    ),
  ]
  const seen = new Set<string>()
  const questions = [
    ...roots.map(
      ([operation, field]) => [OBJECT_OF.get(field.name) ?? field.name, document(operation, field)] as const,
    ),
    ...rows.map(([name, query]) => [`${name}()`, query] as const),
  ]
  for (const [object, query] of questions) {
    const body = { query }
    const letters = await Promise.all(
      tokens.map(async ([role, token]) => {
        const { status, json } = await server.request('/graphql', { token, body })
        const [error] = json.errors ?? []
        t.equal(status, 200, `${body.query} as ${role}: ${JSON.stringify(json)}`)
        return error?.extensions?.codigo === '42501' ? '' : LETTERS[role]
      }),
    )
    const expected = EXPECTED.find((text) => text.split(' ')[0] === object)
    t.equal(line(object, letters.join('')), expected, body.query)
    t.equal((await server.request('/graphql', { body })).status, 401, `${query} without a token`)
    seen.add(object)
  }
  const shown = EXPECTED.map((text) => text.split(' ')[0] ?? '').filter(
    (name) => !(name.replace('()', '') in HIDDEN),
  )
  t.same([...seen].sort(), shown.sort(), 'everything is shown, or hidden for a reason given in names.ts')
  t.same(server.failures.map(String), [], 'nothing failed for an unexpected reason')
})

test('no route answers without a token, except those that reveal nothing', async (t) => {
  const server = await api(t, await testDatabase(t))
  t.ok(server.routes.includes('POST /graphql'))
  for (const route of server.routes) {
    const [method = '', url = ''] = route.split(' ')
    if (method === 'OPTIONS') continue // a browser's question before its request
    const path = url.replace(/:\w+/g, '1').replace('*', 'x')
    const { status } = await server.request(path, { method })
    t.equal(status === 401, !PUBLIC.includes(route), `${route}: ${status}`)
  }
})

test('every route and page answers only the roles in the table', async (t) => {
  const base = await scenario(t)
  await base.book({ id: 1, confianca: 0.5 })
  await base.runSession()
  const server = await api(t, base)
  const tokens = await Promise.all(ROLES.map(async (role) => [role, await server.token(role)] as const))
  const found: string[] = []
  for (const route of server.routes) {
    const [method = '', url = ''] = route.split(' ')
    if (method === 'OPTIONS' || PUBLIC.includes(route)) continue
    const { query = '', body } = QUESTIONS[route] ?? {}
    const path = `${url.replace(/:\w+/g, '1')}${query}`
    const statuses: (readonly [number, string])[] = []
    // One after the other: only so many exports may be open at once.
    for (const [role, token] of tokens) {
      const { status, text } = await server.request(path, { method, token, body })
      // The reviewer's earlier acts are done, so "not possible now" is an answer too. Whoever may send a spreadsheet is told that
      // there is none.
      t.ok(
        [200, 202, 403, 405, 409, 422].includes(status),
        `${route} as ${role}: ${status} ${text.slice(0, 200)}`,
      )
      statuses.push([status, LETTERS[role]])
    }
    t.equal((await server.request(path, { method, body })).status, 401, `${route} without a token`)
    const letters = statuses
      .map(([status, letter]) => (status === 403 || status === 405 ? '' : letter))
      .join('')
    if (statuses.every(([status]) => status === 405)) continue
    // HEAD is GET without the body.
    found.push(line(route.replace(/^HEAD /, 'GET '), letters, 46))
  }
  t.same(
    [...new Set(found)].sort(),
    ROUTES.split('\n')
      .filter((text) => text !== '')
      .sort(),
  )
  t.same(server.failures.map(String), [])
})

test('the GraphQL page is for development only, and shows no more than the API documentation', async (t) => {
  const base = await testDatabase(t)
  const [usual, development] = [await api(t, base), await api(t, base, { development: true })]
  const pages = ['GET /ruru', 'HEAD /ruru', 'GET /ruru-static/*', 'HEAD /ruru-static/*']
  const added = development.routes.filter((route) => !usual.routes.includes(route))
  t.same(added.sort(), pages.sort(), 'and nothing else')
  t.equal((await usual.request('/ruru', { token: await usual.token('administrador') })).status, 404)
  t.equal((await development.request('/ruru')).status, 200)
  t.equal((await development.request('/graphql', { body: { query: '{ __typename }' } })).status, 401)
})
