// The server itself: who may call at all, and how it refuses.
import t, { test } from 'tap'
import { serverSettings } from '../../src/http/settings.ts'
import { readSettings } from '../../src/settings/settings.ts'
import { api } from '../helper/api.ts'
import { testDatabase } from '../helper/database.ts'

const { request, token } = await api(t, await testDatabase(t))

test('without a token nothing is revealed, not even what exists', async (t) => {
  for (const path of ['/graphql', '/api/v1/divergencias', '/revisao/nada', '/nada']) {
    const { status, headers, json } = await request(path)
    t.equal(status, 401, path)
    t.match(headers.get('content-type'), /^application\/problem\+json/)
    t.match(headers.get('www-authenticate'), /^Bearer/)
    t.equal(json.status, 401)
  }
})

test('an unknown path is answered with a problem document and security headers', async (t) => {
  const { status, headers, json } = await request('/nada?x=1', { token: await token('leitor') })
  t.equal(status, 404)
  t.match(json, { type: 'about:blank', status: 404, instance: '/nada' })
  t.match(headers.get('content-security-policy'), /default-src 'none'/)
  t.equal(headers.get('x-content-type-options'), 'nosniff')
})

test('the embedded server has a secret of its own, another database has none', async (t) => {
  const settings = readSettings({})
  const secret = (url: string) => serverSettings(settings, { url, embedded: true }).jwtSecret ?? ''
  const one = secret('postgresql://postgres:abc@127.0.0.1:1/conferente')
  t.ok(one.length >= 32)
  t.equal(secret('postgresql://postgres:abc@127.0.0.1:2/conferente_demo'), one, 'the same on every start')
  t.not(secret('postgresql://postgres:abd@127.0.0.1:1/conferente'), one)
  t.throws(() => serverSettings(settings, { url: 'postgresql://x', embedded: false }), { code: 'settings' })
})
