// What `npm pack` ships: all that the program reads while it runs.
import { execFileSync } from 'node:child_process'
import { globSync } from 'node:fs'
import t from 'tap'
import { ROOT } from './helper/files.ts'

t.test('templates, pages and licence are in the package beside the code that reads them', async (t) => {
  const output = execFileSync('npm', ['pack', '--dry-run', '--ignore-scripts', '--json'], {
    cwd: ROOT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const [{ files }] = JSON.parse(output) as [{ files: { path: string }[] }]
  const shipped = new Set(files.map(({ path }) => path))
  const read = globSync('src/**/*.*', { cwd: ROOT }).filter(
    (path) => !/(\.ts|tsconfig\.json|\.js)$/.test(path),
  )
  t.ok(read.length > 10)
  for (const path of [...read, 'LICENSE', 'README.md']) t.ok(shipped.has(path), path)
})
