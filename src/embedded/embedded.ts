import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Settings } from '../settings/settings.ts'
import { embeddedBinaries, runnableBinaries } from './binaries.ts'
import { EmbeddedError, fromSystem } from './error.ts'
import { FileLock } from './lock.ts'
import { claimPlace, type Place, writeWhole } from './place.ts'
import { running, serverUrl } from './process.ts'
import { clearHalfMade, initialise, type ServerOptions, start, stop } from './server.ts'
import { serverUser } from './user.ts'

export interface EmbeddedOptions {
  /** Server settings on top of our own, taken up when this call starts the server; for throw-away test servers. */
  readonly settings?: Readonly<Record<string, string>>
  /** Removes the data directory once the last user has let go. */
  readonly temporary?: boolean
  /** How long to wait for another process's start or stop, or for crash recovery; five minutes unless told. */
  readonly timeoutMs?: number
}

export interface Embedded {
  /** Superuser's URL of database `conferente`, password included. */
  readonly url: string
  readonly port: number
  /** Absolute, with symbolic links resolved. */
  readonly dataDir: string
  /** False when the server was already running. */
  readonly started: boolean
  /** Lets go; the last user to do so stops the server. May be called more than once. */
  release(): Promise<void>
}

/**
 * Starts the embedded server of a data directory, or joins it where another process has started it.
 * A process that dies without `release` leaves the server running for the next one to join and stop.
 * @throws {EmbeddedError}
 */
export async function openEmbedded(
  { dataDir }: Pick<Settings, 'dataDir'>,
  options: EmbeddedOptions = {},
): Promise<Embedded> {
  const { timeoutMs = 300_000, temporary = false } = options
  const installed = embeddedBinaries()
  const place = claimPlace(dataDir, installed.major)
  const gate = new FileLock(place.gate)
  let lease: FileLock | undefined
  try {
    await gate.exclusive(timeoutMs)
    // Looked at again: the holder of the gate may have changed everything.
    claimPlace(dataDir, installed.major)
    const isNew = !existsSync(join(place.cluster, 'PG_VERSION'))
    const password = passwordOf(place, isNew)
    const user = serverUser(place.dir)
    const server: ServerOptions = {
      user,
      password,
      timeoutMs,
      binaries: installed,
      settings: options.settings ?? {},
    }
    const found = await running(place, password, timeoutMs)
    const port = found ? found.port : await bringUp(place, server, isNew)
    lease = new FileLock(place.lease)
    // Held exclusively only by those who hold the gate, as we do now.
    if (!lease.tryShared()) throw new EmbeddedError('no_lock', { path: place.lease })
    const held = lease
    let released: Promise<void> | undefined
    return {
      url: serverUrl(password, port),
      port,
      dataDir: place.dir,
      started: !found,
      release: () => {
        released ??= letGo(place, held, server, temporary)
        return released
      },
    }
  } catch (error) {
    lease?.close()
    throw fromSystem(error, place.dir)
  } finally {
    gate.close()
  }
}

async function bringUp(place: Place, options: ServerOptions, isNew: boolean): Promise<number> {
  const server = { ...options, binaries: runnableBinaries(options.binaries, options.user, place.dir) }
  if (isNew) await initialise(place, server)
  else clearHalfMade(place) // cut short after the cluster was in its place
  return start(place, server)
}

async function letGo(
  place: Place,
  lease: FileLock,
  server: ServerOptions,
  temporary: boolean,
): Promise<void> {
  const gate = new FileLock(place.gate)
  try {
    await gate.exclusive(server.timeoutMs)
    if (!lease.tryExclusive()) return
    await stop(place, server)
    if (temporary) rmSync(place.dir, { recursive: true, force: true })
  } catch (error) {
    throw fromSystem(error, place.dir)
  } finally {
    lease.close()
    gate.close()
  }
}

function passwordOf(place: Place, isNew: boolean): string {
  if (isNew) writeWhole(place.password, randomBytes(24).toString('base64url'))
  if (!existsSync(place.password)) throw new EmbeddedError('no_password', { path: place.password })
  return readFileSync(place.password, 'utf8').trim()
}
