import type { FastifyInstance, HTTPMethods, RouteOptions } from 'fastify'
import type { HttpContext } from '../context.ts'
import { Problem } from '../problem.ts'
import { KEY_HEADERS } from '../repeat.ts'
import { installValidation } from '../validation.ts'
import { installDocsPage, installOpenApi } from './docs.ts'
import { type Route, routes } from './routes.ts'
import { object, PROBLEM, rowSchemas } from './schemas.ts'

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
      for (const { id, tag, path, method, handler, exposeHeadRoute = true, takes, ...described } of routes(
        context,
      )) {
        const route = {
          method,
          url: path,
          exposeHeadRoute,
          config: { asks: true },
          schema: {
            operationId: id,
            tags: [tag],
            querystring: object({}), // an unknown name is refused, even where none is known
            ...(method !== 'GET' && { headers: KEY_HEADERS(context.text.rest.parameter.chave) }),
            ...described,
          },
          handler,
        }
        if (takes) await takeFile(scope, route, takes)
        else scope.route(route)
      }
    },
    { prefix: '/api/v1' },
  )
  refuseOtherMethods(app, context, taken)
  await installDocsPage(app, context)
}

/** A route whose body is a file, held in memory as a whole; no other route takes one. */
async function takeFile(
  scope: FastifyInstance,
  route: RouteOptions,
  { mediaTypes, bytes, admit }: NonNullable<Route['takes']>,
): Promise<void> {
  await scope.register(async (inner) => {
    inner.removeAllContentTypeParsers()
    inner.addContentTypeParser([...mediaTypes], { parseAs: 'buffer' }, (_request, body, done) =>
      done(null, body),
    )
    inner.route({
      ...route,
      schema: { ...route.schema, consumes: mediaTypes },
      bodyLimit: bytes,
      onRequest: admit,
    })
  })
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
