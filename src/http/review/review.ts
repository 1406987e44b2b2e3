import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import files from '@fastify/static'
import type { FastifyInstance } from 'fastify'
import { WAITING } from '../../session/states.ts'
import type { HttpContext } from '../context.ts'

const PLACE = '/revisao'
const PAGE = fileURLToPath(new URL('./page', import.meta.url))
/** In this order: the rules for phones and paper come after those they override. */
const STYLES = ['style', 'desk', 'hand', 'details', 'overview', 'ruling', 'narrow', 'print']
/** What the first request to the server needs, followed by what draws its answer. */
const FIRST = ['start', 'api', 'queries', 'words', 'app', 'preact']
const MODULES = [
  ...FIRST,
  ...readdirSync(PAGE)
    .filter((file) => file.endsWith('.mjs'))
    .map((file) => file.slice(0, -'.mjs'.length))
    .filter((name) => !FIRST.includes(name)),
]
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/**
 * The review page at /revisao. The page itself is the same for everybody, signed in or not. What it shows comes from /graphql in
 * the name of the person who has signed in, so it can do what that person can do anywhere else and no more.
 */
export async function review(app: FastifyInstance, context: HttpContext): Promise<void> {
  const { text, settings, sessions, sendLink } = context
  const base = `${settings.basePath}${PLACE}`
  const preact = readFileSync(fileURLToPath(import.meta.resolve('htm/preact/standalone')), 'utf8')
  const ways = { sso: settings.oidc !== undefined, mail: sendLink !== undefined, any: sessions.offered }
  const words = `export const LANGUAGE = ${JSON.stringify(settings.language)}
export const API = ${JSON.stringify(`${settings.basePath}/graphql`)}
export const BASE = ${JSON.stringify(settings.basePath)}
export const WAYS = ${JSON.stringify(ways)}
export const WAITING = ${JSON.stringify(WAITING)}
export const t = ${JSON.stringify(text.review)}
`
  await app.register(async (scope) => {
    scope.addHook('onRoute', (route) => {
      route.config = { ...route.config, public: true }
      route.schema = { ...route.schema, hide: true }
    })
    scope.addHook('onSend', async (_request, reply) => {
      reply.header('content-security-policy', POLICY)
    })
    for (const path of [PLACE, `${PLACE}/`]) {
      scope.get(path, (_request, reply) =>
        reply
          .type('text/html; charset=utf-8')
          .header('cache-control', 'no-cache')
          .send(html(base, settings.language, text.review)),
      )
    }
    for (const [name, content] of Object.entries({ 'preact.mjs': preact, 'words.mjs': words })) {
      scope.get(`${PLACE}/${name}`, (_request, reply) =>
        reply.type('text/javascript; charset=utf-8').header('cache-control', 'no-cache').send(content),
      )
    }
    await scope.register(files, {
      root: PAGE,
      prefix: `${PLACE}/`,
      index: false,
      decorateReply: false,
      wildcard: false,
      globIgnore: ['**/*.mts', '**/tsconfig.json'],
      maxAge: 0,
    })
  })
}

function html(base: string, language: string, { title, needsScript }: HttpContext['text']['review']): string {
  return `<!doctype html>
<html lang="${language}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="data:,">
${STYLES.map((name) => `<link rel="stylesheet" href="${base}/${name}.css">`).join('\n')}
${MODULES.map((name) => `<link rel="modulepreload" href="${base}/${name}.mjs">`).join('\n')}
<script type="module" src="${base}/start.mjs"></script>
<script type="module" src="${base}/app.mjs"></script>
<body>
<noscript>${needsScript}</noscript>
</body>
</html>
`
}
