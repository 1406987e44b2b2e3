// Breaks the rules in small ways, one at a time, and checks that their tests notice: `npm run mutation`, or with names of subjects
// for these alone. It fails on a mutation that no test notices, or whose text is no longer in its file. --sample 40 tries that many of
// them, drawn at random. With --write the results go into test/mutation/README.md, each subject in its row.
import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { connect, type Sql } from '../../src/db/connection.ts'
import { ROOT } from '../helper/files.ts'
import { databaseUrl, prepare, TEMPLATE, withScenario } from '../helper/server.ts'
import { throwAwayServer } from '../helper/throwaway.ts'
import { type Mutation, mutate, type Outcome, type Subject } from './mutation.ts'
import { SUBJECTS } from './subjects.ts'
import { table } from './table.ts'

const PAGE = join(ROOT, 'test/mutation/README.md')
const { values: options, positionals: wanted } = parseArgs({
  options: { sample: { type: 'string' }, write: { type: 'boolean', default: false } },
  allowPositionals: true,
})
const subjects = SUBJECTS.filter(({ name }) => wanted.length === 0 || wanted.includes(name))
if (subjects.length === 0) throw new Error(`no such subject: ${wanted.join(', ')}`)
const all = subjects.flatMap((subject) => subject.mutations.map((mutation) => ({ subject, mutation })))
const work =
  options.sample === undefined
    ? all
    : all
        .map((one) => ({ one, place: Math.random() }))
        .sort((a, b) => a.place - b.place)
        .slice(0, Number(options.sample))
        .map(({ one }) => one)
// all of them before the first run: a list that no longer fits is reported at once
const broken = new Map(all.map(({ mutation }) => [mutation, mutate(mutation)]))

const server = await throwAwayServer()
const admin = connect(server.url, { max: 1 })
try {
  await prepare(server.url)
  for (const subject of subjects) {
    const failed = await firstFailure(subject, TEMPLATE)
    if (failed !== undefined) throw new Error(`${subject.name} fails unbroken: ${failed}`)
  }
  const outcomes: Outcome[] = []
  const queue = [...work.entries()]
  await Promise.all(
    Array.from({ length: Math.min(2, availableParallelism()) }, async () => {
      for (let next = queue.shift(); next; next = queue.shift()) {
        const [n, { subject, mutation }] = next
        const caught = await tryOut(admin, subject, mutation, `mutante_${n}`)
        outcomes[n] = { ...mutation, subject: subject.name, caught }
        console.log(
          `${caught === undefined ? 'SURVIVED' : 'caught'}  ${mutation.file}: ${mutation.from} → ${mutation.to}`,
        )
      }
    }),
  )
  const survivors = outcomes.filter(({ caught }) => caught === undefined)
  console.log(`${outcomes.length} mutations, ${survivors.length} survived`)
  process.exitCode = survivors.length === 0 ? 0 : 1
  if (options.write) writeFileSync(PAGE, table(outcomes, readFileSync(PAGE, 'utf8')))
} finally {
  await admin.end()
  await server.release()
}

/** Runs a subject's tests on a copy of the template in which one function is broken. */
async function tryOut(admin: Sql, subject: Subject, mutation: Mutation, name: string) {
  await admin.unsafe(`create database ${name} template ${TEMPLATE} strategy file_copy`)
  const sql = connect(databaseUrl(server.url, name), { max: 1 })
  await sql.unsafe(`set role conferente_dono; ${broken.get(mutation)}`)
  await sql.end()
  await withScenario([admin], server.url, name)
  const caught = await firstFailure(subject, name)
  for (const database of [name, `${name}_cenario`])
    await admin.unsafe(`drop database ${database} with (force)`)
  return caught
}

/** What failed first in a subject's tests, with databases cloned from a template; undefined if nothing did. */
async function firstFailure(subject: Subject, template: string): Promise<string | undefined> {
  for (const test of subject.tests) {
    const { code, output } = await run(test, template)
    if (code === 0) continue
    // an assertion's own line is indented; the line of its test comes after it
    return output.match(/^ *not ok \d+ - (.*?)(?: #.*)?$/m)?.[1] ?? 'the test itself broke off'
  }
  return undefined
}

function run(test: string, template: string): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(ROOT, test)], {
      env: {
        ...process.env,
        CONFERENTE_TESTE_URL: server.url,
        CONFERENTE_TESTE_MODELO: template,
        TAP_BAIL: '1',
        TAP_TIMEOUT: '900',
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let output = ''
    child.stdout.on('data', (chunk) => {
      output += chunk
    })
    child.on('error', reject).on('close', (code) => resolve({ code, output }))
  })
}
