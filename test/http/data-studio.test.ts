// Data Studio's connector in docs/examples: the compiler checks it against Google's own types, and each field that it names is
// compared with a live answer.
import { test } from 'tap'
import { api } from '../helper/api.ts'
import { tsc } from '../helper/compiler.ts'
import { read } from '../helper/files.ts'
import { scenario } from '../helper/scenario.ts'

type Row = Record<string, unknown>

interface Report {
  readonly fields: readonly (readonly [id: string, name: string, type: string])[]
  rows(days: { startDate: string; endDate: string }): unknown
}

const CODE = read('docs/examples/data-studio/Code.js')
const MANIFEST = read('docs/examples/data-studio/appsscript.json')
const DAYS = { startDate: '2020-01-01', endDate: '2099-12-31' }

/** What a field's value must be, for each of Data Studio's types. */
const TYPES: Readonly<Record<string, (value: unknown) => boolean>> = {
  TEXT: (value) => typeof value === 'string',
  BOOLEAN: (value) => typeof value === 'boolean',
  NUMBER: (value) => typeof value === 'number',
  CURRENCY_BRL: (value) => typeof value === 'number',
  PERCENT: (value) => typeof value === 'number',
  YEAR_MONTH_DAY: (value) => /^20\d{6}$/.test(String(value)),
}

/** The script's own tables, with `asks` instead of its request. */
function connector(asks: (path: string, query: Row) => unknown) {
  const named = new Proxy({}, { get: (_, name) => name })
  const cc = { FieldType: named, AggregationType: named }
  const load = new Function('DataStudioApp', 'asks', `${CODE}; ask = asks; return { REPORTS, VALUES }`)
  return load({ createCommunityConnector: () => cc }, asks) as {
    readonly REPORTS: Readonly<Record<string, Report>>
    readonly VALUES: Readonly<Record<string, (row: Row) => unknown>>
  }
}

test("the script calls only functions in Google's own types", (t) => {
  t.equal(tsc('-p', 'docs/examples/data-studio'), '')
  t.end()
})

test('the manifest has what Google requires', (t) => {
  t.ok(MANIFEST.includes('https://intranet.exemplo.com.br/conferente/'))
  const { dataStudio } = JSON.parse(MANIFEST)
  for (const name of ['company', 'companyUrl', 'logoUrl', 'addOnUrl', 'supportUrl', 'description']) {
    t.type(dataStudio[name], 'string', name)
  }
  t.ok(dataStudio.name.length <= 28)
  t.end()
})

test('each field that a report names is in the answer, of its type', async (t) => {
  const scene = await scenario(t)
  await scene.book({ id: 1, valor: 50 }, { id: 2, valor: 1300.25 })
  await scene.runSession()
  const server = await api(t, scene)
  const token = await server.token('leitor', 'painel')
  const asked: string[] = []
  const { REPORTS, VALUES } = connector((path, query) => {
    const given = Object.entries(query).map(([name, value]): [string, string] => [name, String(value)])
    asked.push(`${path}?${new URLSearchParams(given)}`)
    return Object.assign([], { itens: [], total: 0 })
  })
  t.same(Object.keys(REPORTS), ['resumo', 'divergencias'])
  for (const [name, { fields, rows }] of Object.entries(REPORTS)) {
    rows(DAYS)
    const { status, json } = await server.request(asked.pop() ?? '', { token })
    t.equal(status, 200)
    const found: Row[] = json.itens ?? json
    t.ok(found.length > 0)
    for (const row of found)
      for (const [id, , type] of fields)
        t.ok(TYPES[type]?.(VALUES[id] ? VALUES[id](row) : row[id]), `${name}: ${id} is ${type}`)
  }
})
