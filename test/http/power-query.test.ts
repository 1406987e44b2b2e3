// The Power Query examples of docs/clients.md: read by Microsoft's parser and evaluated against a live server.
import { test } from 'tap'
import { api } from '../helper/api.ts'
import { blocks } from '../helper/arquivos.ts'
import { cenario } from '../helper/cenario.ts'
import { evaluate, parse } from '../helper/m.ts'
import { LIBRARY } from '../helper/m_library.ts'
import { all, type List, Moment, Table, type Value } from '../helper/m_values.ts'

const BASE = '/financas/conferente'
const EXAMPLES = blocks('Power BI', 'm')

/** The example's text with the address of the test's server in place of the documented one, and nothing else. */
const at = (example: string, url: string) =>
  example.replace('"https://intranet.exemplo.com.br/conferente"', JSON.stringify(url))

const of = async (source: string, culture?: 'pt-BR') => evaluate(source, LIBRARY, culture)

async function table(example: string, url: string, token: string, culture?: 'pt-BR'): Promise<Table> {
  const result = await evaluate(at(example, url), { ...LIBRARY, Token: token }, culture)
  if (!(result instanceof Table)) throw new Error('an example makes a table')
  return result
}

const column = ({ columns, rows }: Table, name: string) => rows.map((row) => row[columns.indexOf(name)])

test('M is evaluated as its reference says', async (t) => {
  const items = async (source: string) => all((await of(source)) as List)
  t.same(await items('List.Generate(() => 10, each _ > 0, each _ - 1)'), [10, 9, 8, 7, 6, 5, 4, 3, 2, 1])
  t.same(
    await items(
      'List.Generate(() => [x = 1, y = {}], each [x] < 10, each [x = List.Count([y]), y = [y] & {x}], each [x])',
    ),
    [1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
  )
  t.same(await items('List.Combine({{1, 2}, {3}})'), [1, 2, 3])
  t.equal(await of('10 - 3 - 2 * 2'), 3)
  t.equal(await of('let a = b & "!", b = "x""y" in a'), 'x"y!', 'in whatever order they stand')
  t.equal(await of('[a = error "never asked for", b = 1][b]'.replace('error "never asked for"', '1 & 2')), 1)
  t.equal(await of('((n as number) => Text.From(n))(1.5)', 'pt-BR'), '1,5')
  t.equal(await of('Number.From("1,234.56")'), 1234.56)
  t.equal(await of('Number.From("1234.56")', 'pt-BR'), 123456, 'why no amount travels as text')
  t.equal(await of('Number.From("1234.56", "en-US")', 'pt-BR'), 1234.56)
  for (const wrong of [
    'Text.Nothing(1)',
    '"a" & 1',
    '((n as number) => n)("1")',
    '[a = 1][b]',
    'List.Count()',
    'try 1',
    'Web.Contents("http://127.0.0.1:9", [Query = [n = 1]])',
    'Web.Contents("http://127.0.0.1:9", [Timeout = 1])',
  ]) {
    await t.rejects(of(wrong), { name: 'Expression.Error' }, wrong)
  }
  await t.rejects(parse('let a = in a'))
})

test('each example reads what the server has, behind its prefix, in English and in Brazil', async (t) => {
  t.equal(EXAMPLES.length, 2)
  for (const example of EXAMPLES) {
    await parse(example)
    t.not(at(example, 'x'), example, 'the documented address stands in it')
  }
  const cena = await cenario(t)
  const server = await api(t, cena, { basePath: BASE })
  const token = await server.token('leitor', 'power bi')
  const [summary = '', findings = ''] = EXAMPLES
  const [empty, none] = [await table(summary, server.url, token), await table(findings, server.url, token)]
  t.same([empty.rows, none.rows], [[], []], 'before the first finding too')

  await cena.lancar({ id: 1, valor: 50 }, { id: 2, valor: 1300.25 }, { id: 3, valor: 200 })
  await cena.processar()
  for (const culture of [undefined, 'pt-BR'] as const) {
    const days = await table(summary, server.url, token, culture)
    t.same(days.columns, empty.columns)
    t.same(column(days, 'quantidade'), [3])
    t.same(column(days, 'valor_em_risco'), [1550.25])
    t.ok(column(days, 'dia').every((day) => day instanceof Moment && day.kind === 'date'))
    const rows = await table(findings, server.url, token, culture)
    t.same(rows.columns, none.columns)
    t.same(column(rows, 'registro_id').sort(), ['1', '2', '3'])
    t.same(
      (column(rows, 'valor_em_risco') as number[]).sort((a, b) => a - b),
      [50, 200, 1300.25],
    )
    t.notOk(rows.rows.flat().includes(undefined as unknown as Value))
  }
  await t.rejects(table(summary, server.url, 'x'), /DataSource\.Error.*401/)
})

test('the example with pages asks for all that waits, oldest first, until there is no more', async (t) => {
  const cena = await cenario(t)
  await cena.lancar(...Array.from({ length: 6 }, (_, i) => ({ id: i + 1, valor: 10 })))
  await cena.lancar({ id: 7, descricao: 'teimosa' })
  await cena.processar()
  const number = async (registro: number) => (await cena.achado(registro)).id
  await cena.digitar('ana', await number(2), { categoria: 'MINHA' })
  await cena.aprovar('ana', await number(4), await number(7))
  await cena.rejeitar('ana', await number(5))
  const server = await api(t, cena, { basePath: BASE })
  const token = await server.token('leitor', 'power bi')
  const [, findings = ''] = EXAMPLES
  const small = findings.replace('por_pagina = "500"', 'por_pagina = "2"')
  t.not(small, findings)
  const rows = await table(small, server.url, token)
  const states = column(rows, 'status')
  t.strictSame(
    new Map(column(rows, 'registro_id').map((key, i) => [key, states[i]])),
    new Map([
      ['1', 'aberta'],
      ['2', 'aguardando_segunda_aprovacao'],
      ['3', 'aberta'],
      ['6', 'aberta'],
      ['7', 'falha'],
    ]),
  )
  const ids = column(rows, 'id') as number[]
  t.equal(ids.length, 5, 'each once')
  t.same(
    ids,
    ids.toSorted((a, b) => a - b),
  )
})
