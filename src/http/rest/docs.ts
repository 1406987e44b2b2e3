import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance } from 'fastify'
import type { HttpContext } from '../context.ts'
import { SECURE_NAME } from '../session.ts'

const PLACE = '/api/docs'

/** Collects the OpenAPI document from the routes that follow. */
export async function installOpenApi(app: FastifyInstance, { text, settings }: HttpContext): Promise<void> {
  const { title, description, bearer, cookie, tags } = text.rest
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title, description, version: '1' },
      servers: [{ url: settings.basePath || '/' }],
      tags: Object.entries(tags).map(([name, description]) => ({ name, description })),
      components: {
        securitySchemes: {
          token: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: bearer },
          entrada: { type: 'apiKey', in: 'cookie', name: SECURE_NAME, description: cookie },
        },
      },
      // either will do
      security: [{ token: [] }, { entrada: [] }],
    },
    refResolver: { buildLocalReference: ({ $id }, _, __, i) => (typeof $id === 'string' ? $id : `def-${i}`) },
  })
}

/**
 * The page of the document. Everybody sees the page; the document, which says what there is, needs a sign-in or a token. The page
 * tells everybody else so.
 */
export async function installDocsPage(app: FastifyInstance, { text, settings }: HttpContext): Promise<void> {
  await app.register(async (scope) => {
    scope.addHook('onRoute', (route) => {
      if (/\/api\/docs\/?($|\/static)/.test(route.url)) route.config = { ...route.config, public: true }
    })
    await scope.register(swaggerUi, {
      routePrefix: PLACE,
      indexPrefix: settings.basePath,
      staticCSP:
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      theme: {
        title: text.rest.page.title,
        js: [{ filename: 'signin.js', content: signInFirst(text.rest.page, settings.basePath) }],
      },
      uiConfig: { deepLinking: true },
    })
  })
}

/** Runs in the browser: where the document is refused, it says how to get it, instead of the page's own complaint. */
function signInFirst(page: HttpContext['text']['rest']['page'], base: string): string {
  return `addEventListener('load', async () => {
  const document_ = await fetch(${JSON.stringify(`${base}${PLACE}/json`)}).catch(() => ({ status: 401 }))
  if (document_.status !== 401) return
  const main = document.createElement('main')
  main.style.cssText = 'padding: 2rem; max-width: 40rem; font-family: sans-serif; line-height: 1.5'
  const add = (name, text) => main.appendChild(Object.assign(document.createElement(name), { textContent: text }))
  add('h1', ${JSON.stringify(page.title)})
  add('p', ${JSON.stringify(page.wanted)})
  add('p', '').appendChild(Object.assign(document.createElement('a'), {
    textContent: ${JSON.stringify(page.signIn)}, href: ${JSON.stringify(`${base}/entrar?para=${encodeURIComponent(`${base}${PLACE}`)}`)} }))
  add('p', ${JSON.stringify(page.programs)})
  document.getElementById('swagger-ui').replaceWith(main)
})
`
}
