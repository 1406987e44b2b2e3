// The Power Query examples of docs/api.md: read by Microsoft's parser; their requests go to a live server, and each column that
// they name is there, with the type that they give it.
import { DefaultSettings, Language, TaskUtils } from '@microsoft/powerquery-parser'
import { test } from 'tap'
import { api } from '../helper/api.ts'
import { blocks } from '../helper/files.ts'
import { scenario } from '../helper/scenario.ts'

type Node = Language.Ast.TNode
const { NodeKind } = Language.Ast
const EXAMPLES = blocks('Power BI', 'm')

/** What a value in the API's JSON is, for each type that the examples give a column. */
const TYPES: Readonly<Record<string, (value: unknown) => boolean>> = {
  'type text': (value) => typeof value === 'string',
  'type logical': (value) => typeof value === 'boolean',
  'type number': (value) => typeof value === 'number',
  'Currency.Type': (value) => typeof value === 'number',
  'Int64.Type': Number.isInteger,
  'type date': (value) => /^\d{4}-\d\d-\d\d$/.test(String(value)),
  'type datetimezone': (value) => /^\d{4}-\d\d-\d\dT[\d:.]+[+-]\d\d:\d\d$/.test(String(value)),
}

interface Example {
  readonly path: string
  readonly query: Record<string, string[]>
  /** Names and types, as `type text`. */
  readonly columns: ReadonlyMap<string, string>
  /** The names under which rows are opened up. */
  readonly opened: readonly string[]
}

/** @throws what Microsoft's parser says is wrong */
async function parse(source: string): Promise<Node> {
  const result = await TaskUtils.tryLexParse(DefaultSettings, source)
  if ('error' in result) throw result.error
  return result.ast
}

/** A node and all below it. */
function* nodes(node: unknown): Generator<Node> {
  if (typeof node !== 'object' || node === null) return
  if ('kind' in node) yield node as Node
  for (const [name, child] of Object.entries(node)) if (name !== 'tokenRange') yield* nodes(child)
}

const texts = (node: unknown): string[] =>
  [...nodes(node)]
    .filter((one) => one.kind === NodeKind.LiteralExpression && one.literal.startsWith('"'))
    .map((one) => (one as Language.Ast.LiteralExpression).literal.slice(1, -1).replaceAll('""', '"'))

async function read(source: string): Promise<Example> {
  const all = [...nodes(await parse(source))]
  const written = ({ tokenRange: { positionStart, positionEnd } }: Node) =>
    source.slice(positionStart.codeUnit, positionEnd.codeUnit)
  const field = (name: string) =>
    all.find((one) => one.kind === NodeKind.GeneralizedIdentifierPairedExpression && one.key.literal === name)
  const call = (name: string) =>
    all.find((one) => one.kind === NodeKind.RecursivePrimaryExpression && written(one.head) === name)
  const query = [...nodes(field('Query'))].filter(
    (one) => one.kind === NodeKind.GeneralizedIdentifierPairedExpression && one.key.literal !== 'Query',
  ) as Language.Ast.GeneralizedIdentifierPairedExpression[]
  const pairs = [...nodes(call('Table.TransformColumnTypes'))]
    .filter((one) => one.kind === NodeKind.ListExpression)
    .map(written)
    .flatMap((list) => /^\{"(\w+)", ([\w. ]+)\}$/.exec(list) ?? [])
  return {
    path: texts(field('RelativePath'))[0] ?? '',
    query: Object.fromEntries(query.map(({ key, value }) => [key.literal, texts(value)])),
    columns: new Map(pairs.flatMap((part, i) => (i % 3 === 1 ? [[part, pairs[i + 1] ?? '']] : []))),
    opened: texts(call('Table.ExpandRecordColumn')).slice(1),
  }
}

const search = (query: Example['query'], changes: Record<string, string> = {}) =>
  new URLSearchParams([
    ...Object.entries(query).flatMap(([name, values]) =>
      name in changes ? [] : values.map((value): [string, string] => [name, value]),
    ),
    ...Object.entries(changes),
  ])

test('text that is not M is refused', async (t) => {
  await t.rejects(parse('let a = in a'))
})

test('each column that an example names is in the answer, of its type', async (t) => {
  t.equal(EXAMPLES.length, 2)
  const scene = await scenario(t)
  await scene.book({ id: 1, valor: 50 }, { id: 2, valor: 1300.25 })
  await scene.runSession()
  const server = await api(t, scene, { basePath: '/financas/conferente' })
  const token = await server.token('leitor', 'power bi')
  for (const source of EXAMPLES) {
    const { path, query, columns, opened } = await read(source)
    t.ok(columns.size > 5, 'types are given')
    t.same([...columns.keys()], opened, 'for every column')
    const { status, json } = await server.request(`/${path}?${search(query)}`, { token })
    t.equal(status, 200, `${path} with ${search(query)}`)
    const rows: Record<string, unknown>[] = json.itens ?? json
    t.ok(rows.length > 0)
    for (const row of rows)
      for (const [name, type] of columns) t.ok(TYPES[type]?.(row[name]), `${path}: ${name} is ${type}`)
  }
})

test('the example with pages reads everything that waits, oldest first, to the end', async (t) => {
  const scene = await scenario(t)
  await scene.book(...Array.from({ length: 6 }, (_, i) => ({ id: i + 1, valor: 10 })))
  await scene.book({ id: 7, descricao: 'teimosa' })
  await scene.runSession()
  const number = async (record: number) => (await scene.finding(record)).id
  await scene.typeIn('ana', await number(2), { categoria: 'MINHA' })
  await scene.approve('ana', await number(4), await number(7))
  await scene.reject('ana', await number(5))
  const server = await api(t, scene)
  const token = await server.token('leitor', 'power bi')
  const { path, query } = await read(EXAMPLES[1] ?? '')
  const rows: { id: number; registro_id: string; status: string }[] = []
  for (let page = 1; ; page++) {
    const asked = search(query, { pagina: String(page), por_pagina: '2' })
    const { json } = await server.request(`/${path}?${asked}`, { token })
    if (json.itens.length === 0) break
    rows.push(...json.itens)
  }
  t.strictSame(
    new Map(rows.map(({ registro_id, status }) => [registro_id, status])),
    new Map([
      ['1', 'aberta'],
      ['2', 'aguardando_segunda_aprovacao'],
      ['3', 'aberta'],
      ['6', 'aberta'],
      ['7', 'falha'],
    ]),
  )
  const ids = rows.map(({ id }) => id)
  t.equal(ids.length, 5, 'each once')
  t.same(
    ids,
    ids.toSorted((a, b) => a - b),
  )
})
