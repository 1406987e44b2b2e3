import { createHash } from 'node:crypto'
import * as fs from 'node:fs'
import { dirname, join } from 'node:path'
import { EmbeddedError } from './error.ts'

/** A data directory and what lies where in it. */
export type Place = ReturnType<typeof placeAt>

const placeAt = (dir: string) => ({
  dir,
  /** The PostgreSQL cluster, the only part that belongs to the server's user. */
  cluster: join(dir, 'cluster'),
  /** What is being made. It goes to its place when it is whole; the next start removes what was cut short. */
  half: join(dir, 'half'),
  log: join(dir, 'server.log'),
  password: join(dir, 'password'),
  /** Locked by whoever looks, starts or stops. The first file here, so it shows that the directory is ours. */
  gate: join(dir, 'gate.lock'),
  /** Shared by every process that uses the server. */
  lease: join(dir, 'lease.lock'),
  /** PostgreSQL's cluster_name, which stands in the command line or the title of each process of this server. */
  name: `conferente-${createHash('sha256').update(dir).digest('hex').slice(0, 8)}`,
})

/** Makes the data directory, or checks that it is ours and of the major version needed. It writes nothing into others. */
export function claimPlace(dataDir: string, needed: string): Place {
  // Apart, because its mode would go to new directories above it too, which the server's user passes through.
  fs.mkdirSync(dirname(dataDir), { recursive: true })
  fs.mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const place = placeAt(fs.realpathSync(dataDir))
  const { dir, cluster, gate } = place
  const found = textOf(join(cluster, 'PG_VERSION')).trim()
  if (found && found !== needed) throw new EmbeddedError('wrong_version', { path: dir, found, needed })
  const foreign = fs.readdirSync(dir).filter((entry) => !/^(lost\+found|\.DS_Store)$/.test(entry))
  if (foreign.length > 0 && !found && !fs.existsSync(gate))
    throw new EmbeddedError('not_ours', { path: dir, found: foreign.slice(0, 5).join(', ') })
  // The server's user passes through root's own directory on the way to its cluster.
  if (process.getuid?.() === 0 && fs.statSync(dir).uid === 0) fs.chmodSync(dir, 0o711)
  return place
}

/** What a small file says; nothing if it is not there. */
export function textOf(path: string): string {
  try {
    return fs.readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

/**
 * Opens a file for appending, which belongs to the owner of its directory even when root makes it.
 * That owner cannot lead root to another file by a symbolic link (which Windows does not check).
 */
export function openFor(path: string): number {
  const { O_APPEND, O_CREAT, O_NOFOLLOW, O_WRONLY } = fs.constants
  const file = fs.openSync(path, O_APPEND | O_CREAT | O_NOFOLLOW | O_WRONLY, 0o600)
  const { uid, gid } = fs.statSync(dirname(path))
  if (process.getuid?.() === 0) fs.fchownSync(file, uid, gid)
  return file
}
