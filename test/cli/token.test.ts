import t from 'tap'
import { SECRET } from '../helper/api.ts'
import { testDatabase } from '../helper/database.ts'
import { conferente, personal } from './helper.ts'

t.test('a token is issued once, listed, revoked, and never kept', async (t) => {
  const { sql, url } = await testDatabase(t)
  const env = { CONFERENTE_JWT_SEGREDO: SECRET }
  const run = (...args: string[]) => conferente(['token', ...args], { url: personal(url, 'adelia'), env })
  const issued = await run('--papel', 'leitor', '--nome', 'Painel', '--validade', '12h')
  t.equal(issued.code, 0, issued.stderr)
  const token = issued.stdout.trim()
  t.match(token, /^[\w-]+\.[\w-]+\.[\w-]+$/, 'alone on stdout')
  const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
  t.match(claims, { sub: 'painel', papel: 'leitor', iss: 'conferente', aud: 'conferente' })
  t.equal(Math.round((claims.exp - claims.iat) / 3600), 12)
  const [listed] = (await run('--listar', '--json')).json()
  t.equal(listed.de, 'programa')
  t.match(listed, { id: claims.jti, nome: 'painel', papel: 'conferente_leitor', revogado_em: null })
  const kept =
    await sql`select to_jsonb(k)::text || to_jsonb(o)::text as text from audit.tokens k, audit.operacoes o`
  t.notOk(
    kept.some(({ text }) => text.includes(token.split('.')[2] ?? '?')),
    'the token itself is stored nowhere',
  )
  t.equal((await run('--revogar', claims.jti, '--motivo', 'perdido')).code, 0)
  t.ok((await run('--listar', '--json')).json()[0].revogado_em)
})

t.test('wrong usage, a missing secret and a missing role are each named', async (t) => {
  const { url } = await testDatabase(t)
  const env = { CONFERENTE_JWT_SEGREDO: SECRET }
  const adelia = personal(url, 'adelia')
  for (const args of [
    [],
    ['--papel', 'dono', '--nome', 'x'],
    ['--papel', 'leitor'],
    ['--listar', '--revogar', '1'],
  ]) {
    t.equal((await conferente(['token', ...args], { url: adelia, env })).code, 2, args.join(' '))
  }
  const long = await conferente(['token', '--papel', 'leitor', '--nome', 'x', '--validade', '9a'], {
    url: adelia,
    env,
  })
  t.match(long, { code: 2, stderr: /730/ })
  const secretless = await conferente(['token', '--papel', 'leitor', '--nome', 'x'], { url: adelia })
  t.match(secretless, { code: 2, stderr: /CONFERENTE_JWT_SEGREDO/ })
  const other = await conferente(['token', '--papel', 'administrador', '--nome', 'leo'], {
    url: personal(url, 'leo'),
    env,
  })
  t.match(other, { code: 1, stderr: /conferente_administrador/ })
})
