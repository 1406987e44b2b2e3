// Power Query's language M, as far as the examples of docs/clients.md go: Microsoft's own parser reads them, and this
// evaluates what it read. Whatever is not known here is an error, so that nothing passes unseen.
// https://learn.microsoft.com/powerquery-m/power-query-m-language-specification
import { DefaultSettings, Language, TaskUtils } from '@microsoft/powerquery-parser'
import {
  type Culture,
  conforms,
  Expression,
  Fn,
  type Lazy,
  List,
  later,
  number,
  Rec,
  ready,
  same,
  Type,
  text,
  type Value,
} from './m_values.ts'

type Node = Language.Ast.TNode
type Names = ReadonlyMap<string, Lazy>
type Of<Kind> = Extract<Node, { kind: Kind }>

const { NodeKind } = Language.Ast

/** @throws what Microsoft's parser says is wrong */
export async function parse(source: string): Promise<Node> {
  const result = await TaskUtils.tryLexParse(DefaultSettings, source)
  if ('error' in result) throw result.error
  return result.ast
}

/** The value of a document; `names` are the standard library and the parameters of the workbook. */
export async function evaluate(
  source: string,
  names: Readonly<Record<string, Value>>,
  culture: Culture = 'en-US',
): Promise<Value> {
  const known = new Map(Object.entries(names).map(([name, value]) => [name, ready(value)]))
  return value(await parse(source), { names: known, culture })
}

interface Scope {
  readonly names: Names
  readonly culture: Culture
}

const within = (scope: Scope, names: Iterable<[string, Lazy]>): Scope => ({
  ...scope,
  names: new Map([...scope.names, ...names]),
})

async function value(node: Node, scope: Scope): Promise<Value> {
  switch (node.kind) {
    case NodeKind.LiteralExpression:
      return literal(node)
    case NodeKind.IdentifierExpression:
      return named(node.identifier.literal, scope)
    case NodeKind.ParenthesizedExpression:
      return value(node.content, scope)
    case NodeKind.LetExpression:
      return value(node.expression, members(items(node.variableList), scope).scope)
    case NodeKind.RecordExpression:
      return record(node, scope)
    case NodeKind.ListExpression:
      return new List(items(node.content).map((item) => later(() => value(item as Node, scope))))
    case NodeKind.EachExpression:
      return new Fn(['_'], ([row = null]) => value(node.paired, within(scope, [['_', ready(row)]])))
    case NodeKind.FunctionExpression:
      return lambda(node, scope)
    case NodeKind.IfExpression:
      return value((await truth(node.condition, scope)) ? node.trueExpression : node.falseExpression, scope)
    case NodeKind.FieldSelector:
      return field(await named('_', scope), node)
    case NodeKind.RecursivePrimaryExpression:
      return recursive(node, scope)
    case NodeKind.ArithmeticExpression:
      return arithmetic(node, scope)
    case NodeKind.EqualityExpression:
    case NodeKind.RelationalExpression:
      return comparison(node, scope)
    case NodeKind.LogicalExpression:
      return logical(node, scope)
    case NodeKind.TypePrimaryType:
      return type(node.paired)
    default:
      throw new Expression(`${node.kind} is not known here`)
  }
}

const items = <T>({ elements }: { elements: readonly { node: T }[] }): T[] => elements.map(({ node }) => node)

function literal({ literal: written, literalKind }: Of<typeof NodeKind.LiteralExpression>): Value {
  if (literalKind === 'Null') return null
  if (literalKind === 'Logical') return written === 'true'
  if (literalKind === 'Numeric') return Number(written)
  if (literalKind === 'Text') return written.slice(1, -1).replaceAll('""', '"')
  throw new Expression(`a literal ${literalKind} is not known here`)
}

