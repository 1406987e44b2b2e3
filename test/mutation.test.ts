// `npm run mutation` breaks one text after another, which takes hours. That each text is still in its file is quickly seen.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { ROOT } from './helper/files.ts'
import { mutate } from './mutation/mutation.ts'
import { SUBJECTS } from './mutation/subjects.ts'

t.test('every mutation still fits its file, and every subject has its tests', async (t) => {
  for (const { name, tests, mutations } of SUBJECTS) {
    for (const test of tests) t.ok(existsSync(join(ROOT, test)), `${name}: ${test}`)
    for (const mutation of mutations)
      t.doesNotThrow(() => mutate(mutation), `${mutation.file}: ${mutation.from}`)
  }
})
