// The environment is read once, as a whole.
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { childEnvironment, readSettings, type SettingsError } from '../../src/settings/settings.ts'

const isRoot = process.getuid?.() === 0

function problems(t: Test, env: NodeJS.ProcessEnv, required: Parameters<typeof readSettings>[1] = {}) {
  try {
    readSettings(env, required)
    return []
  } catch (error) {
    const { problems, message } = error as SettingsError
    t.notMatch(message, /hunter2/, 'values stay secret')
    return problems.map(({ key, problem, nearest = [] }) => [key, problem, ...nearest])
  }
}

t.test('nothing set: the defaults, which cannot be changed afterwards', async (t) => {
  const settings = readSettings({ DATABASE_URL: '', XDG_DATA_HOME: '/data' })
  t.match(settings, { databaseUrl: undefined, port: 8000, language: 'pt-BR' })
  if (process.platform === 'linux')
    t.equal(settings.dataDir, isRoot ? '/var/lib/conferente' : '/data/conferente')
  t.ok(Object.isFrozen(settings))
})

t.test('everything set', async (t) => {
  const settings = readSettings({
    DATABASE_URL: 'postgresql://ana:hunter2@dw.example:5433/dw',
    CONFERENTE_DADOS: 'data/../here',
    CONFERENTE_PORTA: '8080',
    CONFERENTE_IDIOMA: 'en',
    CONFERENTE_LOGS: '/var/log/conferente',
    CONFERENTE_JWKS_URL: 'https://id.example/keys',
    CONFERENTE_JWT_EMISSOR: 'https://id.example',
    CONFERENTE_JWT_PUBLICO: 'conferente',
    SMTP_URL: 'smtps://mail.example',
    CONFERENTE_TESTE_ANYTHING: 'goes',
  })
  t.match(settings, { port: 8080, language: 'en', dataDir: join(process.cwd(), 'here') })
})

t.test('all problems are named at once, without their values', async (t) => {
  t.same(
    problems(
      t,
      {
        DATABASE_URL: 'mysql://root:hunter2@db/dw',
        CONFERENTE_PORTA: '65536',
        CONFERENTE_IDIOMA: 'pt',
        CONFERENTE_JWT_SEGREDO: 'hunter2',
        CONFERENTE_JWKS_URL: 'http://id.example/hunter2',
        CONFERENTE_PORTT: '80',
      },
      { required: ['SMTP_URL', 'CONFERENTE_PORTA'] },
    ),
    [
      ['DATABASE_URL', 'malformed'],
      ['CONFERENTE_PORTA', 'malformed'],
      ['CONFERENTE_IDIOMA', 'malformed'],
      ['CONFERENTE_JWT_SEGREDO', 'malformed'],
      ['CONFERENTE_JWKS_URL', 'malformed'],
      ['SMTP_URL', 'missing'],
      ['CONFERENTE_PORTT', 'unknown', 'CONFERENTE_PORTA'],
    ],
  )
  for (const port of ['-1', '80a', '0x50', ' 80', '8e3']) {
    t.same(problems(t, { CONFERENTE_PORTA: port }), [['CONFERENTE_PORTA', 'malformed']], port)
  }
  t.same(problems(t, { SMTP_URL: 'mail.example:25' }), [['SMTP_URL', 'malformed']])
  const jwks = { CONFERENTE_JWKS_URL: 'https://id.example/keys', CONFERENTE_JWT_SEGREDO: 'x'.repeat(32) }
  t.same(problems(t, jwks), [
    ['CONFERENTE_JWT_SEGREDO', 'malformed'],
    ['CONFERENTE_JWT_EMISSOR', 'missing'],
    ['CONFERENTE_JWT_PUBLICO', 'missing'],
  ])
  const singleSignOn = {
    CONFERENTE_JWT_EMISSOR: 'https://id.example',
    CONFERENTE_JWT_PUBLICO: 'conferente',
  }
  t.same(problems(t, { ...singleSignOn, CONFERENTE_JWKS_URL: 'http://localhost:9000/keys' }), [])
})

t.test('programs that we start get no secrets and no foreign PostgreSQL settings', async (t) => {
  const env = {
    PATH: '/bin',
    PGPORT: '1',
    LANG: 'pt_BR',
    DATABASE_URL: 'x',
    SMTP_URL: 'x',
    NODE_OPTIONS: 'x',
  }
  t.same(childEnvironment(env), { PATH: '/bin', LC_ALL: 'C' })
})
