// `conferente migrar` on databases that are not empty, and on servers with other settings.
import t from 'tap'
import { connect } from '../../src/db/connection.ts'
import { testDatabase } from '../helper/database.ts'
import { read } from '../helper/files.ts'
import { grantAuto } from '../helper/server.ts'
import { drawn } from '../helper/thorough.ts'
import { makeWarehouse as warehouse } from '../helper/warehouse.ts'
import { conferente, makeWarehouse } from './helper.ts'

const schemas = (sql: Awaited<ReturnType<typeof testDatabase>>['sql']) => sql`
  select n.nspname as nome, pg_get_userbyid(n.nspowner) as dono from pg_namespace n where n.nspname !~ '^pg_' order by 1`

t.test('a schema of another program is noticed and named before anything is done', async (t) => {
  for (const name of drawn(['audit', 'graphile_worker', 'regras'], 1)) {
    const { sql, url } = await testDatabase(t, 'empty')
    await sql.unsafe(`create schema ${name}; create table ${name}.log (id int)`)
    const before = [...(await schemas(sql))]
    const ran = await conferente(['migrar'], { url })
    t.equal(ran.code, 1)
    t.match(ran.stderr, new RegExp(`esquema ${name}: já existe, é de \\S+ e tem 1 objetos`))
    t.match(ran.stderr, /não foi migrado e ficou como estava/)
    const diagnosed = await conferente(['diagnostico', '--json'], { url })
    t.match(diagnosed, { code: 1 })
    t.match(diagnosed.json(), [{ item: `esquema ${name}`, situacao: 'erro' }])
    t.same([...(await schemas(sql))], before, 'nothing of ours was left behind')
    await sql.unsafe(`alter schema ${name} rename to de_antes`)
    t.equal((await conferente(['migrar'], { url })).code, 0, 'once the obstacle is gone')
  }
})

t.test('every schema that we would create is named if somebody else has it', async (t) => {
  const ours = [...read('sql/papeis/papeis.sql').matchAll(/^create schema if not exists (\w+)/gm)].map(
    ([, name]) => name,
  )
  t.ok(ours.length > 5)
  const { sql, url } = await testDatabase(t, 'empty')
  for (const name of [...ours, 'graphile_worker']) await sql.unsafe(`create schema ${name}`)
  const { code, stderr } = await conferente(['migrar'], { url })
  t.equal(code, 1)
  t.same(
    [...ours, 'graphile_worker'].filter((name) => !stderr.includes(`esquema ${name}: já existe`)),
    [],
  )
})

t.test("another program's graphile-migrate history is not mistaken for ours", async (t) => {
  const { sql, url } = await testDatabase(t, 'empty')
  await sql.unsafe(`create schema graphile_migrate;
    create table graphile_migrate.migrations (hash text primary key, previous_hash text, filename text not null, date timestamptz default now());
    insert into graphile_migrate.migrations (hash, filename) values ('sha1:x', '000001.sql')`)
  const ran = await conferente(['migrar'], { url })
  t.equal(ran.code, 1)
  t.match(ran.stderr, /graphile_migrate: tem migrações que não são desta versão: 000001.sql/)
  t.same(await sql`select from pg_namespace where nspname in ('audit', 'graphile_worker')`, [])
})

t.test('a database that is not UTF8 is refused, and the diagnosis names it too', async (t) => {
  for (const encoding of drawn(['LATIN1', 'SQL_ASCII'], 1)) {
    const { sql, url } = await testDatabase(t, 'empty')
    const name = `${new URL(url).pathname.slice(1)}_outra`
    await sql.unsafe(`create database ${name} encoding '${encoding}' locale 'C' template template0`)
    t.teardown(() => sql.unsafe(`drop database ${name} with (force)`))
    const other = Object.assign(new URL(url), { pathname: `/${name}` }).href
    const ran = await conferente(['migrar'], { url: other })
    t.equal(ran.code, 1)
    t.match(ran.stderr, new RegExp(`server_encoding: ${encoding}\n.*encoding 'UTF8'`))
    t.match(ran.stderr, /não foi migrado e ficou como estava/)
    const la = connect(other, { max: 1 })
    t.same(await la`select from pg_namespace where nspname in ('audit', 'graphile_worker')`, [])
    await la.end()
    const diagnosed = await conferente(['diagnostico', '--json'], { url: other })
    t.equal(diagnosed.code, 1)
    t.match(diagnosed.json(), [{ item: 'server_encoding', situacao: 'erro', detalhe: encoding }])
  }
})

t.test('a failing migration says what was wrong in a sentence', async (t) => {
  const { sql, url } = await testDatabase(t, 'empty')
  await sql.unsafe(`create schema audit authorization conferente_dono; create table audit.operacoes (id int)`)
  const ran = await conferente(['migrar'], { url })
  t.equal(ran.code, 1)
  t.match(ran.stderr, /erro: relation "operacoes" already exists/)
  t.notMatch(ran.stderr, /at .*\.js|_events|POOL/, 'no stack trace, nothing from the driver')
})

