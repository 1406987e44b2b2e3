// The values of M, and what may be asked of each.

/** How texts are read as numbers where a function is not told. */
export type Culture = 'en-US' | 'pt-BR'

export type Value = null | boolean | number | string | Uint8Array | List | Rec | Table | Fn | Type | Moment

/** A member of a record, a list or a let: evaluated when it is asked for, and then remembered. */
export type Lazy = () => Promise<Value>

/** What M reports as Expression.Error. */
export class Expression extends Error {
  override readonly name = 'Expression.Error'
}

export class List {
  readonly items: readonly Lazy[]
  constructor(items: readonly Lazy[]) {
    this.items = items
  }
}

export class Rec {
  readonly fields: ReadonlyMap<string, Lazy>
  constructor(fields: ReadonlyMap<string, Lazy>) {
    this.fields = fields
  }
}

export class Table {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly Value[])[]
  constructor(columns: readonly string[], rows: readonly (readonly Value[])[]) {
    this.columns = columns
    this.rows = rows
  }
}

/** A date, or an instant with its zone, in the spelling of ISO 8601. */
export class Moment {
  readonly kind: 'date' | 'datetimezone'
  readonly iso: string
  constructor(kind: 'date' | 'datetimezone', iso: string) {
    this.kind = kind
    this.iso = iso
  }
}

export class Type {
  readonly name: string
  readonly nullable: boolean
  constructor(name: string, nullable = false) {
    this.name = name
    this.nullable = nullable
  }
}

export class Fn {
  readonly parameters: readonly string[]
  readonly #body: (given: readonly Value[], culture: Culture) => Value | Promise<Value>

  /** @param parameters one that ends in ? may be left out */
  constructor(parameters: readonly string[], body: Fn['call']) {
    this.parameters = parameters
    this.#body = body
  }

  call(given: readonly Value[], culture: Culture): Value | Promise<Value> {
    const least = this.parameters.filter((name) => !name.endsWith('?')).length
    if (given.length < least || given.length > this.parameters.length) {
      throw new Expression(
        `${given.length} arguments were passed to a function of (${this.parameters.join(', ')})`,
      )
    }
    return this.#body(given, culture)
  }
}

export const ready =
  (value: Value): Lazy =>
  () =>
    Promise.resolve(value)

export function later(evaluate: () => Promise<Value>): Lazy {
  let result: Promise<Value> | undefined
  return () => {
    result ??= evaluate()
    return result
  }
}

export const all = ({ items }: List): Promise<Value[]> => Promise.all(items.map((item) => item()))

export async function entries({ fields }: Rec): Promise<[string, Value][]> {
  return Promise.all([...fields].map(async ([name, member]) => [name, await member()] as [string, Value]))
}

/** M converts nothing by itself. */
export function number(value: Value): number {
  if (typeof value !== 'number') throw cannot(value, 'Number')
  return value
}

export function text(value: Value): string {
  if (typeof value !== 'string') throw cannot(value, 'Text')
  return value
}

export function list(value: Value): List {
  if (!(value instanceof List)) throw cannot(value, 'List')
  return value
}

export function rec(value: Value): Rec {
  if (!(value instanceof Rec)) throw cannot(value, 'Record')
  return value
}

export function table(value: Value): Table {
  if (!(value instanceof Table)) throw cannot(value, 'Table')
  return value
}

export function fn(value: Value): Fn {
  if (!(value instanceof Fn)) throw cannot(value, 'Function')
  return value
}

const cannot = (value: Value, wanted: string) =>
  new Expression(`we cannot convert ${kind(value)} to type ${wanted}`)

export function conforms(value: Value, { name, nullable }: Type): void {
  if (name === 'any' || (nullable && value === null)) return
  if (kind(value) !== name) throw cannot(value, name)
}

export function kind(value: Value): string {
  if (value === null) return 'null'
  if (typeof value === 'boolean') return 'logical'
  if (typeof value === 'string') return 'text'
  if (typeof value === 'number') return 'number'
  if (value instanceof Uint8Array) return 'binary'
  if (value instanceof Moment) return value.kind
  return value.constructor.name.toLowerCase().replace('rec', 'record').replace('fn', 'function')
}

export function same(left: Value, right: Value): boolean {
  if (typeof left === 'object' && left !== null) throw new Expression(`${kind(left)} is not compared here`)
  return left === right
}
