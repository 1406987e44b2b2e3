import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t from 'tap'
import { ROOT } from './helper/files.ts'

/** From the top: a folder imports only from those below it. The jobs and the worker that runs them count as one. */
const LAYERS = [
  ['cli'],
  ['tasks', 'worker'],
  ['channels'],
  ['http', 'mail'],
  ['export', 'notas', 'session', 'trail'],
  ['embedded'],
  ['i18n'],
  ['db', 'log', 'settings'],
]

/** The files that a file imports, including types and what is loaded only when needed. */
function importedBy(file: string): string[] {
  const found = readFileSync(join(ROOT, file), 'utf8').matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)
  return [...found].map(([, path = '']) => join(dirname(file), path))
}

/** Each file of the program with what it imports. */
const IMPORTS = new Map(
  globSync(['src/**/*.{ts,mts,mjs}', 'tasks/*.ts'], { cwd: ROOT }).map((file) => [file, importedBy(file)]),
)

t.test('imports run one way, from the commands down to the database', async (t) => {
  const folder = (file: string) => file.replace(/^src\//, '').split('/')[0] ?? ''
  const layer = (file: string) => LAYERS.findIndex((folders) => folders.includes(folder(file)))
  const jobs = (file: string) => layer(file) === layer('tasks/')
  t.ok(IMPORTS.size > 100)
  for (const [file, imported] of IMPORTS) {
    t.not(layer(file), -1, `${file} lies in a folder that has a place in the order`)
    for (const other of imported) {
      const within = folder(file) === folder(other) || (jobs(file) && jobs(other))
      if (!within && layer(file) >= layer(other)) t.fail(`${file} -> ${other}`)
    }
  }
})

t.test('no file imports itself through others', async (t) => {
  const done = new Set<string>()
  const visit = (file: string, way: readonly string[]) => {
    if (way.includes(file)) return t.fail([...way.slice(way.indexOf(file)), file].join(' -> '))
    if (done.has(file)) return
    for (const other of IMPORTS.get(file) ?? []) visit(other, [...way, file])
    done.add(file)
  }
  for (const file of IMPORTS.keys()) visit(file, [])
  t.equal(done.size >= IMPORTS.size, true)
})

t.test('the benchmark loads no test runner, which would end it after half a minute', async (t) => {
  const seen = new Set(['test/bench/run.ts'])
  for (const file of seen) {
    t.notMatch(readFileSync(join(ROOT, file), 'utf8'), /^import (?!type).* from 'tap'/m, file)
    for (const other of importedBy(file)) seen.add(other)
  }
  t.ok(seen.has('test/helper/owner.ts'))
})

t.test('the environment is read in one folder', async (t) => {
  const reads = (file: string) => readFileSync(join(ROOT, file), 'utf8').includes('process.env')
  const readers = [...IMPORTS.keys()].filter((file) => !file.startsWith('src/settings/') && reads(file))
  t.same(readers, [])
})
