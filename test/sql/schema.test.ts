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
