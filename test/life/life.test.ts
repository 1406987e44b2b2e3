// One seed replays a life: up to sixty commands in a small warehouse, with three people and two workers. The promises of the design
// hold after each, and at the end everything is rolled back. `npm run life -- 1000` lives so many; `npm run life -- 1 4711` the
// life of one seed.
import fc from 'fast-check'
import { type Test, test } from 'tap'
import { testDatabase } from '../helper/database.ts'
import { times } from '../helper/thorough.ts'
import { life as lived, read, STEPS } from './commands.ts'
import { KEPT } from './kept.ts'
import { Life } from './life.ts'
import { live } from './lived.ts'

const [LIVES = times(2, { thorough: 20 }), SEED = Math.floor(Math.random() * 2 ** 31)] = process.argv
  .slice(2)
  .map(Number)
/** Dead rows slow a long run down. */
const CLEAN = 20

async function prepared(t: Test): Promise<Life> {
  const { url } = await testDatabase(t)
  const life = new Life(url)
  t.teardown(() => life.end())
  await life.prepare()
  return life
}

test('lives that once went wrong', async (t) => {
  const life = await prepared(t)
  for (const [name, lines] of Object.entries(KEPT)) {
    await live(life, read(lines))
    t.pass(name)
  }
})

test(`${LIVES} lives`, { timeout: LIVES * 60_000 }, async (t) => {
  const life = await prepared(t)
  let steps = 0
  for (let seed = SEED; seed < SEED + LIVES; seed++) {
    if ((seed - SEED) % CLEAN === CLEAN - 1) {
      await life.sql`vacuum`
      t.comment(`seeds ${SEED} to ${seed - 1} lived`)
    }
    const result = await fc.check(
      fc.asyncProperty(lived(STEPS), async (some) => {
        steps += (await live(life, some)).steps
      }),
      { seed, numRuns: 1, interruptAfterTimeLimit: 600_000, markInterruptAsFailure: true },
    )
    if (result.failed)
      t.fail(`seed ${seed}, path ${result.counterexamplePath}:\n${result.counterexample}`, {
        found: result.errorInstance,
      })
  }
  t.comment(`${LIVES} lives from seed ${SEED} on, ${steps} commands`)
})
