import { createHash } from 'node:crypto'
import * as fs from 'node:fs'
import { dirname, join } from 'node:path'
import { EmbeddedError, named } from './error.ts'

/** The data directory and what lies where in it. */
export type Place = ReturnType<typeof placeAt>

const placeAt = (dir: string) => ({
  dir,
  /** The PostgreSQL cluster itself, the only part that belongs to the server's user. */
  cluster: join(dir, 'cluster'),
  log: join(dir, 'server.log'),
  config: join(dir, 'server.conf'),
  password: join(dir, 'password'),
  /** Held exclusively while somebody looks, starts or stops. The first file here, so it shows that the directory is ours. */
  gate: join(dir, 'gate.lock'),
  /** Held shared by every process that uses the server. */
  lease: join(dir, 'lease.lock'),
  /** PostgreSQL's cluster_name: stands in the command line or the title of each process of this server. */
  name: `conferente-${createHash('sha256').update(dir).digest('hex').slice(0, 8)}`,
})

/**
 * Makes the data directory, or checks that an existing one is ours and of this major version.
 * Nothing is written into a directory that is not ours.
 */
export function claimPlace(dataDir: string, major: string): Place {
  try {
    fs.mkdirSync(dataDir, { recursive: true, mode: 0o700 })
    const place = placeAt(fs.realpathSync(dataDir))
    refuseOthers(place, major)
    // Root's own directory is only passed through by the server's user, on the way to its cluster.
    if (process.getuid?.() === 0 && fs.statSync(place.dir).uid === 0) fs.chmodSync(place.dir, 0o711)
    return place
  } catch (error) {
    throw named(error, { path: dataDir })
  }
}

function refuseOthers({ dir, cluster, gate }: Place, major: string): void {
  for (const path of [cluster, dir]) {
    const found = textOf(join(path, 'PG_VERSION')).trim()
    if (found !== '' && found !== major)
      throw new EmbeddedError('wrong_version', { path, found, needed: major })
    if (found !== '' && path === cluster) return
  }
  const foreign = fs.readdirSync(dir).filter((entry) => !/^(lost\+found|\.DS_Store)$/.test(entry))
  if (foreign.length > 0 && !fs.existsSync(gate))
    throw new EmbeddedError('not_ours', { path: dir, found: foreign.slice(0, 5).join(', ') })
}

/** What a small file says; nothing where there is none. */
export function textOf(path: string): string {
  try {
    return fs.readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

/** Opens a file of the owner's of its directory: what root makes in somebody's must stay usable for that somebody. */
export function openFor(path: string, flags: 'a' | 'wx', mode = 0o600): number {
  const file = fs.openSync(path, flags, mode)
  const { uid, gid } = fs.statSync(dirname(path))
  if (process.getuid?.() === 0) fs.fchownSync(file, uid, gid)
  return file
}

/** Writes a small file again, exclusively, so that root is never led through a link by the directory's owner. */
export function writeNew(path: string, content: string, mode = 0o600): void {
  fs.rmSync(path, { force: true })
  const file = openFor(path, 'wx', mode)
  fs.writeFileSync(file, content, { flush: true })
  fs.closeSync(file)
}
