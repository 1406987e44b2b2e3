// `conferente migrar` against databases that are not empty, and servers that are set otherwise.
import t from 'tap'
import { armazem as warehouse } from '../helper/armazem.ts'
import { banco } from '../helper/banco.ts'
import { armazem, conferente } from './helper.ts'

const esquemas = (sql: Awaited<ReturnType<typeof banco>>['sql']) => sql`
  select n.nspname as nome, pg_get_userbyid(n.nspowner) as dono from pg_namespace n where n.nspname !~ '^pg_' order by 1`

t.test('a schema of another program is seen before anything is done, and named', async (t) => {
  for (const nome of ['audit', 'graphile_worker', 'regras']) {
    const { sql, url } = await banco(t, { migrado: false })
    await sql.unsafe(`create schema ${nome}; create table ${nome}.log (id int)`)
    const antes = [...(await esquemas(sql))]
    const ran = await conferente(['migrar'], { url })
    t.equal(ran.code, 1)
    t.match(ran.stderr, new RegExp(`esquema ${nome}: já existe, é de \\S+ e tem 1 objetos`))
    t.match(ran.stderr, /não foi migrado e ficou como estava/)
    t.same([...(await esquemas(sql))], antes, 'nothing of ours was left behind')
    await sql.unsafe(`alter schema ${nome} rename to de_antes`)
    t.equal((await conferente(['migrar'], { url })).code, 0, 'once it is out of the way')
  }
})

t.test("another program's history of graphile-migrate is not taken for ours", async (t) => {
  const { sql, url } = await banco(t, { migrado: false })
  await sql.unsafe(`create schema graphile_migrate;
    create table graphile_migrate.migrations (hash text primary key, previous_hash text, filename text not null, date timestamptz default now());
    insert into graphile_migrate.migrations (hash, filename) values ('sha1:x', '000001.sql')`)
  const ran = await conferente(['migrar'], { url })
  t.equal(ran.code, 1)
  t.match(ran.stderr, /graphile_migrate: tem migrações que não são desta versão: 000001.sql/)
  t.same(await sql`select from pg_namespace where nspname in ('audit', 'graphile_worker')`, [])
})

t.test('a database that is not UTF8 is refused whole', async (t) => {
  const { sql, url } = await banco(t, { migrado: false })
  const nome = `${new URL(url).pathname.slice(1)}_latin`
  await sql.unsafe(`create database ${nome} encoding 'LATIN1' locale 'C' template template0`)
  t.teardown(() => sql.unsafe(`drop database ${nome} with (force)`))
  const latin = Object.assign(new URL(url), { pathname: `/${nome}` }).href
  const ran = await conferente(['migrar'], { url: latin })
  t.equal(ran.code, 1)
  t.match(ran.stderr, /server_encoding: LATIN1/)
})

t.test('a migration that fails says what was wrong, in a sentence', async (t) => {
  const { sql, url } = await banco(t, { migrado: false })
  await sql.unsafe(`create schema audit authorization conferente_dono; create table audit.operacoes (id int)`)
  const ran = await conferente(['migrar'], { url })
  t.equal(ran.code, 1)
  t.match(ran.stderr, /erro: relation "operacoes" already exists/)
  t.notMatch(ran.stderr, /at .*\.js|_events|POOL/, 'no stack, nothing of the driver')
})

t.test('the server may be set otherwise: it is migrated, finds and corrects all the same', async (t) => {
  const ajustes = [
    'alter database %s set quote_all_identifiers = on',
    `alter database %s set idle_session_timeout = '2s'`,
    'revoke temporary on database %s from public',
    `alter database %s set datestyle = 'SQL, DMY'`,
    `alter database %s set intervalstyle = 'iso_8601'`,
    `alter database %s set bytea_output = 'escape'`,
    `alter database %s set timezone = 'Asia/Kathmandu'`,
    'alter database %s set extra_float_digits = 0',
    'alter database %s set transform_null_equals = on',
    'alter database %s set row_security = off',
    `alter database %s set default_transaction_isolation = 'repeatable read'`,
    'alter database %s set plpgsql.variable_conflict = use_column',
    'alter database %s set xmloption = document',
  ]
  const { sql, url } = await banco(t, { migrado: false })
  await sql.unsafe(ajustes.map((ajuste) => ajuste.replace('%s', new URL(url).pathname.slice(1))).join(';'))
  const migrated = await conferente(['migrar'], { url })
  t.equal(migrated.code, 0, migrated.stderr)
  await armazem(sql)
  const dias = ['--data-inicio', '2000-01-01', '--data-fim', '2100-01-01']
  const ran = await conferente(['processar', '--modo', 'auto', ...dias, '--json'], { url })
  t.match(ran.json(), { status: /^concluida/, falhas: '0' }, ran.stderr)
  t.ok(Number(ran.json().encontradas) > 0)
  t.same(
    ran.json().execucoes.filter(({ status }: { status: string }) => status === 'falhou'),
    [],
  )
  const diagnosis = await conferente(['diagnostico', '--json'], { url })
  t.same(
    diagnosis.json().filter(({ situacao }: { situacao: string }) => situacao === 'erro'),
    [],
  )
})

t.test(
  'a setting under which rules read something else is refused by migrar, and named by diagnostico',
  async (t) => {
    const { sql, url } = await banco(t, { migrado: false })
    const nome = new URL(url).pathname.slice(1)
    const barras = (valor: string) =>
      sql.unsafe(`alter database ${nome} set standard_conforming_strings = ${valor}`)
    await barras('off')
    const refused = await conferente(['migrar'], { url })
    t.equal(refused.code, 1)
    t.match(
      refused.stderr,
      new RegExp(
        `standard_conforming_strings: off.*\\n.*alter database ${nome} set standard_conforming_strings = on`,
      ),
    )
    await barras('on')
    t.equal((await conferente(['migrar'], { url })).code, 0)
    await armazem(sql, 1000)
    const erros = async () =>
      (await conferente(['diagnostico', '--json'], { url }))
        .json()
        .filter(({ situacao }: { situacao: string }) => situacao === 'erro')
    t.same(await erros(), [])
    await barras('off')
    t.match((await erros()).slice(0, 1), [
      { item: 'standard_conforming_strings', detalhe: /off para o banco/, sugestao: /alter database/ },
    ])
    await barras('on')
    await sql.unsafe(
      `create role deslocado; alter role deslocado in database ${nome} set standard_conforming_strings = off`,
    )
    t.match((await erros()).slice(0, 1), [
      { detalhe: /off para o papel deslocado/, sugestao: /alter role deslocado in database/ },
    ])
    await sql.unsafe('drop role deslocado')
  },
)

t.test('a column that compares without accents is named by diagnostico', async (t) => {
  const { sql, url } = await banco(t)
  await sql.unsafe(
    `create collation public.sem_acento (provider = icu, locale = 'und-u-ks-level1', deterministic = false)`,
  )
  await warehouse(sql)
  await sql.unsafe('alter table dw.lancamentos alter descricao type text collate public.sem_acento')
  const [erro] = (await conferente(['diagnostico', '--json'], { url }))
    .json()
    .filter(({ situacao }: { situacao: string }) => situacao === 'erro')
  t.match(erro, { item: 'dw.lancamentos.descricao', detalhe: /sem_acento/, sugestao: /collate "default"/ })
})
