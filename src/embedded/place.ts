import { createHash } from 'node:crypto'
import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  existsSync,
  fchownSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { EmbeddedError, fromSystem } from './error.ts'

/** The data directory and what lies where in it. */
export type Place = ReturnType<typeof placeAt>

const placeAt = (dir: string) => ({
  dir,
  /** The PostgreSQL cluster itself, the only part that belongs to the server's user. */
  cluster: join(dir, 'cluster'),
  log: join(dir, 'server.log'),
  config: join(dir, 'server.conf'),
  password: join(dir, 'password'),
  /** Held exclusively while somebody looks, starts or stops. */
  gate: join(dir, 'gate.lock'),
  /** Held shared by every process that uses the server. */
  lease: join(dir, 'lease.lock'),
  /** PostgreSQL's cluster_name: stands in the command line or the title of each process of this server. */
  name: `conferente-${createHash('sha256').update(dir).digest('hex').slice(0, 8)}`,
})

const OUR_ENTRIES =
  /^((gate|lease)\.lock(-journal)?|server\.(log|log\.1|conf)|(password|server\.conf)\.new|password|cluster|init-.*|bin-.*|lost\+found|\.DS_Store)$/

/**
 * Makes the data directory, or checks that an existing one is ours, of this major version and usable.
 * Nothing is written into a directory that is not ours.
 */
export function claimPlace(dataDir: string, major: string): Place {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 })
    const dir = realpathSync(dataDir)
    accessSync(dir, constants.R_OK | constants.W_OK | constants.X_OK)
    const place = placeAt(dir)
    refuseOthers(place, major)
    // Root's own directory is only passed through by the server's user, on the way to its cluster.
    if (process.getuid?.() === 0 && statSync(dir).uid === 0) chmodSync(dir, 0o711)
    return place
  } catch (error) {
    throw fromSystem(error, dataDir)
  }
}

function refuseOthers({ dir, cluster }: Place, major: string): void {
  for (const candidate of [cluster, dir]) {
    const file = join(candidate, 'PG_VERSION')
    if (!existsSync(file)) continue
    const found = readFileSync(file, 'utf8').trim()
    if (found !== major) throw new EmbeddedError('wrong_version', { path: candidate, found, needed: major })
    if (candidate === cluster) return
  }
  const foreign = readdirSync(dir).filter((entry) => !OUR_ENTRIES.test(entry))
  if (foreign.length > 0) {
    throw new EmbeddedError('not_ours', { path: dir, found: foreign.slice(0, 5).join(', ') })
  }
}

/** Opens a file of the owner's of its directory: what root makes in somebody's must stay usable for that somebody. */
export function openFor(path: string, flags: 'a' | 'wx', mode = 0o600): number {
  const file = openSync(path, flags, mode)
  const { uid, gid } = statSync(dirname(path))
  if (process.getuid?.() === 0) fchownSync(file, uid, gid)
  return file
}

/** Writes a small file so that it is there whole or not at all, also after a power cut. */
export function writeWhole(path: string, content: string, mode = 0o600): void {
  const half = `${path}.new`
  rmSync(half, { force: true })
  // Exclusively, so that root is never led through a link by the server's user, who owns the cluster.
  const file = openFor(half, 'wx', mode)
  try {
    writeSync(file, content)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  renameSync(half, path)
}
