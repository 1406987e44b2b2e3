// Brings up a throw-away server, prepares the template database, runs tap. Arguments go to tap: `npm test -- test/sql/x.test.ts`.
// CONFERENTE_TESTE_URL names a superuser of another server to use instead (CI runs everything again on PostgreSQL 15).
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { ON_CLUSTER, onCluster } from './helper/cluster.ts'
import { leftOut } from './helper/long.ts'
import { prepare } from './helper/server.ts'
import { COMPILED, throwAwayServer } from './helper/throwaway.ts'

// A fresh install has tap with its default plugins. The one for TypeScript cannot load TypeScript 7, and Node does not need it.
const built = readFileSync(
  new URL('../node_modules/@tapjs/test/test-built/dist/esm/index.js', import.meta.url),
  'utf8',
)
if (built.includes('@tapjs/typescript')) spawnSync('tap', ['build'], { stdio: 'inherit' })

const given = process.env['CONFERENTE_TESTE_URL']
// A Ctrl-C ends tap, and so does ending this process; what follows below must still run, or the server would stay.
process.on('SIGINT', () => {})
const server = given ? undefined : await throwAwayServer()
const url = given ?? (server as NonNullable<typeof server>).url
try {
  await prepare(url)
  const args = process.argv.slice(2)
  const part = onCluster() && args.every((arg) => arg.startsWith('--reporter=')) ? ON_CLUSTER : []
  // Asking for a file or a name runs it.
  const whole = part.length === 0 && args.every((arg) => /^--(reporter|include)=/.test(arg))
  const left = whole ? leftOut() : { files: [], of: 0 }
  const unwatched = `--import=${new URL('./helper/unwatched.ts', import.meta.url)}`
  // Room for what loading and one GraphQL schema leave behind: collecting it takes a tenth of a short process.
  const room = '--max-semi-space-size=64'
  const options = [
    `--test-env=NODE_OPTIONS=${[process.env['NODE_OPTIONS'], room, unwatched].filter(Boolean).join(' ')}`,
    ...left.files.map((file) => `--exclude=${file}`),
  ]
  const tap = spawn('tap', ['run', ...options, ...args, ...part], {
    stdio: 'inherit',
    env: { ...process.env, CONFERENTE_TESTE_URL: url, NODE_COMPILE_CACHE: COMPILED },
  })
  process.on('SIGTERM', () => tap.kill('SIGTERM'))
  const [status] = await once(tap, 'close')
  process.exitCode = status ?? 1
  if (left.files.length > 0)
    console.error(
      `${left.files.length} of ${left.of} long test files were left out by chance (test/helper/long.ts). CONFERENTE_TESTE_COMPLETO=1 runs all.`,
    )
} finally {
  await server?.release()
}
