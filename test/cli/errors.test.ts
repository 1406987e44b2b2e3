import { createServer } from 'node:net'
import t, { type Test } from 'tap'
import { testDatabase } from '../helper/database.ts'
import { conferente, makeWarehouse, personal } from './helper.ts'

const { sql, url } = await testDatabase(t)
const says = async (t: Test, args: string[], address: string, code: number, ...patterns: RegExp[]) =>
  t.test(`conferente ${args.join(' ')}`, async (t) => {
    const ran = await conferente(args, { url: address })
    t.equal(ran.code, code, ran.stderr)
    for (const pattern of patterns) t.match(ran.stderr, pattern)
    t.notMatch(ran.stderr, /\n\s+at |undefined|\[object/, 'no stack trace')
    t.equal(ran.stdout, '')
  })
const other = (change: (url: URL) => void) => {
  const changed = new URL(url)
  change(changed)
  return changed.href
}

t.test('a database that cannot be used', async (t) => {
  const free = createServer().listen(0)
  const { port } = free.address() as { port: number }
  await new Promise((resolve) => free.close(resolve))
  const down = other((u) => {
    u.hostname = '127.0.0.1'
    u.port = String(port)
  })
  const [tls] = await sql`select current_setting('ssl') as ssl`
  if (tls?.['ssl'] === 'off')
    await says(
      t,
      ['regras'],
      other((u) => u.searchParams.set('sslmode', 'require')),
      1,
      /não aceita conexões com TLS/,
    )
  await says(t, ['regras'], down, 1, /não há banco de dados respondendo/, /Código: ECONNREFUSED/)
  await says(
    t,
    ['regras'],
    other((u) => {
      u.hostname = 'nao-existe.invalid'
    }),
    1,
    /não há banco de dados respondendo/,
  )
  await says(
    t,
    ['regras'],
    other((u) => {
      u.pathname = '/nao_existe'
    }),
    1,
    /o banco de dados não existe/,
    /3D000/,
  )
})

t.test('a wrong password', async (t) => {
  await says(t, ['regras'], personal(url, 'ana', 'errada'), 1, /recusou o usuário ou a senha/, /28P01/)
})

t.test('a database without the schema says to migrate', async (t) => {
  const name = `vazio_${process.pid}`
  await sql.unsafe(`create database ${name} template template0`)
  t.teardown(() => sql.unsafe(`drop database ${name} with (force)`))
  const empty = other((u) => {
    u.pathname = `/${name}`
  })
  for (const args of [
    ['regras'],
    ['processar', '--modo', 'manual'],
    ['diagnostico'],
    ['aprovar', '1', '--motivo', 'x'],
  ])
    await says(t, args, empty, 1, /ainda não tem o Conferente/, /conferente migrar/)
})

t.test('a login without the role is told which one', async (t) => {
  const grant = /papel conferente_leitor: grant conferente_leitor to ninguem;/
  await says(t, ['regras'], personal(url, 'ninguem'), 1, /sem permissão/, grant)
  await says(t, ['processar', '--modo', 'manual'], personal(url, 'leo'), 1, /papel conferente_operador/)
  await says(t, ['aprovar', '1', '--motivo', 'x'], personal(url, 'olivia'), 1, /papel conferente_revisor/)
  await says(
    t,
    ['configurar', 'limites.linhas', '5', '--motivo', 'x'],
    personal(url, 'leo'),
    1,
    /papel conferente_administrador/,
  )
})

t.test(
  'when Conferente itself lacks a right, the error names the role, the object and the grant',
  async (t) => {
    const base = await testDatabase(t)
    const { sql } = base
    await makeWarehouse(sql)
    await sql`select audit.alterar_configuracao('aprovacao.valor_dupla', '100000000', 'teste')`
    const olivia = personal(base.url, 'olivia')
    const run = ['processar', '--modo', 'manual', '--data-inicio', '2020-01-01', '--data-fim', '2030-01-01']
    const found = await conferente([...run, '--json'], { url: olivia })
    t.equal(found.code, 0, found.stderr)
    const [one] = await sql`select id from audit.divergencias_processadas
    where status = 'aberta' and valores_propostos <> '{}' and regra = 'validacao_valores' order by valor_em_risco limit 1`

    await sql`revoke update on dw.lancamentos from conferente_escrita`
    const refused = await conferente(['aprovar', String(one?.['id']), '--motivo', 'x'], {
      url: personal(base.url, 'ana'),
    })
    t.equal(refused.code, 1)
    t.match(
      refused.stderr,
      /papel conferente_escrita.*falta um direito\n.*lancamentos\n.*grant select, update on lancamentos to conferente_escrita;/,
    )
    t.notMatch(refused.stderr, /papel conferente_revisor/, 'ana has that')

    await sql`revoke all on dw.lancamentos from conferente_regra`
    const session = await conferente(run, { url: olivia })
    t.equal(session.code, 1)
    t.match(
      session.stdout,
      /validacao_valores: 42501 permission denied .*; falta: .*grant select on dw\.lancamentos to conferente_regra;/,
    )
    const skipped =
      /requisitos\(\) falhou: permission denied .*; falta: .*grant select on dw\.lancamentos to conferente_regra;/
    t.match(session.stdout, skipped, 'of a skipped rule, too')
  },
)

t.test('a warehouse that is missing', async (t) => {
  await says(
    t,
    ['processar', '--modo', 'manual'],
    url,
    1,
    /o contrato do data warehouse não está completo/,
    /NC010/,
  )
  const ran = await conferente(['diagnostico', '--json'], { url })
  t.equal(ran.code, 1)
  t.ok(ran.json().some((line: { situacao: string }) => line.situacao === 'erro'))
})

t.test('errors from the database', async (t) => {
  await makeWarehouse(sql)
  const ana = personal(url, 'ana')
  await says(
    t,
    ['processar', '--modo', 'manual', '--regra', 'inventada'],
    url,
    2,
    /regra desconhecida/,
    /NC003/,
  )
  await says(t, ['aprovar', '999999', '--motivo', 'x'], ana, 1, /divergência desconhecida: 999999/, /NC004/)
  await says(t, ['reverter', '--sessao', '999999', '--motivo', 'x'], ana, 1, /NC004/)
  await says(t, ['cancelar', '999999', '--motivo', 'x'], url, 1, /sessão desconhecida/)
  await says(t, ['aprovar', '1', '--motivo', ' '], ana, 2, /NC006/)
  const adelia = personal(url, 'adelia')
  await says(t, ['configurar', 'nada', '5', '--motivo', 'x'], adelia, 2, /configuração desconhecida/, /NC008/)
  await says(t, ['configurar', 'nada'], adelia, 2, /configuração desconhecida: nada/)
  await says(t, ['configurar', 'limites.linhas', 'muitas', '--motivo', 'x'], adelia, 2, /NC009/)
  const english = await conferente(['aprovar', '999999', '--motivo', 'x'], { url: ana, language: 'en' })
  t.match(english.stderr, /^There is nothing with this id\.\nerror: divergência desconhecida/)
})
