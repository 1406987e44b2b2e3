// Functions of M's standard library that the examples of docs/clients.md use, as Microsoft's reference describes them.
// https://learn.microsoft.com/powerquery-m/power-query-m-function-reference
import {
  all,
  type Culture,
  Expression,
  entries,
  Fn,
  fn,
  type Lazy,
  List,
  list,
  Moment,
  number,
  Rec,
  ready,
  rec,
  Table,
  Type,
  table,
  text,
  type Value,
} from './m_values.ts'

export const LIBRARY: Readonly<Record<string, Value>> = {
  'Int64.Type': new Type('Int64.Type'),
  'Currency.Type': new Type('Currency.Type'),
  'Json.Document': new Fn(['jsonText', 'encoding?'], ([json = null]) =>
    fromJson(JSON.parse(json instanceof Uint8Array ? new TextDecoder().decode(json) : text(json))),
  ),
  'Web.Contents': new Fn(['url', 'options?'], ([url = null, options = null]) => contents(text(url), options)),
  'Text.From': new Fn(['value', 'culture?'], ([value = null, culture = null], own) =>
    asText(value, cultureOf(culture, own)),
  ),
  'Number.From': new Fn(['value', 'culture?'], ([value = null, culture = null], own) =>
    asNumber(value, cultureOf(culture, own)),
  ),
  'List.Count': new Fn(['list'], ([items = null]) => list(items).items.length),
  'List.Combine': new Fn(
    ['lists'],
    async ([lists = null]) => new List((await all(list(lists))).flatMap((one) => list(one).items)),
  ),
  'List.Generate': new Fn(['initial', 'condition', 'next', 'selector?'], generate),
  'Splitter.SplitByNothing': new Fn([], () => new Fn(['line'], ([line = null]) => new List([ready(line)]))),
  'Table.FromList': new Fn(['list', 'splitter?', 'columns?'], fromList),
  'Table.ExpandRecordColumn': new Fn(['table', 'column', 'fieldNames', 'newColumnNames?'], expand),
  'Table.TransformColumnTypes': new Fn(['table', 'typeTransformations', 'culture?'], transformTypes),
}

function fromJson(json: unknown): Value {
  if (Array.isArray(json)) return new List(json.map((item) => ready(fromJson(item))))
  if (typeof json !== 'object' || json === null) return json as Value
  return new Rec(new Map(Object.entries(json).map(([name, item]) => [name, ready(fromJson(item))])))
}

const OPTIONS = ['RelativePath', 'Query', 'Headers']

async function contents(base: string, options: Value): Promise<Uint8Array> {
  const asked = options === null ? new Map() : new Map(await entries(rec(options)))
  for (const name of asked.keys()) {
    if (!OPTIONS.includes(name)) throw new Expression(`the option ${name} of Web.Contents is not known here`)
  }
  const url = new URL(joined(base, asked.get('RelativePath') ?? null))
  for (const [name, one] of await pairs(asked.get('Query'))) url.searchParams.append(name, one)
  const response = await fetch(url, { headers: await pairs(asked.get('Headers')) })
  if (!response.ok) {
    throw new Error(
      `DataSource.Error: Web.Contents failed to get contents from '${url.origin}' (${response.status})`,
    )
  }
  return new Uint8Array(await response.arrayBuffer())
}

/** The relative path is appended to the whole address, its path included. */
function joined(base: string, path: Value): string {
  return path === null ? base : `${base.replace(/\/$/, '')}/${text(path).replace(/^\//, '')}`
}

/** A list of texts repeats the parameter. Numbers are not taken: M does not convert them. */
async function pairs(given: Value | undefined): Promise<[string, string][]> {
  if (given == null) return []
  const each = (await entries(rec(given))).map(async ([name, one]) => {
    const values = one instanceof List ? await all(one) : [one]
    return values.map((value) => [name, text(value)] as [string, string])
  })
  return (await Promise.all(each)).flat()
}

async function generate([initial, condition, next, selector]: readonly Value[], culture: Culture) {
  const items: Lazy[] = []
  const call = async (called: Value | undefined, ...given: Value[]) => fn(called ?? null).call(given, culture)
  for (let state = await call(initial); await call(condition, state); state = await call(next, state)) {
    const selected = selector == null ? state : await call(selector, state)
    items.push(ready(selected))
  }
  return new List(items)
}

