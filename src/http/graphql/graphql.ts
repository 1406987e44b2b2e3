import type { FastifyInstance, FastifyRequest } from 'fastify'
import { preparePostGraphile } from '../../settings/settings.ts'
import type { HttpContext } from '../context.ts'
import { repeatable } from '../repeat.ts'
import type { Caller } from '../token.ts'

const BODY_BYTES = 500_000
const QUERY_MS = 20_000
const MUTATION_MS = 60_000

/** One address, one method, and nothing beside it. */
const SERVED = {
  graphqlPath: '/graphql',
  graphqlOverGET: false,
  graphiqlOnGraphQLGET: false,
  graphiql: false,
  websockets: false,
  watch: false,
  maxRequestLength: BODY_BYTES,
}

/** GraphQL over schema audit at /graphql, by PostGraphile's own adaptor. */
export async function graphql(app: FastifyInstance, context: HttpContext): Promise<void> {
  const { settings, text, access, failed } = context
  const { development = false, basePath } = settings
  preparePostGraphile()
  const { postgraphile } = await import('postgraphile')
  const { grafserv } = await import('postgraphile/grafserv/fastify/v5')
  const { getOperationAST, GraphQLError } = await import('postgraphile/graphql')
  const { SCHEMA_PRESET } = await import('./preset.ts')
  const { createService, operationSettings } = await import('./service.ts')
  const { createErrorMask } = await import('./errors.ts')
  const { checkRequest } = await import('./limits.ts')
  const { Documents, documentsPlugin } = await import('./documents.ts')

  const service = createService(settings.databaseUrl, access)
  const documents = new Documents()
  const instance = postgraphile({
    extends: [SCHEMA_PRESET],
    plugins: [documentsPlugin(documents)],
    pgServices: [service],
    grafast: {
      explain: false,
      context: ({ fastifyv5 }, args) => {
        const request = fastifyv5?.request as FastifyRequest
        const operation = getOperationAST(args.document, args.operationName)
        const changes = operation?.operation === 'mutation'
        const timeout = changes ? MUTATION_MS : QUERY_MS
        const marked = changes ? repeatable(request) : undefined
        return { pgSettings: operationSettings(request.caller as Caller, timeout, request, marked) }
      },
    },
    grafserv: { ...SERVED, maskError: createErrorMask(text, failed) },
  })
  app.addHook('onClose', async () => {
    await instance.release()
    await service.release?.()
  })
  const schema = await instance.getSchema()
  const server = instance.createServ(grafserv)
  await server.ready()

  app.addHook('onRoute', (route) => {
    if (route.method === 'POST') route.config = { ...route.config, asks: true }
  })
  const parse = (query: string) => documents.parse(query)
  app.addHook('preHandler', async (request, reply) => {
    if (request.method !== 'POST') return
    try {
      const allowed = { parse, introspection: settings.introspection, development }
      checkRequest(text, schema, request.body, request.caller as Caller, allowed)
    } catch (error) {
      if (!(error instanceof GraphQLError)) throw error
      return reply.code(400).send({ errors: [error.toJSON()] })
    }
  })
  await server.addTo(app)
  if (development) await app.register((await import('./ruru.ts')).ruru, { basePath })
}
