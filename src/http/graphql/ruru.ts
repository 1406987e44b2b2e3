import type { FastifyInstance } from 'fastify'
import { ruruHTML } from 'postgraphile/grafserv/ruru/server'
import { getStaticFile } from 'postgraphile/grafserv/ruru/static'

/** GraphQL's own page at /ruru, a tool for developers, served only on request. It asks for the token itself. */
export async function ruru(app: FastifyInstance, { basePath }: { readonly basePath: string }): Promise<void> {
  const open = { config: { public: true }, helmet: { contentSecurityPolicy: false } } as const
  const staticPath = `${basePath}/ruru-static/`
  app.get('/ruru', open, (_request, reply) =>
    reply.type('text/html').send(ruruHTML({ endpoint: `${basePath}/graphql`, staticPath })),
  )
  app.get('/ruru-static/*', open, async (request, reply) => {
    const urlPath = request.url.split('?')[0] ?? ''
    const acceptEncoding = request.headers['accept-encoding']
    const file = await getStaticFile({ staticPath, urlPath, acceptEncoding })
    return file === null ? reply.callNotFound() : reply.headers(file.headers).send(file.content)
  })
}