async function fromList([items = null, splitter = null, columns = null]: readonly Value[], culture: Culture) {
  const names = (await all(list(columns))).map(text)
  const rows = (await all(list(items))).map(async (item) => {
    const row = await all(list(await fn(splitter).call([item], culture)))
    if (row.length !== names.length) throw new Expression(`${row.length} values for ${names.length} columns`)
    return row
  })
  return new Table(names, await Promise.all(rows))
}

/** A field that a record lacks is null; one that is not asked for is left out. */
async function expand([of = null, column = null, fields = null, renamed = null]: readonly Value[]) {
  const { columns, rows } = table(of)
  const at = indexOf(columns, text(column))
  const names = (await all(list(fields))).map(text)
  const headings = renamed === null ? names : (await all(list(renamed))).map(text)
  const wide = rows.map(async (row) => {
    const inner = row[at] === null ? new Rec(new Map()) : rec(row[at] as Value)
    const cells = await Promise.all(names.map((name) => inner.fields.get(name)?.() ?? null))
    return row.toSpliced(at, 1, ...cells)
  })
  return new Table(columns.toSpliced(at, 1, ...headings), await Promise.all(wide))
}

function indexOf(columns: readonly string[], name: string): number {
  const at = columns.indexOf(name)
  if (at < 0) throw new Expression(`the column '${name}' of the table wasn't found`)
  return at
}

async function transformTypes([of = null, changes = null, culture = null]: readonly Value[], own: Culture) {
  const { columns, rows } = table(of)
  const as = new Map<number, Type>()
  for (const change of await all(list(changes))) {
    const [name = null, type = null] = await all(list(change))
    if (!(type instanceof Type)) throw new Expression('a column is given a type')
    as.set(indexOf(columns, text(name)), type)
  }
  const local = cultureOf(culture, own)
  return new Table(
    columns,
    rows.map((row) => row.map((cell, i) => convert(cell, as.get(i), local))),
  )
}

function convert(cell: Value, type: Type | undefined, culture: Culture): Value {
  if (cell === null || type === undefined) return cell
  switch (type.name) {
    case 'number':
      return asNumber(cell, culture)
    case 'Int64.Type':
      return halfEven(asNumber(cell, culture))
    case 'Currency.Type':
      return halfEven(asNumber(cell, culture) * 1e4) / 1e4
    case 'text':
      return asText(cell, culture)
    case 'logical':
      if (typeof cell === 'boolean') return cell
      break
    case 'date':
      if (/^\d{4}-\d{2}-\d{2}$/.test(text(cell))) return new Moment('date', text(cell))
      break
    case 'datetimezone':
      if (/^\d{4}-\d{2}-\d{2}T.*(Z|[+-]\d\d:\d\d)$/.test(text(cell)))
        return new Moment('datetimezone', text(cell))
      break
  }
  throw new Error(`DataFormat.Error: we couldn't convert to ${type.name}: ${String(cell)}`)
}

function halfEven(value: number): number {
  const whole = Math.floor(value)
  if (value - whole !== 0.5) return Math.round(value)
  return whole % 2 === 0 ? whole : whole + 1
}

/** A thousands separator is passed over wherever it stands: under pt-BR "1234.56" is 123456. */
function asNumber(value: Value, culture: Culture): number {
  if (typeof value !== 'string') return number(value)
  const [group, mark] = culture === 'pt-BR' ? ['.', ','] : [',', '.']
  const plain = value.trim().replaceAll(group, '').replace(mark, '.')
  if (plain === '' || Number.isNaN(Number(plain))) throw new Error(`DataFormat.Error: no number: ${value}`)
  return Number(plain)
}

function asText(value: Value, culture: Culture): Value {
  if (value === null || typeof value === 'string') return value
  if (typeof value === 'boolean') return String(value)
  return String(number(value)).replace('.', culture === 'pt-BR' ? ',' : '.')
}

function cultureOf(given: Value, own: Culture): Culture {
  if (given === null) return own
  if (given !== 'en-US' && given !== 'pt-BR')
    throw new Expression(`the culture ${text(given)} is not known here`)
  return given
}
