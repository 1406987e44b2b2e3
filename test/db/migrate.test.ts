// Who may install, on a server that has none of our roles yet; the shared one always has them.
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { connect } from '../../src/db/connection.ts'
import { migrate } from '../../src/db/migrate.ts'
import { conferente } from '../cli/helper.ts'
import { databaseUrl } from '../helper/server.ts'
import { throwAwayServer } from '../helper/throwaway.ts'

const server = await throwAwayServer()
t.teardown(() => server.release())
const admin = connect(server.url, { max: 1 })
t.teardown(() => admin.end({ timeout: 1 }))

const as = (login: string, database: string) =>
  Object.assign(new URL(databaseUrl(server.url, database)), { username: login, password: 'x' }).href
/** What is left of ours in a database and on the server. */
const left = async (database: string) => {
  const sql = connect(databaseUrl(server.url, database), { max: 1 })
  const [found] = await sql<{ esquemas: string[]; papeis: string[] }[]>`
    select array(select nspname::text from pg_namespace where nspname in ('audit', 'audit_interno', 'regras', 'exemplo', 'graphile_worker', 'graphile_migrate') order by 1) as esquemas,
      array(select rolname::text from pg_roles where rolname ~ '^conferente_' order by 1) as papeis`
  await sql.end()
  return found
}
const nothing = { esquemas: [], papeis: [] }

t.test('a login that may not install is told what is missing, and nothing is begun', async (t) => {
  await admin.unsafe(
    `create role sem_papeis login password 'x'; create role sem_banco login createrole password 'x'`,
  )
  for (const name of ['recusado', 'fechado']) await admin.unsafe(`create database ${name}`)
  await admin.unsafe(
    'alter database recusado owner to sem_papeis; grant create on database recusado to sem_banco',
  )
  await admin.unsafe('revoke temporary on database recusado from public')
  for (const [login, database, said] of [
    ['sem_papeis', 'recusado', [/papel conferente_dono: não existe, e este usuário não pode criar papéis/]],
    ['sem_banco', 'fechado', [/banco fechado: o usuário sem_banco não pode criar esquemas nele/]],
    [
      'sem_banco',
      'recusado',
      [
        /banco recusado: o usuário sem_banco não pode dar nele o direito create a conferente_dono/,
        /o direito temporary .*\n.*grant temporary on database recusado to sem_banco with grant option/,
      ],
    ],
  ] as const) {
    const ran = await conferente(['migrar'], { url: as(login, database) })
    t.equal(ran.code, 1)
    for (const sentence of said) t.match(ran.stderr, sentence)
    t.match(ran.stderr, /não foi migrado e ficou como estava/)
    t.same(await left(database), nothing)
    const diagnosed = await conferente(['diagnostico'], { url: as(login, database) })
    t.equal(diagnosed.code, 1)
    for (const sentence of said) t.match(diagnosed.stdout, sentence, 'the diagnosis reports the same')
  }
})

t.test("the database's owner with createrole installs, and may do so again", async (t) => {
  await admin.unsafe(`create role dona login createrole password 'x'`)
  await admin.unsafe('create database armazem owner dona')
  const url = as('dona', 'armazem')
  await migrate(url)
  await migrate(url)
  const sql = connect(url, { max: 1 })
  t.match(await sql`select count(*)::int as regras from audit.regras`, [{ regras: 5 }])
  await sql.end()
  // graphile-migrate ends the process when a connection that it still keeps is cut
  for (let busy = 1; busy > 0; await sleep(50)) {
    const rows = await admin`select from pg_stat_activity where datname = 'armazem'`
    busy = rows.length
  }
})

t.test('roles that somebody else made for another database are not taken over without asking', async (t) => {
  await admin.unsafe(`create role outra login createrole password 'x'`)
  await admin.unsafe('create database segundo owner outra')
  const ran = await conferente(['migrar'], { url: as('outra', 'segundo') })
  t.equal(ran.code, 1)
  t.match(
    ran.stderr,
    /papel conferente_dono: já existe neste servidor, e o usuário outra não pode dá-lo a ninguém\n.*grant conferente_dono to outra with admin option/,
  )
  t.same((await left('segundo'))?.esquemas, [])
  for (const role of (await left('segundo'))?.papeis ?? [])
    await admin.unsafe(`grant ${role} to outra with admin option`)
  t.equal((await conferente(['migrar'], { url: as('outra', 'segundo') })).code, 0)
})

t.test('if a right is refused midway, migrar says what stays, and continues from there', async (t) => {
  await admin.unsafe('create database meio')
  const url = databaseUrl(server.url, 'meio')
  const sql = connect(url, { max: 1 })
  const refuse = (object: string) =>
    sql.unsafe(`create or replace function public.negar() returns event_trigger language plpgsql as $$ begin
        if exists (select from pg_event_trigger_ddl_commands() where object_identity = '${object}') then
          raise insufficient_privilege using message = 'permission denied for schema'; end if; end $$`)
  await refuse('graphile_worker._private_jobs')
  await sql`create event trigger negar on ddl_command_end execute function public.negar()`
  for (const [object, said] of [
    [
      'graphile_worker._private_jobs',
      /Ficam no banco os papéis e os esquemas, e talvez parte das tabelas da fila/,
    ],
    [
      'audit.decisoes',
      /e as tabelas da fila \(graphile_worker\); a migração que falhou foi desfeita por inteiro/,
    ],
  ] as const) {
    await refuse(object)
    const ran = await conferente(['migrar'], { url })
    t.equal(ran.code, 1)
    t.match(ran.stderr, /sem permissão para isto/)
    t.match(ran.stderr, said)
    t.match(ran.stderr, /rode conferente migrar de novo/)
    t.same(await sql`select relname from pg_class where relnamespace = 'audit'::regnamespace`, [])
  }
  await sql`drop event trigger negar`
  t.equal((await conferente(['migrar'], { url })).code, 0)
  t.equal((await conferente(['listar'], { url })).code, 0)
  await sql.end()
})
