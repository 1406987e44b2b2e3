import {
  type DocumentNode,
  type FieldNode,
  type GraphQLCompositeType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isCompositeType,
  isListType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  type ValueNode,
} from 'postgraphile/graphql'
import { PAGE } from './pages.ts'

/** What an operation asks for, fragments included, before any of it runs. */
export interface Cost {
  readonly depth: number
  /** Fields of the outermost level; each alias counts. */
  readonly roots: number
  /** Fields; each alias counts. */
  readonly fields: number
  /** Values that the answer may hold: fields times the rows of the lists they are in. */
  readonly values: number
}

export interface Measured extends Cost {
  readonly largestPage: number
  readonly introspects: boolean
}

type Variables = Readonly<Record<string, unknown>>

/** Assumed rows of a list without pages, such as a mutation's result. */
const UNPAGED = 20
const NONE: Cost = { depth: 0, roots: 0, fields: 0, values: 0 }

/** Measures one operation in time that grows with the document, not with the expansion of its fragments. */
export function measure(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Variables,
): Measured {
  const fragments = new Map(
    document.definitions
      .filter((one) => one.kind === Kind.FRAGMENT_DEFINITION)
      .map((one) => [one.name.value, one]),
  )
  const known = new Map<string, Cost>()
  let largestPage = 0
  let introspects = false

  function selection(set: SelectionSetNode, type: GraphQLCompositeType | undefined): Cost {
    const costs = set.selections.map((node) => {
      if (node.kind === Kind.FIELD) return field(node, type)
      if (node.kind === Kind.FRAGMENT_SPREAD) return fragment(node.name.value)
      return selection(node.selectionSet, conditioned(node.typeCondition?.name.value) ?? type)
    })
    return costs.reduce(add, NONE)
  }

  function fragment(name: string): Cost {
    const found = known.get(name)
    if (found !== undefined) return found
    const definition = fragments.get(name)
    known.set(name, NONE) // a fragment that contains itself is refused later; here it only must end
    if (definition === undefined) return NONE
    const cost = selection(definition.selectionSet, conditioned(definition.typeCondition.name.value))
    known.set(name, cost)
    return cost
  }

  function conditioned(name: string | undefined): GraphQLCompositeType | undefined {
    const type = name === undefined ? undefined : schema.getType(name)
    return isCompositeType(type) ? type : undefined
  }

  function field(node: FieldNode, parent: GraphQLCompositeType | undefined): Cost {
    const name = node.name.value
    if (name === '__schema' || name === '__type') introspects = true
    const definition = isObjectType(parent) ? parent.getFields()[name] : undefined
    const type = definition === undefined ? undefined : getNamedType(definition.type)
    if (node.selectionSet === undefined) return { depth: 1, roots: 1, fields: 1, values: 1 }
    const child = selection(node.selectionSet, isCompositeType(type) ? type : undefined)
    const paged = definition?.args.some((arg) => arg.name === 'first') === true
    const listed = isListType(getNullableType(definition?.type))
    const page = paged ? pageOf(node, operation, variables) : 0
    largestPage = Math.max(largestPage, page)
    const rows = paged ? page : listed && !parent?.name.endsWith('Connection') ? UNPAGED : 1
    return { depth: child.depth + 1, roots: 1, fields: child.fields + 1, values: child.values * rows + 1 }
  }

  const root = schema.getRootType(operation.operation) ?? undefined
  return { ...selection(operation.selectionSet, root), largestPage, introspects }
}

/** How many rows a field asks for. */
function pageOf(node: FieldNode, operation: OperationDefinitionNode, variables: Variables): number {
  const sizes = ['first', 'last']
    .map((name) => node.arguments?.find((arg) => arg.name.value === name)?.value)
    .map((value) => value && numberOf(value, operation, variables))
    .filter((value) => value !== undefined)
  // Below nothing there is nothing to subtract from what the rest costs.
  return sizes.length === 0 ? PAGE.usual : Math.max(0, ...sizes)
}

function numberOf(
  value: ValueNode,
  { variableDefinitions }: OperationDefinitionNode,
  variables: Variables,
): number | undefined {
  if (value.kind === Kind.INT) return Number(value.value)
  if (value.kind !== Kind.VARIABLE) return undefined
  const name = value.name.value
  const given = variables[name]
  if (typeof given === 'number') return given
  const preset = variableDefinitions?.find((v) => v.variable.name.value === name)?.defaultValue
  return given === undefined && preset?.kind === Kind.INT ? Number(preset.value) : undefined
}

function add(a: Cost, b: Cost): Cost {
  return {
    depth: Math.max(a.depth, b.depth),
    roots: a.roots + b.roots,
    fields: a.fields + b.fields,
    values: a.values + b.values,
  }
}