/** `#"a name"` and `a name` are one. */
const plain = (name: string) => name.replace(/^#"(.*)"$/, '$1')

function named(name: string, { names }: Scope): Promise<Value> {
  const found = names.get(plain(name))
  if (!found) throw new Expression(`the name ${name} was not recognised`)
  return found()
}

/** Members of a let or a record see each other, and are evaluated when they are asked for, once. */
function members(pairs: readonly { key: { literal: string }; value: Node }[], scope: Scope) {
  const own = new Map<string, Lazy>()
  const inner = within(scope, [])
  for (const { key, value: node } of pairs) {
    // By the specification a member does not see itself, but what bears its name outside.
    const name = plain(key.literal)
    own.set(
      name,
      later(() => value(node, without(inner, name, scope))),
    )
  }
  for (const [name, member] of own) (inner.names as Map<string, Lazy>).set(name, member)
  return { own, scope: inner }
}

function without(inner: Scope, name: string, outer: Scope): Scope {
  const names = new Map(inner.names)
  const outside = outer.names.get(name)
  if (outside) names.set(name, outside)
  else names.delete(name)
  return { ...inner, names }
}

function record(node: Of<typeof NodeKind.RecordExpression>, scope: Scope): Rec {
  return new Rec(members(items(node.content), scope).own)
}

function lambda(node: Of<typeof NodeKind.FunctionExpression>, scope: Scope): Fn {
  const parameters = items(node.parameters.content).map(({ name, parameterType }) => ({
    name: name.literal,
    expected: parameterType && type(parameterType.paired),
  }))
  return new Fn(
    parameters.map(({ name }) => name),
    (given) => {
      for (const [i, { expected }] of parameters.entries()) if (expected) conforms(given[i] ?? null, expected)
      return value(
        node.expression,
        within(
          scope,
          parameters.map(({ name }, i) => [name, ready(given[i] ?? null)]),
        ),
      )
    },
  )
}

async function recursive(node: Of<typeof NodeKind.RecursivePrimaryExpression>, scope: Scope): Promise<Value> {
  let result = await value(node.head, scope)
  for (const step of node.recursiveExpressions.elements) {
    if (step.kind === NodeKind.InvokeExpression) result = await invoke(result, step, scope)
    else if (step.kind === NodeKind.FieldSelector) result = await field(result, step)
    else throw new Expression(`${step.kind} is not known here`)
  }
  return result
}

async function invoke(
  called: Value,
  { content }: Of<typeof NodeKind.InvokeExpression>,
  scope: Scope,
): Promise<Value> {
  if (!(called instanceof Fn)) throw new Expression('only a function can be invoked')
  // Arguments, unlike members, are evaluated at once.
  const given: Value[] = []
  for (const argument of items(content)) given.push(await value(argument, scope))
  return called.call(given, scope.culture)
}

function field(of: Value, { content, optionalConstant }: Of<typeof NodeKind.FieldSelector>): Promise<Value> {
  if (!(of instanceof Rec))
    throw new Expression(`there is no field [${content.literal}] in what is no record`)
  const found = of.fields.get(plain(content.literal))
  if (found) return found()
  if (optionalConstant) return Promise.resolve(null)
  throw new Expression(`the field '${content.literal}' of the record wasn't found`)
}

async function arithmetic(node: Of<typeof NodeKind.ArithmeticExpression>, scope: Scope): Promise<Value> {
  const [left, right] = [await value(node.left, scope), await value(node.right, scope)]
  const operator = node.operatorConstant.constantKind
  if (operator === '&' && left instanceof List && right instanceof List) {
    return new List([...left.items, ...right.items])
  }
  if (left === null || right === null) return null
  if (operator === '&') return text(left) + text(right)
  const [a, b] = [number(left), number(right)]
  return { '+': a + b, '-': a - b, '*': a * b, '/': a / b }[operator as '+'] as number
}

async function comparison(
  node: Of<typeof NodeKind.EqualityExpression | typeof NodeKind.RelationalExpression>,
  scope: Scope,
): Promise<Value> {
  const [left, right] = [await value(node.left, scope), await value(node.right, scope)]
  const operator = node.operatorConstant.constantKind
  if (operator === '=' || operator === '<>') return same(left, right) === (operator === '=')
  if (left === null || right === null) return null
  const [a, b] = typeof left === 'string' ? [left, text(right)] : [number(left), number(right)]
  return { '<': a < b, '<=': a <= b, '>': a > b, '>=': a >= b }[operator as '<'] as boolean
}

async function logical(node: Of<typeof NodeKind.LogicalExpression>, scope: Scope): Promise<Value> {
  const left = await truth(node.left, scope)
  if (left === (node.operatorConstant.constantKind === 'or')) return left
  return truth(node.right, scope)
}

async function truth(node: Node, scope: Scope): Promise<boolean> {
  const result = await value(node, scope)
  if (typeof result !== 'boolean') throw new Expression('a condition must be true or false')
  return result
}

function type(node: Node): Type {
  if (node.kind === NodeKind.PrimitiveType) return new Type(node.primitiveTypeKind)
  if (node.kind === NodeKind.NullableType || node.kind === NodeKind.NullablePrimitiveType) {
    return new Type(type(node.paired).name, true)
  }
  throw new Expression(`the type ${node.kind} is not known here`)
}
