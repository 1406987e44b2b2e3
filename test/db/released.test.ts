// A released migration never changes: its digest is in migrations/released.sha256, as sha256sum writes it. Until 1.0.0 nothing is
// released, and the one migration is rewritten.
import { createHash } from 'node:crypto'
import { existsSync, globSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { ROOT, read } from '../helper/files.ts'

const LIST = 'migrations/released.sha256'
const released = [...(existsSync(join(ROOT, LIST)) ? read(LIST) : '').matchAll(/^([0-9a-f]{64}) {2}(\S+)$/gm)]

t.test('a released migration never changes', async (t) => {
  for (const [, digest, path = ''] of released) {
    const text = existsSync(join(ROOT, path)) ? read(path) : ''
    t.equal(createHash('sha256').update(text).digest('hex'), digest, path)
  }
})

t.test('from 1.0.0 on every committed migration is a released one', async (t) => {
  const { version } = JSON.parse(read('package.json'))
  if (version.startsWith('0.')) return t.same(released, [], 'nothing is released yet')
  t.same(
    released.map(([, , path]) => path),
    globSync('migrations/committed/*.sql', { cwd: ROOT }).sort(),
    `sha256sum migrations/committed/*.sql > ${LIST}`,
  )
})
