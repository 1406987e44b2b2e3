import { spawnSync } from 'node:child_process'
import t from 'tap'
import { ROOT } from '../helper/files.ts'

// Prints each library that is loaded.
const SPY = `import { registerHooks } from 'node:module'
registerHooks({ load: (url, context, next) => {
  const library = /node_modules\\/((?:@[^/]+\\/)?[^/]+)\\/(?!.*node_modules)/.exec(url)?.[1]
  if (library) console.error('loaded ' + library)
  return next(url, context)
} })`

// The settings of the person running the tests must not matter.
const { PATH, HOME } = process.env
const env = { PATH, HOME }

function libraries(...args: string[]) {
  const spy = ['--import', `data:text/javascript,${encodeURIComponent(SPY)}`]
  const run = spawnSync(process.execPath, [...spy, 'src/cli/main.ts', ...args], {
    cwd: ROOT,
    env,
    encoding: 'utf8',
  })
  const loaded = run.stderr.matchAll(/^loaded (.*)$/gm)
  return { status: run.status, loaded: [...new Set([...loaded].map(([, name]) => name))] }
}

t.test('help is instant: it loads only the library that prints it', async (t) => {
  t.same(libraries('--help'), { status: 0, loaded: ['commander'] })
  t.same(libraries('processar', '--help'), { status: 0, loaded: ['commander'] })
})

t.test('the launcher stays silent if the compiled program cannot be cached', async (t) => {
  const run = spawnSync(process.execPath, ['bin/conferente.js', '--versao'], {
    cwd: ROOT,
    env: { ...env, NODE_DISABLE_COMPILE_CACHE: '1' },
    encoding: 'utf8',
  })
  t.equal(run.status, 0)
  t.equal(run.stderr, '')
})
