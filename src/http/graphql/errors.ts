import { GraphQLError } from 'postgraphile/graphql'
import type { Catalogue } from '../../i18n/index.ts'
import { publicDatabaseError } from '../problem.ts'

/**
 * What leaves the server of an error: GraphQL's own message about the query; the database's errors of ours with code, detail and
 * hint. For anything else only a number to ask about.
 */
export function createErrorMask(text: Catalogue, report: (error: Error, id: string) => void) {
  return (error: GraphQLError): GraphQLError => {
    const { originalError: cause } = error
    // Nothing was thrown: a variable of the wrong type, a field that does not exist.
    if (cause === undefined || cause === null || cause instanceof GraphQLError) return error
    const known = publicDatabaseError(text, cause)
    if (known !== undefined) {
      const { code, detail, hint } = known.details
      return masked(error, known.message, { codigo: code, detalhe: detail, sugestao: hint })
    }
    if (/^Invalid ('(before|after)' )?cursor/.test(cause.message))
      return masked(error, text.http.badCursor, {})
    const id = crypto.randomUUID()
    report(cause, id)
    return masked(error, text.http.internal(id), { numero: id })
  }
}

function masked(error: GraphQLError, message: string, extensions: Record<string, unknown>): GraphQLError {
  const { nodes, source, positions, path } = error
  return new GraphQLError(message, {
    nodes: nodes ?? null,
    source: source ?? null,
    positions: positions ?? null,
    path: path ?? null,
    extensions,
  })
}
