import type { ExecutionConfig } from 'postgraphile/grafserv'
import { type DocumentNode, type GraphQLSchema, parse, validate } from 'postgraphile/graphql'
import { GRAPHQL_LIMITS } from './limits.ts'

type Validated = ReturnType<ExecutionConfig['parseAndValidate']>

/** How many past queries are kept. */
const MOST = 500

/** Parses each query once, both for the limits, which are checked before validation, and for running it. */
export class Documents {
  readonly #kept = new Map<string, { document: DocumentNode; validated?: Validated }>()

  /** @throws {GraphQLError} where the syntax is wrong */
  parse(query: string): DocumentNode {
    return this.#known(query).document
  }

  validate(query: string, schema: GraphQLSchema): Validated {
    const known = this.#known(query)
    known.validated ??= validated(known.document, schema)
    return known.validated
  }

  #known(query: string) {
    const known = this.#kept.get(query) ?? { document: parse(query, { maxTokens: GRAPHQL_LIMITS.tokens }) }
    // move it to the end of the queue, whose head is dropped first
    this.#kept.delete(query)
    this.#kept.set(query, known)
    for (const [oldest] of this.#kept) {
      if (this.#kept.size <= MOST) break
      this.#kept.delete(oldest)
    }
    return known
  }
}

function validated(document: DocumentNode, schema: GraphQLSchema): Validated {
  const errors = validate(schema, document)
  return errors.length > 0 ? { errors: [...errors] } : { document }
}

/** GraphQL runs the document that was parsed for the limits, instead of parsing it again. */
export const documentsPlugin = (documents: Documents): GraphileConfig.Plugin => ({
  name: 'DocumentsPlugin',
  version: '1',
  grafserv: {
    middleware: {
      setPreset(next, options) {
        const { getExecutionConfig } = options
        options.getExecutionConfig = async function (context) {
          const config = await getExecutionConfig.call(this, context)
          return { ...config, parseAndValidate: (query) => documents.validate(query, config.schema) }
        }
        return next()
      },
    },
  },
})
