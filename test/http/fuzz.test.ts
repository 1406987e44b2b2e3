// Every operation of the generated OpenAPI document, with values that fit it and values that do not: never a failure inside, every
// refusal a problem document, every answer as the document says. CONFERENTE_TESTE_FUZZ=5000 tries more than CI does,
// CONFERENTE_TESTE_SEMENTE another seed.

import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import fc from 'fast-check'
import { test } from 'tap'
import { api } from '../helper/api.ts'
import { scenario } from '../helper/scenario.ts'

const RUNS = Number(process.env['CONFERENTE_TESTE_FUZZ'] ?? 40)
const SEED = Number(process.env['CONFERENTE_TESTE_SEMENTE'] ?? 20261124)

interface Schema {
  type?: string | string[]
  enum?: string[]
  format?: string
  pattern?: string
  minimum?: number
  maximum?: number
  minLength?: number
  maxItems?: number
  items?: Schema
  properties?: Record<string, Schema>
  required?: string[]
}

interface Operation {
  parameters?: { name: string; in: 'query' | 'path'; schema: Schema }[]
  requestBody?: { content: Record<string, { schema: Schema }> }
  responses: Record<string, { content?: Record<string, { schema: Schema }> }>
}

type Value = string | number | boolean | null | Value[] | { [name: string]: Value }

const isoDay = (time: number) => new Date(time).toISOString().slice(0, 10)

/** Values that a schema allows. */
function fitting(schema: Schema): fc.Arbitrary<Value> {
  const { enum: values, format, pattern, minimum = -1e6, maximum = 1e6, items, properties } = schema
  const [type] = [schema.type ?? 'string'].flat()
  if (values !== undefined) return fc.constantFrom(...values)
  switch (type) {
    case 'integer':
      return fc.oneof(
        fc.integer({ min: Math.max(minimum, 1), max: Math.min(maximum, 8) }),
        fc.maxSafeInteger().filter((n) => n >= minimum && n <= maximum),
        fc.constantFrom(minimum, maximum),
      )
    case 'number':
      return fc.double({ min: minimum, max: maximum, noNaN: true })
    case 'boolean':
      return fc.boolean()
    case 'array':
      return fc.array(fitting(items ?? {}), { minLength: 1, maxLength: Math.min(schema.maxItems ?? 4, 4) })
    case 'object':
      return fc.record(
        Object.fromEntries(Object.entries(properties ?? {}).map(([name, inner]) => [name, fitting(inner)])),
        { requiredKeys: schema.required ?? [] },
      )
    default:
      if (format === 'date') return fc.integer({ min: -6e10, max: 4e12 }).map(isoDay)
      if (pattern !== undefined)
        return fc.oneof(fc.constantFrom('errada', 'trade_marketing'), fc.stringMatching(new RegExp(pattern)))
      return fc.string({ minLength: Math.max(schema.minLength ?? 0, 1), maxLength: 40, unit: 'binary' })
  }
}

/** Values that nobody should send. */
const hostile: fc.Arbitrary<Value> = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom<Value[]>(
    "'; drop table audit.operacoes; --",
    '\u0000',
    '',
    ' ',
    '-1',
    '0',
    '1e400',
    'NaN',
    'Infinity',
    '9223372036854775808',
    '2026-02-30',
    '0000-01-01',
    '9999-12-31',
    '{"a":1}',
    '$1',
    '%s%n',
    '../../etc/passwd',
    'x'.repeat(2000),
    null,
    true,
    -0.5,
    1e308,
    [],
    {},
    [[1]],
    { __proto__x: 1 },
  ),
  fc.jsonValue() as fc.Arbitrary<Value>,
)

const mostlyFitting = (schema: Schema) => either(fitting(schema), hostile)

/** Mostly one, now and then the other. */
const either = <A, B>(one: fc.Arbitrary<A>, other: fc.Arbitrary<B>, often = 4): fc.Arbitrary<A | B> =>
  fc.oneof({ weight: often, arbitrary: one }, { weight: 1, arbitrary: other })

/** A value as it stands in an address: lists are repeated, everything else is text. */
const inAddress = (value: Value): string[] =>
  (Array.isArray(value) && value.length > 0 ? value : [value]).map((one) =>
    typeof one === 'string' ? one : JSON.stringify(one),
  )

// Halves of a surrogate pair are not text and cannot be put into an address.
const encode = (text: string) => encodeURIComponent(text.toWellFormed())

