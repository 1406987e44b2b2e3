// docs/custom-rules.md and docs/psql.md do what they say: their SQL runs as written, by the people it names, and prints what they
// show.
import { test } from 'tap'
import { testDatabase } from '../helper/database.ts'
import { codeBlocks, enact } from '../helper/document.ts'

for (const page of ['docs/custom-rules.md', 'docs/psql.md'])
  test(page, async (t) => {
    const scenes = await enact(page, await testDatabase(t))
    for (const { block, printed, shown } of scenes) t.equal(printed, shown, block)
    t.ok(new Set(codeBlocks(page).map(({ pessoa }) => pessoa)).size > 3, 'several people')
  })

test('the rule of the page fits on a screen', async (t) => {
  const rule =
    codeBlocks('docs/custom-rules.md').find(({ sql }) => sql.includes('create function'))?.sql ?? ''
  t.ok(rule.split('\n').length <= 40, `${rule.split('\n').length} lines`)
})
