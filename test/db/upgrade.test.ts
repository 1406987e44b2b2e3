// A database of the first release, with a life in it, is upgraded to the newest: nothing recorded is lost or changed, and
// everything continues. Committed migrations never change, so the first of them is that release; while there is no other, the next
// one is made up here.
import { createHash } from 'node:crypto'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Test, test } from 'tap'
import type { Sql } from '../../src/db/connection.ts'
import { migrate } from '../../src/db/migrate.ts'
import { testDatabase } from '../helper/database.ts'
import { ROOT, read } from '../helper/files.ts'
import { one, scenario } from '../helper/scenario.ts'

const COMMITTED = readdirSync(join(ROOT, 'migrations/committed')).sort()

/** What a later release may bring: a table, a column, another body of a function. */
const NEXT = `set local role conferente_dono;
create table audit.novidades (id bigint primary key, texto text not null);
grant select on audit.novidades to conferente_leitor;
alter table audit.sessoes_processamento add column novidade text not null default 'nada';
create or replace function audit.hoje() returns date language sql stable set search_path = pg_catalog, pg_temp
as 'select (now() at time zone audit.fuso())::date';
select audit_interno.registrar_instalacao();
reset role;`

/** Additions of a migration to the trail, and its records of the schema, are not a loss. */
const ADDED: Record<string, string> = {
  'audit.operacoes': `tipo <> 'instalacao'`,
  'audit_interno.estados': `operacao_id not in (select id from audit.operacoes where tipo = 'instalacao')`,
  'audit_interno.sais': `operacao_id not in (select id from audit.operacoes where tipo = 'instalacao')`,
  'audit_interno.cadeia': 'false',
  'audit_interno.objetos': 'false',
}

/** A folder with these migrations, as a checkout has them. */
function folder(t: Test, files: readonly string[], next?: string): string {
  const place = mkdtempSync(join(tmpdir(), 'conferente-versao-'))
  t.teardown(() => rmSync(place, { recursive: true }))
  mkdirSync(join(place, 'committed'))
  for (const file of files) cpSync(join(ROOT, 'migrations/committed', file), join(place, 'committed', file))
  symlinkSync(join(ROOT, 'sql'), join(place, 'fixtures'))
  writeFileSync(join(place, 'current.sql'), '')
  if (next !== undefined) {
    const [before] = /sha1:[0-9a-f]{40}/.exec(
      read(`migrations/committed/${files.at(-1)}`).split('\n')[1] ?? '',
    ) ?? ['']
    const hash = createHash('sha1').update(`${before}\n${next.trim()}\n`).digest('hex')
    const name = `${String(files.length + 1).padStart(6, '0')}-novidades.sql`
    writeFileSync(
      join(place, 'committed', name),
      `--! Previous: ${before}\n--! Hash: sha1:${hash}\n--! Message: novidades\n\n${next}\n`,
    )
  }
  return place
}

/** Every table of ours: the number of rows, and a digest of the given columns. */
async function held(sql: Sql, columns: ReadonlyMap<string, readonly string[]>) {
  const tables = new Map<string, unknown>()
  for (const [table, names] of columns) {
    const [row] = await sql.unsafe(
      `select count(*)::int as n, md5(coalesce(string_agg(x.r, '|' order by x.r), '')) as digest
       from (select row(${names.join(', ')})::text as r from ${table} where ${ADDED[table] ?? 'true'}) as x`,
    )
    tables.set(table, { ...row })
  }
  return Object.fromEntries(tables)
}

const columnsOf = async (sql: Sql) =>
  new Map(
    (
      await sql<{ tabela: string; colunas: string[] }[]>`
        select c.oid::regclass::text as tabela, array_agg(quote_ident(a.attname) order by a.attnum) as colunas
        from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        where c.relkind in ('r', 'p') and not c.relispartition and c.relnamespace::regnamespace::text ~ '^(audit|audit_interno|dw|regra_.*)$'
        group by 1`
    ).map(({ tabela, colunas }) => [tabela, colunas] as const),
  )

test('a used database of the first release is brought up to date, and nothing is lost', async (t) => {
  const old = await testDatabase(t, 'empty')
  await migrate(old.url, { folder: folder(t, COMMITTED.slice(0, 1)) })
  const c = await scenario(t, old)
  await c.book(...[1, 2, 3, 4].map((id) => ({ id, confianca: 0.5 })), { id: 5, valor: 150_000 }, { id: 6 })
  const first = await c.runSession('auto')
  const of = async (id: number) => (await c.finding(id)).id
  await c.approve('ana', await of(1))
  await c.reject('ana', await of(2))
  await c.typeIn('ana', await of(3), { categoria: 'OUTRA' })
  await c.postpone('ana', null, await of(4))
  await c.approve('ana', await of(5))
  const proven = async () =>
    one(await c.asPerson('leo')`select situacao from audit.verificar_integridade()`)['situacao']
  const entries = async () => [...(await c.sql`select id, categoria from dw.lancamentos order by id`)]
  t.equal(await c.categoria(6), 'CERTA', 'auto has corrected')
  await c.sql`select audit_interno.selar()`
  const columns = await columnsOf(c.sql)
  const before = await held(c.sql, columns)

  await c.sql.unsafe(`alter function audit_interno.ator() set search_path = public, pg_temp`)
  t.equal(await proven(), 'esquema_alterado', 'somebody has tampered with it')
  await migrate(old.url, { folder: folder(t, COMMITTED, COMMITTED.length > 1 ? undefined : NEXT) })
  t.same(await held(c.sql, columns), before, 'the record is unchanged')
  t.equal(await proven(), 'provada')
  const installed = await c.sql`
    select linhas::int, detalhes from audit.operacoes where tipo = 'instalacao' order by id`
  t.match(
    installed.slice(1),
    [
      {
        linhas: 1,
        detalhes: { quebras: [{ situacao: 'esquema_alterado', objeto: 'função audit_interno.ator()' }] },
      },
      { detalhes: { novos: /./, mudados: /./ } },
    ],
    'the trail keeps what was wrong before, and what the migration changed',
  )

  await c.runSession('auto')
  t.match(
    await Promise.all([1, 2, 3, 4, 5, 6].map(async (id) => (await c.finding(id)).status)),
    [
      'corrigida',
      'rejeitada',
      'aguardando_segunda_aprovacao',
      'aberta',
      'aguardando_segunda_aprovacao',
      'corrigida',
    ],
    'what is found again is counted, what was rejected stays silent, and what waited still waits',
  )
  await c.approve('bruno', await of(3), await of(5))
  t.same([await c.categoria(3), await c.categoria(5)], ['OUTRA', 'CERTA'], 'the second person can decide')
  await c.asPerson('olivia')`select audit.reverter_sessao(${first['id']}, 'da versão anterior')`
  t.equal(await c.categoria(6), 'ERR', 'what the first release corrected is rolled back')
  t.same(
    (await entries()).filter(({ id }) => Number(id) > 0).map(({ categoria }) => categoria),
    ['CERTA', 'ERR', 'OUTRA', 'ERR', 'CERTA', 'ERR'],
  )
  t.equal(await proven(), 'provada')
  if (COMMITTED.length === 1) {
    const [session] = await c.asPerson(
      'leo',
    )`select novidade from audit.sessoes_processamento where id = ${first['id']}`
    t.equal(session?.['novidade'], 'nada', 'new objects are there')
    t.equal(Number(one(await c.sql`select count(*) as n from graphile_migrate.migrations`)['n']), 2)
  }
})
