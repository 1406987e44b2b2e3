import type { FastifyInstance, HTTPMethods } from 'fastify'
import type { HttpContext } from '../context.ts'
import { Problem } from '../problem.ts'
import { installValidation } from '../validation.ts'
import { installDocsPage, installOpenApi } from './docs.ts'
import { routes } from './routes.ts'
import { PROBLEM, rowSchemas } from './schemas.ts'

const METHODS: HTTPMethods[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

/** REST: routes of a few lines over the functions and views that psql uses too. */
export async function rest(app: FastifyInstance, context: HttpContext): Promise<void> {
  installValidation(app)
  // Answers are documents of the database, sent as they are.
  app.setSerializerCompiler(() => JSON.stringify)
  await installOpenApi(app, context)
  for (const schema of [PROBLEM, ...(await rowSchemas(context.access))]) app.addSchema(schema)
  const taken = new Map<string, Set<string>>()
  await app.register(
    async (scope) => {
      scope.addHook('onRoute', ({ url, method }) => {
        const methods = taken.get(url) ?? new Set()
        taken.set(url, methods)
        for (const name of [method].flat()) methods.add(name)
      })
      for (const { id, tag, path, method, handler, exposeHeadRoute = true, ...described } of routes(
        context,
      )) {
        scope.route({
          method,
          url: path,
          exposeHeadRoute,
          config: { asks: true },
          schema: { operationId: id, tags: [tag], ...described },
          handler,
        })
      }
    },
    { prefix: '/api/v1' },
  )
  refuseOtherMethods(app, context, taken)
  await installDocsPage(app, context)
}

/** A path that exists says which methods it takes, rather than that it does not exist. */
function refuseOtherMethods(
  app: FastifyInstance,
  { text, settings }: HttpContext,
  taken: ReadonlyMap<string, ReadonlySet<string>>,
): void {
  for (const [url, methods] of taken) {
    const allow = [...methods].join(', ')
    app.route({
      method: METHODS.filter((method) => !methods.has(method)),
      url: url.slice(settings.basePath.length),
      schema: { hide: true },
      handler: ({ method, url: asked }) => {
        throw new Problem(405, text.rest.method(method, asked.split('?')[0] ?? ''), { headers: { allow } })
      },
    })
  }
}
