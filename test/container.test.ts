// Containerfile and compose file. No image can be built here. So they are compared with the program, and their commands run as
// written, in a folder that holds only what the Containerfile copies.
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, globSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'tap'
import { parse } from 'yaml'
import { readSettings } from '../src/settings/settings.ts'
import { makeWarehouse } from './cli/helper.ts'
import { testDatabase } from './helper/database.ts'
import { ROOT, read } from './helper/files.ts'
import { addPackages, at, dropOptional, folder, serving } from './helper/installed.ts'
import { postOffice, receive } from './helper/postman.ts'
import { until } from './helper/work.ts'

interface Service {
  readonly image?: string
  readonly build?: { readonly context: string; readonly dockerfile: string }
  readonly command?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly ports?: readonly string[]
  readonly volumes?: readonly string[]
  readonly healthcheck?: { readonly test: readonly string[] }
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>
}

const compose = parse(read('compose.yaml'), { merge: true }) as {
  readonly services: Readonly<Record<string, Service>>
  readonly volumes: Readonly<Record<string, unknown>>
}
const ours = Object.entries(compose.services).filter(([, { build }]) => build !== undefined)

/** The instructions of the Containerfile, comments and continued lines taken out. */
const instructions = read('Containerfile')
  .replace(/^#.*\n/gm, '')
  .replaceAll('\\\n', ' ')
  .split('\n')
  .filter((line) => line.trim() !== '')
  .map((line) => {
    const [word = '', ...rest] = line.trim().split(/\s+/)
    return { word, rest, text: rest.join(' ') }
  })
const every = (word: string) => instructions.filter((one) => one.word === word)
const only = (word: string) => {
  const [one, ...more] = every(word)
  if (one === undefined || more.length > 0) throw new Error(`${word}: once, not ${more.length + 1} times`)
  return one
}
const copied = every('COPY').flatMap(({ rest }) => rest.slice(0, -1))
const environment = Object.fromEntries(
  every('ENV').flatMap(({ rest }) => rest.map((pair) => pair.split('='))),
)
const entrypoint = JSON.parse(only('ENTRYPOINT').text) as string[]

test('the Containerfile copies everything that the program reads, and nothing that is ignored', (t) => {
  const { files } = JSON.parse(read('package.json')) as { files: readonly string[] }
  const needed = files.map((path) => path.split('/')[0] as string).filter((path) => path !== 'docs')
  for (const path of [...needed, 'package.json', 'package-lock.json', '.npmrc'])
    t.ok(copied.includes(path), path)
  const [ignored, ...kept] = read('.dockerignore')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
  t.equal(ignored, '*')
  t.same(kept.map((line) => line.replace('!', '')).sort(), [...copied].sort())
  t.end()
})

test('the image has a Node version that the program accepts, and does not run as root', (t) => {
  const { engines } = JSON.parse(read('package.json')) as { engines: { node: string } }
  const [, major] = /^docker\.io\/library\/node:(\d+)-/.exec(only('FROM').text) ?? []
  t.ok(Number(major) > Number(/\d+/.exec(engines.node)?.[0]), `${major}, ${engines.node}`)
  t.not(only('USER').text, 'root')
  t.ok(instructions.indexOf(only('USER')) > instructions.indexOf(only('RUN')))
  t.ok(existsSync(join(ROOT, entrypoint[1] as string)))
  t.end()
})

test('every command is one of the program, every variable one that it reads, and the ports agree', (t) => {
  const commands = readdirSync(join(ROOT, 'src/cli')).map((file) => file.replace('.ts', ''))
  const started = [JSON.parse(only('CMD').text), ...ours.map(([, { command }]) => command)] as string[][]
  t.same(started.flat().sort(), ['iniciar', 'migrar', 'servir', 'trabalhar'])
  for (const [command = ''] of started) t.ok(commands.includes(command), command)
  for (const [name, service] of ours) {
    const { NODE_ENV: _, ...all } = { ...environment, ...filled(service.environment ?? {}) }
    t.doesNotThrow(() => readSettings(all as Record<string, string>), name)
  }
  const port = environment['CONFERENTE_PORTA'] as string
  t.equal(only('EXPOSE').text, port)
  const { servir } = compose.services
  t.same(servir?.ports, [`127.0.0.1:${port}:${port}`], 'open to this machine only')
  t.match(servir?.healthcheck?.test.join(' '), `http://127.0.0.1:${port}/healthz`)
  t.end()
})

test('services wait only for services that exist and have a health check; volumes are declared', (t) => {
  for (const [name, { depends_on = {}, volumes = [], image }] of Object.entries(compose.services)) {
    if (image !== undefined)
      t.match(image, /^docker\.io\/[\w/]+:v?\d/, `${name}: a fixed version, not the latest`)
    for (const volume of volumes) t.ok((volume.split(':')[0] as string) in compose.volumes, volume)
    for (const [other, { condition }] of Object.entries(depends_on)) {
      t.ok(other in compose.services, other)
      if (condition === 'service_healthy') t.ok(compose.services[other]?.healthcheck, other)
      else t.equal(condition, 'service_completed_successfully')
    }
  }
  for (const [, { environment: set }] of ours) {
    t.ok(new URL(filled(set ?? {})['DATABASE_URL'] as string).hostname in compose.services)
    t.ok(new URL(set?.['SMTP_URL'] as string).hostname in compose.services)
  }
  t.end()
})

test('its commands, run as written: a database is made, a session runs, its mail is caught, the page is served', async (t) => {
  const place = folder(t)
  for (const path of copied)
    cpSync(join(ROOT, path), join(place, path), { recursive: true, verbatimSymlinks: true })
  t.equal(globSync('**/*.test.ts', { cwd: place }).length, 0)
  mkdirSync(join(place, 'node_modules'), { recursive: true })
  addPackages(place)
  dropOptional(place)

  const { url, sql } = await testDatabase(t, 'empty')
  const office = await postOffice(t)
  const where = (name: string) => {
    const set = { ...environment, ...filled(compose.services[name]?.environment ?? {}) }
    return at(place, {
      ...set,
      DATABASE_URL: url,
      SMTP_URL: `smtp://127.0.0.1:${office.port}`,
      CONFERENTE_PORTA: '0',
      CONFERENTE_ENDERECO: '127.0.0.1',
    })
  }
  const [, ...script] = entrypoint
  const command = (name: string) => [process.execPath, ...script, ...(compose.services[name]?.command ?? [])]
  const [node = '', ...args] = command('migrar')
  const migrated = spawnSync(node, args, { ...where('migrar'), encoding: 'utf8' })
  t.equal(migrated.status, 0, migrated.stderr)
  t.equal(spawnSync(node, args, where('migrar')).status, 0, 'and again, as on every start')

  await makeWarehouse(sql, 200)
  await receive(sql, 'correio.destinatarios', ['gestora@empresa.com.br'])
  await sql`select audit.solicitar_processamento('manual')`
  const [workFile = '', ...work] = command('trabalhar')
  const worker = serving([workFile, ...work], where('trabalhar'))
  worker.address.catch(() => {}) // it serves nothing
  const server = serving(command('servir'), where('servir'))
  const address = await server.address
  t.equal((await fetch(`${address}/healthz`)).status, 200)
  t.equal((await fetch(`${address}/revisao`)).status, 200)
  await until(async () => office.arrived.length > 0, 60_000)
  t.match(office.arrived[0]?.subject, /^\[Conferente\]/)
  t.same([await worker.stop(), await server.stop()], [0, 0], 'they end when a container is stopped')
})

/** Variables of the compose file as somebody set them. */
function filled(set: Readonly<Record<string, string>>): Record<string, string> {
  const chosen = 'uma palavra de teste que ninguem adivinha'.replaceAll(' ', '')
  return Object.fromEntries(
    Object.entries(set).map(([key, value]) => [key, String(value).replace(/\$\{\w+(:\?[^}]*)?\}/g, chosen)]),
  )
}
