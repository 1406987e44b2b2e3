// One seed replays a life: up to sixty commands by three people and two workers in a small warehouse. The promises of the design must hold
// after each command, and at the end everything is rolled back. `npm run life -- 1000` runs 1,000 lives; `npm run life -- 1 4711` the life of
// one seed.
import { type Test, test } from 'tap'
import { testDatabase } from '../helper/database.ts'
import { SHARE } from '../helper/thorough.ts'
import { read, STEPS } from './commands.ts'
import { KEPT } from './kept.ts'
import { Life } from './life.ts'
import { byChance, live } from './lived.ts'

/** Fifty in CI and in a complete run; several at once, because each waits now and then. */
const [LIVES, ABREAST] = SHARE > 0 ? [50, 3] : [2, 1]
const SEED = Math.floor(Math.random() * 2 ** 31)

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

test(`${LIVES} lives`, { timeout: LIVES * 600_000 }, async (t) => {
  let [seed, steps] = [SEED, 0]
  await Promise.all(
    Array.from({ length: ABREAST }, async () => {
      const life = await prepared(t)
      while (seed < SEED + LIVES) {
        const mine = seed++
        const outcome = await byChance(life, mine, STEPS)
        steps += outcome.ran.length
        if (outcome.error)
          t.fail(`seed ${mine}: ${outcome.error.message.split('\n', 1)[0]}`, {
            found: outcome.error,
            life: outcome.ran.join(',\n'),
          })
      }
    }),
  )
  t.comment(`${LIVES} lives from seed ${SEED} on, ${steps} commands`)
})
