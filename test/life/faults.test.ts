// Do the promises notice anything? Each of these faults in the engine breaks one of them within eight commands; without the fault, the
// same commands break none.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'tap'
import { testDatabase } from '../helper/database.ts'
import { ROOT } from '../helper/files.ts'
import { drawn } from '../helper/thorough.ts'
import { mutate } from '../mutation/mutation.ts'
import { read } from './commands.ts'
import { FAULTS } from './faults.ts'
import { Broken, Life } from './life.ts'
import { live } from './lived.ts'

const ALLOWED = 8

test('faults planted in the engine', async (t) => {
  const { url } = await testDatabase(t)
  const life = new Life(url)
  t.teardown(() => life.end())
  await life.prepare()
  const lived = (lines: string) =>
    live(life, read(lines)).then(
      () => undefined,
      (error: unknown) => error as Error,
    )
  const run = (text: string) => life.sql.unsafe(`set role conferente_dono; ${text}; reset role`)
  // of all of them, so that none that no longer fits its file goes unnoticed until it is drawn
  const broken = new Map(FAULTS.map((fault) => [fault, mutate(fault)]))
  for (const fault of drawn(FAULTS, 3)) {
    const what = `${fault.file}: ${fault.from.trim()} → ${fault.to.trim()}`
    t.ok(read(fault.life).length <= ALLOWED, what)
    await run(broken.get(fault) as string)
    const found = await lived(fault.life)
    await run(readFileSync(join(ROOT, 'sql', fault.file), 'utf8'))
    t.ok(found instanceof Broken, `found: ${found?.message.split('\n')[0]}`, { found })
  }
  for (const lines of drawn([...new Set(FAULTS.map((fault) => fault.life))], 1))
    t.equal(await lived(lines), undefined, `without a fault: ${lines}`)
})
