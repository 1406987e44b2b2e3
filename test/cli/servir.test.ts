import t from 'tap'
import { SECRET } from '../helper/api.ts'
import { testDatabase } from '../helper/database.ts'
import { conferente, personal } from './helper.ts'

t.test('conferente servir answers until it is told to stop, then ends in order', async (t) => {
  const { url } = await testDatabase(t)
  let asked: Promise<number> | undefined
  const ran = await conferente(['servir', '--porta', '0'], {
    url: personal(url, 'api'),
    env: { CONFERENTE_JWT_SEGREDO: SECRET, CONFERENTE_BASE: '/conferente' },
    onStderr(text, kill) {
      const [address] = /http:[^\s"]+/.exec(text) ?? []
      if (address === undefined) return
      asked = fetch(`${address}/graphql`, { method: 'POST' }).then(({ status }) => status)
      void asked.finally(() => kill('SIGTERM'))
    },
  })
  t.equal(await asked, 401)
  t.equal(ran.code, 0, ran.stderr)
})

t.test('it says what is missing: a secret, a login that may act for others, a provider', async (t) => {
  const { url } = await testDatabase(t)
  const serve = (who: string, env = {}) =>
    conferente(['servir', '--porta', '0'], { url: personal(url, who), env })
  t.match(await serve('api'), { code: 2, stderr: /CONFERENTE_JWT_SEGREDO/ })
  t.match(await serve('adelia', { CONFERENTE_JWT_SEGREDO: SECRET }), {
    code: 1,
    stderr: /grant conferente_servico to adelia/,
  })
  const both = { CONFERENTE_JWT_SEGREDO: SECRET, CONFERENTE_JWKS_URL: 'https://sso.empresa.com.br/jwks' }
  t.match(await serve('api', both), { code: 2, stderr: /CONFERENTE_JWT_EMISSOR/ })
})