t.test('on a server with other settings, migration, detection and correction work the same', async (t) => {
  const settings = [
    'alter database %s set quote_all_identifiers = on',
    `alter database %s set idle_session_timeout = '1s'`,
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
  const { sql, url } = await testDatabase(t, 'empty')
  await sql.unsafe(settings.map((setting) => setting.replace('%s', new URL(url).pathname.slice(1))).join(';'))
  const migrated = await conferente(['migrar'], { url })
  t.equal(migrated.code, 0, migrated.stderr)
  await makeWarehouse(sql)
  await grantAuto(url)
  const days = ['--data-inicio', '2000-01-01', '--data-fim', '2100-01-01']
  const ran = await conferente(['processar', '--modo', 'auto', ...days, '--json'], { url })
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
  const situation = async (id: string) =>
    (await sql`select status from audit.divergencias_processadas where id = ${id}`)[0]?.['status']
  const [opened] = await sql`select id from audit.divergencias_processadas
    where status = 'aberta' and valores_propostos <> '{}' and valor_decisao < 100000 limit 1`
  const id = String(opened?.['id'])
  t.match(await conferente(['aprovar', id, '--motivo', 'confere'], { url }), { code: 0 })
  t.equal(await situation(id), 'corrigida')
  const undo = ['--divergencia', id, '--porque', 'outra-razao', '--motivo', 'engano']
  t.match(await conferente(['reverter', ...undo], { url }), { code: 0 })
  t.equal(await situation(id), 'revertida')
  const session = ['--sessao', String(ran.json().id), '--porque', 'outra-razao', '--motivo', 'de novo']
  t.match(await conferente(['reverter', ...session], { url }), { code: 0 })
  t.match(await conferente(['verificar'], { url }), { code: 0 })
})

t.test('a setting that changes what rules read is refused by migrar and named by diagnostico', async (t) => {
  const { sql, url } = await testDatabase(t, 'empty')
  const name = new URL(url).pathname.slice(1)
  const slashes = (valor: string) =>
    sql.unsafe(`alter database ${name} set standard_conforming_strings = ${valor}`)
  await slashes('off')
  const refused = await conferente(['migrar'], { url })
  t.equal(refused.code, 1)
  t.match(
    refused.stderr,
    new RegExp(
      `standard_conforming_strings: off.*\\n.*alter database ${name} set standard_conforming_strings = on`,
    ),
  )
  await slashes('on')
  t.equal((await conferente(['migrar'], { url })).code, 0)
  await makeWarehouse(sql, 1000)
  const errors = async () =>
    (await conferente(['diagnostico', '--json'], { url }))
      .json()
      .filter(({ situacao }: { situacao: string }) => situacao === 'erro')
  t.same(await errors(), [])
  await slashes('off')
  t.match((await errors()).slice(0, 1), [
    { item: 'standard_conforming_strings', detalhe: /off para o banco/, sugestao: /alter database/ },
  ])
  await slashes('on')
  await sql.unsafe(
    `create role deslocado; alter role deslocado in database ${name} set standard_conforming_strings = off`,
  )
  t.match((await errors()).slice(0, 1), [
    { detalhe: /off para o papel deslocado/, sugestao: /alter role deslocado in database/ },
  ])
  await sql.unsafe('drop role deslocado')
})

t.test('diagnostico names any column whose collation ignores accents', async (t) => {
  const { sql, url } = await testDatabase(t)
  await sql.unsafe(
    `create collation public.sem_acento (provider = icu, locale = 'und-u-ks-level1', deterministic = false)`,
  )
  await warehouse(sql)
  const columns = (
    await sql`select attname from pg_attribute where attrelid = 'dw.lancamentos'::regclass and atttypid = 'text'::regtype`
  ).map(({ attname }) => attname as string)
  t.ok(columns.length >= 7)
  const accused = async () =>
    (await conferente(['diagnostico', '--json'], { url }))
      .json()
      .filter(({ situacao }: { situacao: string }) => situacao === 'erro')
  await sql.unsafe(
    columns
      .map((column) => `alter table dw.lancamentos alter ${column} type text collate public.sem_acento`)
      .join(';'),
  )
  const errors = await accused()
  t.same(errors.map(({ item }: { item: string }) => item.split('.').at(-1)).sort(), columns.sort())
  t.match(errors[0], { detalhe: /sem_acento/, sugestao: /collate "default"/ })
  // corrected columns must come straight from the table, the others as the suggestion says
  await sql.unsafe(
    `alter table dw.lancamentos alter categoria type text collate "default";
     alter table dw.lancamentos rename to de_antes;
     create view dw.lancamentos as select id, data_lancamento, carregado_em, categoria, valor, valor_documento, valor_desconto,
       ${columns
         .filter((column) => column !== 'categoria')
         .map((column) => `${column} collate "default" as ${column}`)
         .join()} from dw.de_antes;
     grant select on dw.lancamentos to conferente_regra, conferente_escrita;
     grant update on dw.lancamentos to conferente_escrita`,
  )
  t.same(await accused(), [], 'the command it suggests fixes it')
})
