import type { FastifyError, FastifyInstance, FastifyRequest } from 'fastify'
import { isDatabaseError } from '../db/connection.ts'
import type { Catalogue } from '../i18n/index.ts'
import { GoneError } from './departure.ts'
import { Problem, publicDatabaseError, sendProblem, UNAVAILABLE } from './problem.ts'
import { validationProblem } from './validation.ts'

/**
 * Every error of every route leaves as a problem document (RFC 9457); what the caller must not learn, only as a number to ask
 * about.
 */
export function installProblems(
  app: FastifyInstance,
  text: Catalogue,
  report: (error: Error, id: string) => void,
): void {
  app.setErrorHandler(async (happened: FastifyError, request, reply) => {
    // A caller whom the database does not know is told so, and not what is wrong with the request.
    const error = await request.admit().then(
      () => happened,
      (refusal: FastifyError) => refusal,
    )
    const problem = asProblem(text, error, request)
    if (problem !== undefined) return sendProblem(text, request, reply, problem)
    report(error, request.id)
    return sendProblem(text, request, reply, new Problem(500, text.http.internal(request.id)))
  })
  app.setNotFoundHandler((request, reply) =>
    sendProblem(
      text,
      request,
      reply,
      new Problem(404, text.http.notFound(request.method, request.url.split('?')[0] ?? '')),
    ),
  )
}

function asProblem(
  text: Catalogue,
  error: FastifyError,
  { routeOptions }: FastifyRequest,
): Problem | undefined {
  if (error instanceof Problem) return error
  if (isDatabaseError(error) || error instanceof GoneError || UNAVAILABLE.test(error.code))
    return publicDatabaseError(text, error)
  const { statusCode = 500, validation } = error
  if (validation !== undefined) return validationProblem(text, error)
  if (statusCode === 413) return new Problem(413, text.http.tooLarge)
  if (statusCode === 415)
    return new Problem(
      415,
      text.http.mediaType(routeOptions.schema?.consumes?.join(', ') ?? 'application/json'),
    )
  if (statusCode === 429) return new Problem(429, text.http.tooMany)
  if (statusCode >= 400 && statusCode < 500) return new Problem(statusCode, text.http.malformed)
  return undefined
}
