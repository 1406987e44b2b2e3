// Plants one fault after another in the engine and lives until a promise breaks, then shrinks that life: `npm run faults`, or with
// the numbers of some. Fails when a fault is not found within so many lives, or no longer fits its file.
import { availableParallelism } from 'node:os'
import fc from 'fast-check'
import { connect } from '../../src/db/connection.ts'
import { databaseUrl, prepare, TEMPLATE } from '../helper/server.ts'
import { throwAwayServer } from '../helper/throwaway.ts'
import { type Mutation, mutate } from '../mutation/mutation.ts'
import { type Command, life as lived, read } from './commands.ts'
import { FAULTS } from './faults.ts'
import { Life } from './life.ts'
import { live } from './lived.ts'

/** Short ones, and more of them: they shrink sooner. */
const LIVES = 60
const STEPS = 20
/** Few enough to be understood; for single faults, as few as possible. */
const FEW = 8
const wanted = process.argv.slice(2).map(Number)
const work = FAULTS.map((fault, n) => ({ n: n + 1, fault, broken: mutate(fault) })).filter(
  ({ n }) => wanted.length === 0 || wanted.includes(n),
)

interface Found {
  readonly promise: string
  readonly commands: number
  readonly life: string
}

const given = process.env['CONFERENTE_TESTE_URL']
const server = given ? undefined : await throwAwayServer()
const url = given ?? (server as NonNullable<typeof server>).url
const admin = connect(url, { max: 1 })
try {
  if (!given) await prepare(url)
  const found = new Map<number, Found | undefined>()
  const queue = [...work]
  await Promise.all(
    Array.from({ length: Math.min(2, availableParallelism()) }, async () => {
      for (let next = queue.shift(); next; next = queue.shift()) {
        const { n, fault, broken } = next
        const name = `falha_${process.pid}_${n}`
        await admin.unsafe(`create database ${name} template ${TEMPLATE} strategy file_copy`)
        const outcome = await find(databaseUrl(url, name), broken)
        await admin.unsafe(`drop database ${name} with (force)`)
        found.set(n, outcome)
        console.log(line(n, fault, outcome))
        if (outcome) console.log(outcome.life.replace(/^/gm, '      '))
      }
    }),
  )
  const lost = work.filter(({ n }) => (found.get(n)?.commands ?? Number.POSITIVE_INFINITY) > FEW)
  console.log(
    `${work.length} faults, ${work.length - lost.length} found and shrunk to eight commands or fewer`,
  )
  process.exitCode = lost.length === 0 ? 0 : 1
} finally {
  await admin.end()
  await server?.release()
}

function line(n: number, { file, from, to }: Mutation, outcome: Found | undefined): string {
  const what = `${file}: ${from.trim()} → ${to.trim()}`
  return outcome
    ? `${n}  ${outcome.commands} commands, ${outcome.promise} | ${what}`
    : `${n}  NOT FOUND | ${what}`
}

async function find(url: string, broken: string): Promise<Found | undefined> {
  const life = new Life(url)
  try {
    await life.sql.unsafe(`set role conferente_dono; ${broken}; reset role`)
    await life.prepare()
    let ran: readonly Command[] = []
    const result = await fc.check(
      fc.asyncProperty(lived(STEPS), async (some) => {
        try {
          await live(life, some, STEPS)
        } catch (error) {
          ran = read(String(some))
          throw error
        }
      }),
      { seed: 1, numRuns: LIVES, endOnFailure: true },
    )
    if (!result.failed) return undefined
    let error = result.errorInstance as Error
    // Leaves out halves, quarters, single commands, as long as a promise still breaks.
    for (
      let size = Math.ceil(ran.length / 2);
      wanted.length === 1 || ran.length > FEW;
      size = Math.ceil(size / 2)
    ) {
      const before = ran.length
      for (let from = ran.length - size; from > -size; from -= size) {
        const fewer = ran.filter((_, i) => i < from || i >= from + size)
        if (fewer.length === ran.length) continue
        try {
          await live(life, fewer, STEPS)
        } catch (still) {
          ran = fewer
          error = still as Error
        }
      }
      if (size === 1 && ran.length === before) break
    }
    return {
      promise: (error.message.split('\n')[0] ?? '').slice(0, 120),
      commands: ran.length,
      life: ran.join('\n'),
    }
  } finally {
    await life.end()
  }
}
