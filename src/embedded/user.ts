import { type SpawnSyncReturns, spawnSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { dirname } from 'node:path'
import { childEnvironment } from '../settings/settings.ts'
import { EmbeddedError } from './error.ts'

/** As whom the server's programs run; without `ids` as ourselves. */
export interface ServerUser {
  readonly name: string
  readonly ids?: { readonly uid: number; readonly gid: number }
}

const OURS = 'conferente'
const ALONE = '--system --user-group --home-dir /nonexistent --no-create-home --shell /usr/sbin/nologin'

/**
 * PostgreSQL refuses to run as root. For root the server runs as the owner of the data directory, if that is an ordinary user,
 * or else as a system user of its own, which is made when it is first needed.
 */
export function serverUser(dataDir: string): ServerUser {
  if (process.getuid?.() !== 0) return { name: '' }
  const known = lookUp(String(statSync(dataDir).uid)) ?? lookUp(OURS)
  if (known) return known
  const env = childEnvironment()
  env['PATH'] = `${env['PATH']}:/usr/sbin:/sbin`
  spawnSync('useradd', [...ALONE.split(' '), OURS], { env, stdio: 'ignore' })
  // Looked up even after a failure: another process may have been quicker.
  const made = lookUp(OURS)
  if (made) return made
  const reason = `PostgreSQL does not run as root, and no system user "${OURS}" could be created`
  throw new EmbeddedError('no_permission', { path: dataDir, reason })
}

/** An ordinary user with a name: initdb looks its own up by number. */
function lookUp(who: string): ServerUser | undefined {
  const { stdout } = spawnSync('id', [who], { encoding: 'utf8' })
  const [, uid, name, gid] = /^uid=(\d+)\((.+?)\) gid=(\d+)/.exec(stdout ?? '') ?? []
  return name && uid !== '0' ? { name, ids: { uid: Number(uid), gid: Number(gid) } } : undefined
}

/** Runs a program to its end as the server's user, away from directories which that user may not see. */
export function runAs({ ids }: ServerUser, program: string, args: string[]): SpawnSyncReturns<string> {
  const env = childEnvironment()
  return spawnSync(program, args, { cwd: '/', env, encoding: 'utf8', windowsHide: true, ...ids })
}

/** @throws {EmbeddedError} `no_permission` with the first directory that the server's user cannot enter */
export function assertReachable(path: string, user: ServerUser): void {
  if (!user.ids) return
  const parents = [path]
  for (let at = path; at !== dirname(at); at = dirname(at)) parents.unshift(dirname(at))
  const first = 'for at; do test -x "$at" || { printf %s "$at"; break; }; done'
  const { stdout } = runAs(user, '/bin/sh', ['-c', first, 'sh', ...parents])
  if (stdout !== '') throw new EmbeddedError('no_permission', { path: stdout, user: user.name, wanted: path })
}
