// What single sign-on needs from the environment: all or nothing, and everything wrong is reported at once, never with its value.
import { test } from 'tap'
import { readSettings, SettingsError } from '../../src/settings/settings.ts'

const WHOLE = {
  CONFERENTE_OIDC_EMISSOR: 'https://sso.empresa.com.br/realm',
  CONFERENTE_OIDC_CLIENTE: 'conferente',
  CONFERENTE_OIDC_SEGREDO: 'segredíssimo',
  CONFERENTE_OIDC_RETORNO: 'https://conferente.empresa.com.br/entrar/retorno',
}

function wrong(env: Record<string, string>): string[] {
  try {
    readSettings(env)
    return []
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error
    if (/segred|mallory/.test(error.message)) throw new Error(`a value is shown: ${error.message}`)
    return error.problems
      .map(({ key, problem }) => `${key.replace('CONFERENTE_OIDC_', '')} ${problem}`)
      .sort()
  }
}

test('a provider is configured completely, with defaults for the rest', async (t) => {
  t.equal(readSettings({}).oidc, undefined)
  t.match(readSettings(WHOLE).oidc, {
    issuer: 'https://sso.empresa.com.br/realm',
    scopes: 'openid profile email',
    nameClaim: 'preferred_username',
    roleClaim: undefined,
    roles: undefined,
  })
  const claimed = {
    CONFERENTE_OIDC_CAMPO_PAPEL: 'groups',
    CONFERENTE_OIDC_PAPEIS: 'CN=Fin=revisor, ti=operador',
  }
  t.match(readSettings({ ...WHOLE, ...claimed }).oidc, {
    roleClaim: 'groups',
    roles: { 'CN=Fin': 'revisor', ti: 'operador' },
  })
})

test('everything missing or wrong is named at once', async (t) => {
  t.same(wrong({ CONFERENTE_OIDC_PAPEIS: 'fin=revisor' }), [
    'CAMPO_PAPEL missing',
    'CLIENTE missing',
    'EMISSOR missing',
    'RETORNO missing',
    'SEGREDO missing',
  ])
  t.same(
    wrong({
      ...WHOLE,
      CONFERENTE_OIDC_EMISSOR: 'http://sso.mallory.example',
      CONFERENTE_OIDC_RETORNO: 'https://conferente.empresa.com.br/revisao',
      CONFERENTE_OIDC_ESCOPOS: 'profile',
      CONFERENTE_OIDC_CAMPO_PAPEL: 'groups',
      CONFERENTE_OIDC_PAPEIS: 'fin=dono',
    }),
    ['EMISSOR malformed', 'ESCOPOS malformed', 'PAPEIS malformed', 'RETORNO malformed'],
  )
  t.same(wrong({ ...WHOLE, CONFERENTE_OIDC_SECREDO: 'x' }), ['SECREDO unknown'])
  t.same(
    wrong({
      ...WHOLE,
      CONFERENTE_OIDC_EMISSOR: 'http://127.0.0.1:3000',
      CONFERENTE_OIDC_RETORNO: 'http://localhost:8000/entrar/retorno',
    }),
    [],
  )
})
