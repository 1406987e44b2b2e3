// Plants one fault after another in the engine and runs lives until a promise breaks; then shrinks that life. `npm run faults` takes all
// faults, with numbers only these. Fails when a fault is not found within LIVES lives, or no longer fits its file.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../helper/files.ts'
import { type Mutation, mutate } from '../mutation/mutation.ts'
import { abreast } from './abreast.ts'
import { FAULTS } from './faults.ts'
import { Broken, type Life } from './life.ts'
import { byChance, shrunk } from './lived.ts'

/** Short lives, and more of them: they shrink faster. */
const LIVES = 60
const STEPS = 20
/** Few enough commands to understand; if single faults are named, as few as possible. */
const FEW = 8
const wanted = process.argv.slice(2).map(Number)
const work = FAULTS.map((fault, n) => ({ n: n + 1, fault, broken: mutate(fault) })).filter(
  ({ n }) => wanted.length === 0 || wanted.includes(n),
)

interface Found {
  readonly seed: number
  readonly promise: string
  readonly commands: number
  readonly life: string
}

let few = 0
await abreast(work, async (life, { n, fault, broken }) => {
  const run = (text: string) => life.sql.unsafe(`set role conferente_dono; ${text}; reset role`)
  await run(broken)
  const found = await find(life)
  await run(readFileSync(join(ROOT, 'sql', fault.file), 'utf8'))
  if (found && found.commands <= FEW) few++
  console.log(line(n, fault, found))
  if (found) console.log(found.life.replace(/^/gm, '      '))
})
console.log(`${work.length} faults, ${few} found and shrunk to eight commands or fewer`)
process.exitCode = few === work.length ? 0 : 1

function line(n: number, { file, from, to }: Mutation, found: Found | undefined): string {
  const what = `${file}: ${from.trim()} → ${to.trim()}`
  return found
    ? `${n}  seed ${found.seed}, ${found.commands} commands, ${found.promise} | ${what}`
    : `${n}  NOT FOUND | ${what}`
}

async function find(life: Life): Promise<Found | undefined> {
  for (let seed = 1; seed <= LIVES; seed++) {
    const outcome = await byChance(life, seed, STEPS)
    if (!outcome.error) continue
    const { ran, error } = await shrunk(life, outcome, wanted.length === 1 ? 1 : FEW)
    const said = error?.message.split('\n')[0] ?? ''
    return {
      seed,
      promise: (error instanceof Broken ? said : `no promise: ${said}`).slice(0, 120),
      commands: ran.length,
      life: ran.join('\n'),
    }
  }
  return undefined
}
