// `npm run life -- 1000` runs 1,000 lives, from a random seed on, or from the seed given as a second number. A single life that fails is
// shrunk.
import { abreast } from './abreast.ts'
import { STEPS } from './commands.ts'
import { byChance, shrunk } from './lived.ts'

const [LIVES = 50, FIRST = Math.floor(Math.random() * 2 ** 31)] = process.argv.slice(2).map(Number)
/** Dead rows slow a long run down. */
const CLEAN = 20

const began = Date.now()
let [lived, steps, failed] = [0, 0, 0]
await abreast(
  Array.from({ length: LIVES }, (_, n) => FIRST + n),
  async (life, seed) => {
    const outcome = await byChance(life, seed, STEPS)
    steps += outcome.ran.length
    if (outcome.error) {
      failed++
      const { ran, error } = LIVES === 1 ? await shrunk(life, outcome, 1) : outcome
      console.log(`seed ${seed} FAILS\n${error?.stack}\n${ran.join(',\n')}`)
    }
    lived++
    if (lived % CLEAN !== 0) return
    await life.sql`vacuum`
    console.log(
      `${lived} lives, ${steps} commands, ${failed} failed, ${Math.round((Date.now() - began) / 1000)} s`,
    )
  },
)
console.log(`${lived} lives from seed ${FIRST} on, ${steps} commands, ${failed} failed`)
process.exitCode = failed > 0 ? 1 : 0
