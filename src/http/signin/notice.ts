import type { FastifyReply } from 'fastify'
import type { Catalogue } from '../../i18n/index.ts'
import type { ServerSettings } from '../settings.ts'

const POLICY =
  "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
const escaped = (text: string) => text.replace(/[&<>"]/g, (sign) => ENTITIES[sign] ?? '')

/** A page for somebody who could not sign in: what was wrong, what to do, and the way back. */
export function noticePage(
  reply: FastifyReply,
  { basePath, language }: ServerSettings,
  { http: { signIn } }: Catalogue,
  message: string,
  hint = '',
): FastifyReply {
  return reply
    .type('text/html; charset=utf-8')
    .header('content-security-policy', POLICY)
    .send(`<!doctype html>
<html lang="${language}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(signIn.title)}</title>
<link rel="stylesheet" href="${basePath}/revisao/style.css">
<main class="plain">
<h1>${escaped(signIn.title)}</h1>
<p role="alert">${escaped(message)}</p>
<p>${escaped(hint)}</p>
<p><a href="${basePath}/revisao">${escaped(signIn.back)}</a></p>
</main>
</html>
`)
}
