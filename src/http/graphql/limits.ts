import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  Lexer,
  OperationTypeNode,
  Source,
  TokenKind,
} from 'postgraphile/graphql'
import type { Catalogue } from '../../i18n/index.ts'
import type { Caller } from '../token.ts'
import { measure } from './cost.ts'
import { PAGE } from './pages.ts'

/** What one request may ask for. */
export const GRAPHQL_LIMITS = {
  characters: 40_000,
  tokens: 4_000,
  /** Nested brackets of any kind, counted before the query is even parsed. */
  brackets: 60,
  depth: 15,
  fields: 500,
  roots: 20,
  /** Each is a separate transaction. */
  mutations: 5,
  values: 200_000,
  variableDepth: 10,
  variableValues: 20_000,
} as const

export interface GraphqlRequest {
  readonly query: string
  readonly operationName?: string | null
  readonly variables?: Readonly<Record<string, unknown>> | null
}

export interface Policy {
  readonly parse: (query: string) => DocumentNode
  readonly introspection: readonly string[]
  readonly development: boolean
}

/**
 * Checks a request against the limits before any of it is planned or run.
 * @throws {GraphQLError} which limit, and how much was asked for
 */
export function checkRequest(
  text: Catalogue,
  schema: GraphQLSchema,
  body: unknown,
  caller: Caller,
  { parse, introspection, development }: Policy,
): void {
  const { limit } = text.http
  if (Array.isArray(body)) throw refusal(limit.batch)
  const { query, operationName, variables } = request(text, body)
  if (query.length > GRAPHQL_LIMITS.characters) throw tooMuch(text, 'characters', query.length)
  scan(text, query)
  checkVariables(text, variables)
  const document = parse(query)
  const operation = getOperationAST(document, operationName)
  if (!operation) return // its errors are reported when it runs
  if (operation.operation === OperationTypeNode.SUBSCRIPTION) throw refusal(limit.subscription)
  const cost = measure(schema, document, operation, variables ?? {})
  if (cost.introspects && !development && !introspection.includes(caller.role.replace('conferente_', ''))) {
    throw refusal(limit.introspection)
  }
  const roots = operation.operation === OperationTypeNode.MUTATION ? 'mutations' : 'roots'
  if (cost.roots > GRAPHQL_LIMITS[roots]) throw tooMuch(text, roots, cost.roots)
  for (const name of ['depth', 'fields', 'values'] as const) {
    if (cost[name] > GRAPHQL_LIMITS[name]) throw tooMuch(text, name, cost[name])
  }
  if (cost.largestPage > PAGE.most) throw refusal(limit.page(PAGE.most))
}

function request(text: Catalogue, body: unknown): GraphqlRequest {
  const { query, operationName, variables } = (body ?? {}) as Partial<Record<keyof GraphqlRequest, unknown>>
  if (
    typeof query !== 'string' ||
    (operationName != null && typeof operationName !== 'string') ||
    (variables != null && (typeof variables !== 'object' || Array.isArray(variables)))
  ) {
    throw refusal(text.http.malformed)
  }
  return { query, operationName, variables } as GraphqlRequest
}

/** Without recursion, because the parser recurses: ten thousand levels must not reach it. */
function scan(text: Catalogue, query: string): void {
  const lexer = new Lexer(new Source(query))
  let tokens = 0
  let depth = 0
  for (let token = lexer.advance(); token.kind !== TokenKind.EOF; token = lexer.advance()) {
    tokens += 1
    if (tokens > GRAPHQL_LIMITS.tokens) throw tooMuch(text, 'tokens', tokens)
    if (
      token.kind === TokenKind.BRACE_L ||
      token.kind === TokenKind.PAREN_L ||
      token.kind === TokenKind.BRACKET_L
    )
      depth += 1
    if (
      token.kind === TokenKind.BRACE_R ||
      token.kind === TokenKind.PAREN_R ||
      token.kind === TokenKind.BRACKET_R
    )
      depth -= 1
    if (depth > GRAPHQL_LIMITS.brackets) throw tooMuch(text, 'depth', depth)
  }
}

function checkVariables(text: Catalogue, variables: unknown): void {
  let level: unknown[] = [variables]
  let count = 0
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > GRAPHQL_LIMITS.variableDepth) throw tooMuch(text, 'variableDepth', depth)
    level = level.flatMap((value) =>
      typeof value === 'object' && value !== null ? Object.values(value) : [],
    )
    count += level.length
    if (count > GRAPHQL_LIMITS.variableValues) throw tooMuch(text, 'variableValues', count)
  }
}

function tooMuch(text: Catalogue, name: keyof typeof GRAPHQL_LIMITS, asked: number): GraphQLError {
  return refusal(text.http.limit.tooMuch(text.http.limit.of[name], GRAPHQL_LIMITS[name], asked))
}

function refusal(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { codigo: 'LIMITE' } })
}
