import { test } from 'tap'
import { testDatabase } from '../helper/database.ts'
import { read } from '../helper/files.ts'
import { dumpSchema } from '../helper/schema.ts'

test('docs/schema.sql is what a migrated database holds', async (t) => {
  const { sql } = await testDatabase(t)
  const [now, told] = [await dumpSchema(sql), read('docs/schema.sql')].map((text) => text.split('\n'))
  const news = now?.filter((line) => !told?.includes(line)).slice(0, 20)
  const olds = told?.filter((line) => !now?.includes(line)).slice(0, 20)
  t.same({ news, olds }, { news: [], olds: [] }, 'lines that differ (first 20)')
  t.ok(now?.join('\n') === told?.join('\n'), 'stale: run `npm run schema` and commit the result')
})

test('no function of the engine or of a bundled rule reads its own texts by a setting of the session', async (t) => {
  const { sql } = await testDatabase(t)
  const bodies = await sql<{ name: string; body: string }[]>`
    select p.oid::regprocedure::text as name, p.prosrc as body from pg_proc p join pg_language l on l.oid = p.prolang
    where p.pronamespace::regnamespace::text ~ '^(audit|audit_interno|regras|regra_.*)$' and l.lanname in ('sql', 'plpgsql') and p.prosqlbody is null
      and not coalesce('standard_conforming_strings=on' = any (p.proconfig), false)`
  // read where it runs, with a backslash in a text that is none of E'', U&'' and $re$
  const plain = (body: string) => body.replace(/--.*|\b(E|U&)'[^']*'|\$re\$.*?\$re\$/gi, '')
  t.same(
    bodies.filter(({ body }) => plain(body).includes('\\')).map(({ name }) => name),
    [],
  )
})
