import swagger from '@fastify/swagger'
import swaggerUi, { type FastifySwaggerUiOptions } from '@fastify/swagger-ui'
import type { FastifyInstance } from 'fastify'
import type { HttpContext } from '../context.ts'

const PLACE = '/api/docs'

/** The OpenAPI document is gathered from the routes that follow. */
export async function installOpenApi(app: FastifyInstance, { text, settings }: HttpContext): Promise<void> {
  const { title, description, bearer, tags } = text.rest
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title, description, version: '1' },
      servers: [{ url: settings.basePath || '/' }],
      tags: Object.entries(tags).map(([name, description]) => ({ name, description })),
      components: {
        securitySchemes: {
          token: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: bearer },
        },
      },
      security: [{ token: [] }],
    },
    refResolver: { buildLocalReference: ({ $id }, _, __, i) => (typeof $id === 'string' ? $id : `def-${i}`) },
  })
}

/**
 * The page of the document. The page is the same for every installation and is shown to everybody; the document, which tells
 * what there is, needs a token; the page asks for it.
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
        js: [{ filename: 'token.js', content: tokenForm(text.rest.page) }],
      },
      uiConfig: { requestInterceptor: withToken, deepLinking: true },
    })
  })
}

// Runs in the browser, on its own: the plugin sends its text.
const withToken: NonNullable<NonNullable<FastifySwaggerUiOptions['uiConfig']>['requestInterceptor']> = (
  request,
) => {
  const { sessionStorage } = globalThis as unknown as { sessionStorage: { conferente?: string } }
  const { conferente: token } = sessionStorage
  if (token) (request['headers'] as Record<string, string>)['Authorization'] = `Bearer ${token}`
  return request
}

/** The token stays with this tab of the browser and is forgotten when it closes. */
function tokenForm({ token, show }: { token: string; show: string }): string {
  return `addEventListener('load', () => {
  const form = document.createElement('form')
  const field = Object.assign(document.createElement('input'), { type: 'password', autocomplete: 'off', required: true, size: 60 })
  const label = Object.assign(document.createElement('label'), { textContent: ${JSON.stringify(`${token} `)} })
  label.append(field)
  const button = Object.assign(document.createElement('button'), { textContent: ${JSON.stringify(show)} })
  form.append(label, ' ', button)
  form.style.cssText = 'padding: 1rem; font-family: sans-serif'
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    sessionStorage.conferente = field.value.trim()
    location.reload()
  })
  document.body.prepend(form)
})
`
}
