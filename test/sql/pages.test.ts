// docs/custom-rules.md and docs/psql.md do what they say: their SQL is run as it stands, by the people it names, and prints what
// they show.
import { test } from 'tap'
import { banco } from '../helper/database.ts'
import { blocos, encenar } from '../helper/document.ts'

for (const page of ['docs/custom-rules.md', 'docs/psql.md'])
  test(page, async (t) => {
    const scenes = await encenar(page, await banco(t))
    for (const { block, printed, shown } of scenes) t.equal(printed, shown, block)
    t.ok(new Set(blocos(page).map(({ pessoa }) => pessoa)).size > 3, 'several people')
  })

test('the rule of the page fits on a screen', async (t) => {
  const rule = blocos('docs/custom-rules.md').find(({ sql }) => sql.includes('create function'))?.sql ?? ''
  t.ok(rule.split('\n').length <= 40, `${rule.split('\n').length} lines`)
})
