import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
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
  const fragments = new Map<string, FragmentDefinitionNode>()
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition)
  }
  const known = new Map<string, Cost>()
  let largestPage = 0
  let introspects = false

  function selection(set: SelectionSetNode, type: GraphQLCompositeType | undefined): Cost {
    return set.selections.map((node) => one(node, type)).reduce(add, NONE)
  }

  function one(node: SelectionSetNode['selections'][number], type: GraphQLCompositeType | undefined): Cost {
    switch (node.kind) {
      case Kind.FIELD:
        return field(node, type)
      case Kind.INLINE_FRAGMENT:
        return selection(node.selectionSet, conditioned(node.typeCondition?.name.value) ?? type)
      case Kind.FRAGMENT_SPREAD:
        return fragment(node.name.value)
    }
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
    const rows = paged ? pageOf(node) : listed && !parent?.name.endsWith('Connection') ? UNPAGED : 1
    return { depth: child.depth + 1, roots: 1, fields: child.fields + 1, values: child.values * rows + 1 }
  }

  function pageOf(node: FieldNode): number {
    const sizes = ['first', 'last']
      .map((name) => node.arguments?.find((arg) => arg.name.value === name)?.value)
      .map((value) => (value === undefined ? undefined : numberOf(value)))
      .filter((value) => value !== undefined)
    // Never below zero, or it would reduce the cost of the rest.
    const size = sizes.length === 0 ? PAGE.usual : Math.max(0, ...sizes)
    largestPage = Math.max(largestPage, size)
    return size
  }

  function numberOf(value: ValueNode): number | undefined {
    if (value.kind === Kind.INT) return Number(value.value)
    if (value.kind !== Kind.VARIABLE) return undefined
    const name = value.name.value
    const given = variables[name]
    if (typeof given === 'number') return given
    const preset = operation.variableDefinitions?.find((v) => v.variable.name.value === name)?.defaultValue
    return given === undefined && preset !== undefined && preset.kind === Kind.INT
      ? Number(preset.value)
      : undefined
  }

  const root = schema.getRootType(operation.operation) ?? undefined
  return { ...selection(operation.selectionSet, root), largestPage, introspects }
}

function add(a: Cost, b: Cost): Cost {
  return {
    depth: Math.max(a.depth, b.depth),
    roots: a.roots + b.roots,
    fields: a.fields + b.fields,
    values: a.values + b.values,
  }
}
