// An edit to a file of sql/ that a committed migration already includes reaches no database until it is included again, and
// graphile-migrate does not notice. So this applies today's files over a migrated database, and nothing may change.
import { test } from 'tap'
import type { Sql } from '../../src/db/connection.ts'
import { testDatabase } from '../helper/database.ts'
import { includedFiles, read, sqlFiles } from '../helper/files.ts'
import { SCHEMAS } from '../helper/schema.ts'

const repeatable = (path: string) => !/^(papeis|contrato)\/|(^|\/)tabelas\.sql$/.test(path)

test('every file of sql/ is part of a migration', async (t) => {
  const included = includedFiles()
  const files = sqlFiles().filter((path) => !path.startsWith('papeis/'))
  t.same(
    files.filter((path) => !included.includes(path)),
    [],
    'files that no migration includes',
  )
  t.same(
    included.filter((path) => !files.includes(path)),
    [],
    'includes of files that are not there',
  )
})

test('every function and view of a migrated database comes from a file of sql/', async (t) => {
  const { sql } = await testDatabase(t)
  const text = sqlFiles()
    .map((path) => read(`sql/${path}`))
    .join('\n')
  const objects = await sql<{ name: string; object: string }[]>`
    select p.pronamespace::regnamespace || '.' || p.proname as name, p.oid::regprocedure::text as object
    from pg_proc p where p.pronamespace::regnamespace::text in ${sql(SCHEMAS)}
    union all
    select c.oid::regclass::text, c.oid::regclass::text
    from pg_class c where c.relnamespace::regnamespace::text in ${sql(SCHEMAS)} and c.relkind in ('v', 'm')`
  const homeless = objects
    .filter(({ name }) => !text.includes(`function ${name}(`) && !text.includes(`view ${name}`))
    .map(({ object }) => object)
  t.same(homeless, [], 'objects without a file in sql/')
})

test('applying sql/ again changes nothing in a migrated database', async (t) => {
  const { sql } = await testDatabase(t)
  const undo = new Error('undo')
  const differing: string[] = []
  await sql
    .begin(async (tx) => {
      await tx.unsafe('set local role conferente_dono; set local search_path = pg_catalog')
      const before = await definitions(tx as unknown as Sql)
      for (const path of includedFiles().filter(repeatable)) {
        try {
          await tx.unsafe(read(`sql/${path}`))
        } catch (error) {
          throw new Error(`sql/${path} cannot be applied again: ${(error as Error).message}`, {
            cause: error,
          })
        }
      }
      const after = await definitions(tx as unknown as Sql)
      const objects = [...new Set([...before.keys(), ...after.keys()])].sort()
      differing.push(...objects.filter((object) => before.get(object) !== after.get(object)))
      t.ok(before.size > 100, `${before.size} definitions compared`)
      throw undo
    })
    .catch((error: unknown) => {
      if (error !== undo) throw error
    })
  t.same(differing, [], 'objects that differ between sql/ and the migrated database')
})

/** Everything that the repeatable files define, under readable names. */
async function definitions(sql: Sql): Promise<Map<string, string | null>> {
  const rows = await sql<{ object: string; definition: string | null }[]>`
    with functions as (
      select p.oid, p.oid::regprocedure::text as name, p.proacl, p.proowner
      from pg_proc p where p.pronamespace::regnamespace::text in ${sql(SCHEMAS)}
    ), relations as (
      select c.oid, c.oid::regclass::text as name, c.relkind, c.relacl, c.relowner
      from pg_class c
      where c.relnamespace::regnamespace::text in ${sql(SCHEMAS)} and c.relkind in ('r', 'p', 'v', 'm')
    )
    select 'function ' || name as object, pg_get_functiondef(oid) as definition from functions
    union all
    select 'comment on function ' || name, obj_description(oid, 'pg_proc') from functions
    union all
    select 'grants on function ' || f.name, (
      select string_agg(a::text, ' ' order by a::text)
      from unnest(coalesce(f.proacl, acldefault('f', f.proowner))) as a)
    from functions f
    union all
    select 'view ' || name, pg_get_viewdef(oid) from relations where relkind in ('v', 'm')
    union all
    select 'comment on view ' || name, obj_description(oid, 'pg_class') from relations where relkind in ('v', 'm')
    union all
    select 'comment on column ' || r.name || '.' || a.attname, col_description(r.oid, a.attnum)
    from relations r join pg_attribute a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped
    union all
    select 'grants on ' || r.name, (
      select string_agg(a::text, ' ' order by a::text)
      from unnest(coalesce(r.relacl, acldefault('r', r.relowner))) as a)
    from relations r
    union all
    select 'trigger ' || t.tgname || ' on ' || r.name, pg_get_triggerdef(t.oid) || ' ' || t.tgenabled::text
    from relations r join pg_trigger t on t.tgrelid = r.oid and not t.tgisinternal`
  return new Map(rows.map(({ object, definition }) => [object, definition]))
}
