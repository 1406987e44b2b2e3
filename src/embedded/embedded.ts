import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Settings } from '../settings/settings.ts'
import { embeddedBinaries } from './binaries.ts'
import { EmbeddedError, fromSystem } from './error.ts'
import { FileLock } from './lock.ts'
import { claimPlace, type Place, writeWhole } from './place.ts'
import { running, type Server, serverUrl } from './process.ts'
import { start, stop } from './server.ts'
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
  { settings = {}, timeoutMs = 300_000, temporary = false }: EmbeddedOptions = {},
): Promise<Embedded> {
  const binaries = embeddedBinaries()
  const place = claimPlace(dataDir, binaries.major)
  return alone(place, timeoutMs, async () => {
    // Looked at again: the holder of the gate may have changed everything.
    claimPlace(dataDir, binaries.major)
    const isNew = !existsSync(join(place.cluster, 'PG_VERSION'))
    const password = passwordOf(place, isNew)
    const server: Server = { place, password, timeoutMs, binaries, settings, user: serverUser(place.dir) }
    const found = await running(server)
    const { port } = found ?? (await start(server, isNew))
    const lease = new FileLock(place.lease)
    // Held exclusively only by those who hold the gate, as we do now.
    if (!lease.tryShared()) throw new EmbeddedError('no_lock', { path: place.lease })
    let released: Promise<void> | undefined
    const release = () => {
      released ??= letGo(server, lease, temporary)
      return released
    }
    return { url: serverUrl(password, port), port, dataDir: place.dir, started: !found, release }
  })
}

async function letGo(server: Server, lease: FileLock, temporary: boolean): Promise<void> {
  const { place, timeoutMs } = server
  await alone(place, timeoutMs, async () => {
    if (!lease.tryExclusive()) return
    await stop(server)
    if (temporary) rmSync(place.dir, { recursive: true, force: true })
  }).finally(() => lease.close())
}

/** While nobody else looks, starts or stops; names what goes wrong. */
async function alone<T>(place: Place, timeoutMs: number, work: () => Promise<T>): Promise<T> {
  let gate: FileLock | undefined
  try {
    gate = new FileLock(place.gate)
    await gate.exclusive(timeoutMs)
    return await work()
  } catch (error) {
    throw fromSystem(error, place.dir)
  } finally {
    gate?.close()
  }
}

function passwordOf(place: Place, isNew: boolean): string {
  if (isNew) writeWhole(place.password, randomBytes(24).toString('base64url'))
  if (!existsSync(place.password)) throw new EmbeddedError('no_password', { path: place.password })
  return readFileSync(place.password, 'utf8').trim()
}
