// The files of the review page as served; their use is tested in a browser, test/e2e/review.
import { readdirSync } from 'node:fs'
import t, { test } from 'tap'
import { api } from '../helper/api.ts'
import { testDatabase } from '../helper/database.ts'

const base = await testDatabase(t)
const server = await api(t, base)

test('the address in mail and GraphQL is the page, with any query', async (t) => {
  const [named] = await base.sql`select audit.pagina_revisao() || '?divergencia=7' as url`
  const { pathname, search } = new URL(named?.['url'])
  const page = await server.request(`${pathname}${search}`)
  t.equal(page.status, 200)
  t.match(page.headers.get('content-type'), 'text/html; charset=utf-8')
  t.match(page.text, /<html lang="pt-BR">[\s\S]*<title>Conferente: revisão<\/title>/)
})

test('the page runs its own scripts alone, talks to its own server alone, and cannot be framed', async (t) => {
  for (const path of ['/revisao', '/revisao/app.mjs', '/revisao/style.css', '/revisao/words.mjs']) {
    const { headers } = await server.request(path)
    const policy = headers.get('content-security-policy') ?? ''
    t.match(policy, /^default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';/, path)
    t.match(policy, /frame-ancestors 'none'/, path)
    t.match(headers.get('cache-control'), /no-cache|max-age=0/, `after an update ${path} is requested again`)
    t.equal(headers.get('x-content-type-options'), 'nosniff')
  }
  const page = await server.request('/revisao')
  t.notMatch(page.text, /<script(?![^>]* src=)|<style|\son\w+=/, 'nothing inline')
})

test('every module that the page asks for is there, and nothing else of the folder', async (t) => {
  const files = readdirSync(new URL('../../src/http/review/page', import.meta.url))
  const page = await server.request('/revisao')
  const asked = new Set(
    [...page.text.matchAll(/(?:href|src)="\/revisao\/([\w.]+)"/g)].map(([, name]) => name as string),
  )
  t.ok(asked.has('app.mjs') && asked.has('style.css'))
  for (const name of asked) {
    const { status, text, headers } = await server.request(`/revisao/${name}`)
    t.equal(status, 200, name)
    t.match(
      headers.get('content-type'),
      name.endsWith('.css') ? 'text/css' : /^(text|application)\/javascript/,
    )
    if (name !== 'preact.mjs')
      for (const [, other] of text.matchAll(/from '\.\/([\w.]+)'/g)) asked.add(other as string)
  }
  for (const name of files.filter((file) => !asked.has(file))) {
    t.match(name, /\.d\.mts$|^tsconfig\.json$/, `only the compiler needs ${name}`)
    t.equal((await server.request(`/revisao/${name}`)).status, 401, `${name} is not served`)
  }
  t.equal((await server.request('/revisao/../server.ts')).status, 401)
  t.equal((await server.request('/revisao/%2e%2e/%2e%2e/server.ts')).status, 401)
})