test('REST answers any request as its document says', async (t) => {
  const scene = await scenario(t)
  await scene.book(
    { id: 1 },
    { id: 2, valor: 150_000 },
    { id: 3, confianca: 0.2 },
    { id: 4, descricao: 'aponta' },
  )
  await scene.runSession()
  const server = await api(t, scene)
  const tokens = await Promise.all(
    ['leitor', 'revisor', 'operador', 'administrador'].map((role) => server.token(role)),
  )
  const { json: document } = await server.request('/api/docs/json', { token: tokens[0] })
  t.match(document.openapi, /^3\.1\./)
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  ;(addFormats as unknown as (ajv: Ajv2020) => void)(ajv)
  ajv.addSchema(document, 'openapi')
  const checkProblem = ajv.getSchema('openapi#/components/schemas/Problema')

  const operations = Object.entries(document.paths as Record<string, Record<string, Operation>>).flatMap(
    ([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  )
  t.ok(operations.length >= 8)
  for (const { path, method, operation } of operations) {
    const { parameters = [], requestBody } = operation
    const inPlace = (place: string) => parameters.filter((parameter) => parameter.in === place)
    const [bodySchema] = Object.values(requestBody?.content ?? {}).map(({ schema }) => schema)
    const filled = (place: string, value: typeof fitting, requiredKeys: string[] = []) =>
      fc.record(Object.fromEntries(inPlace(place).map(({ name, schema }) => [name, value(schema)])), {
        requiredKeys,
      })
    const keys = inPlace('path').map(({ name }) => name)
    const requests = fc.record({
      token: fc.constantFrom(...tokens),
      query: either(filled('query', fitting), filled('query', mostlyFitting)),
      place: either(filled('path', fitting, keys), filled('path', mostlyFitting, keys)),
      stray: either(fc.constant(null), fc.tuple(fc.string({ maxLength: 8, unit: 'binary' }), hostile), 20),
      body:
        bodySchema === undefined
          ? fc.constant(undefined)
          : either(fitting(bodySchema), fc.oneof(bodyOf(bodySchema), hostile)),
    })
    const seen = new Map<number, number>()
    await fc.assert(
      fc.asyncProperty(requests, async ({ token, query, place, stray, body }) => {
        const pairs = [...Object.entries(query), ...(stray === null ? [] : [stray])]
        const search = pairs
          .flatMap(([name, value]) =>
            inAddress(value as Value).map((one) => `${encode(String(name))}=${encode(one)}`),
          )
          .join('&')
        const where = path.replace(/\{(\w+)\}/g, (_, name: string) =>
          encode(String(inAddress((place as Record<string, Value>)[name] ?? '')[0])),
        )
        const answer = await server.request(`${where}?${search}`, {
          token,
          method: method.toUpperCase(),
          ...(body !== undefined && { body: JSON.stringify(body) }),
        })
        seen.set(answer.status, (seen.get(answer.status) ?? 0) + 1)
        const kind = answer.headers.get('content-type') ?? ''
        if (answer.status >= 500) throw new Error(`${answer.status} ${answer.text} ${server.failures.at(-1)}`)
        if (answer.status >= 400) {
          if (!kind.startsWith('application/problem+json')) throw new Error(`no problem document: ${kind}`)
          if (!checkProblem?.(answer.json)) throw new Error(ajv.errorsText(checkProblem?.errors))
          return
        }
        const declared = operation.responses[String(answer.status)]?.content ?? {}
        const mediaType = Object.keys(declared).find((type) => kind.startsWith(type))
        if (mediaType === undefined) throw new Error(`${answer.status} ${kind} is not in the document`)
        if (mediaType !== 'application/json') return
        const pointer = [
          'paths',
          path,
          method,
          'responses',
          String(answer.status),
          'content',
          mediaType,
          'schema',
        ]
          .map((part) => part.replaceAll('~', '~0').replaceAll('/', '~1'))
          .join('/')
        const check = ajv.getSchema(`openapi#/${encodeURI(pointer)}`)
        if (check === undefined) throw new Error(`no schema at ${pointer}`)
        if (!check(answer.json)) throw new Error(`${ajv.errorsText(check.errors)}: ${answer.text}`)
      }),
      { seed: SEED, numRuns: RUNS, endOnFailure: RUNS <= 100 },
    )
    // Chance seldom creates what a decision needs; rest.test.ts has decisions that succeed.
    t.ok(
      method !== 'get' || [...seen.keys()].some((status) => status < 300),
      `${method} ${path}: something was accepted (${[...seen].map(([status, n]) => `${status}: ${n}`).join(', ')})`,
    )
    t.ok(
      [...seen.keys()].some((status) => status >= 400),
      `${method} ${path}: something was refused`,
    )
  }
  t.same(server.failures.map(String), [], 'no internal error')
})

/** Bodies most of whose members fit. */
function bodyOf({ properties = {}, required = [] }: Schema): fc.Arbitrary<Value> {
  return fc.record(
    Object.fromEntries(
      Object.entries(properties).map(([name, schema]) => [name, either(fitting(schema), hostile, 9)]),
    ),
    { requiredKeys: required },
  ) as fc.Arbitrary<Value>
}
