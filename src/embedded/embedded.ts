import { randomBytes } from 'node:crypto'
import { existsSync, rmSync } from 'node:fs'
import type { Settings } from '../settings/settings.ts'
import { embeddedBinaries } from './binaries.ts'
import { EmbeddedError, named } from './error.ts'
import { FileLock } from './lock.ts'
import { claimPlace, type Place, textOf, writeNew } from './place.ts'
import { until } from './process.ts'
import { running, type Server, serverUrl, start, stop } from './server.ts'
import { serverUser } from './user.ts'

export interface EmbeddedOptions {
  /** Server settings on top of our own, taken up when this call starts the server; for throw-away test servers. */
  readonly settings?: Readonly<Record<string, string>>
  /** Removes the data directory once the last user has let go. */
  readonly temporary?: boolean
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
  { settings = {}, temporary = false }: EmbeddedOptions = {},
): Promise<Embedded> {
  const binaries = embeddedBinaries()
  const place = claimPlace(dataDir, binaries.major)
  return alone(place, async () => {
    const isNew = !existsSync(place.cluster)
    const password = passwordOf(place, isNew)
    const server: Server = { place, password, binaries, settings, user: serverUser(place.dir) }
    const found = await running(server)
    const { port } = found ?? (await start(server, isNew))
    const lease = new FileLock(place.lease)
    // Held exclusively only by those who hold the gate, as we do now.
    if (!lease.take('shared')) throw new EmbeddedError('no_lock', { path: place.lease })
    let released: Promise<void> | undefined
    const release = () => {
      released ??= letGo(server, lease, temporary)
      return released
    }
    return { url: serverUrl(password, port), port, dataDir: place.dir, started: !found, release }
  })
}

async function letGo(server: Server, lease: FileLock, temporary: boolean): Promise<void> {
  const { place } = server
  await alone(place, async () => {
    if (!lease.take('alone')) return
    await stop(server)
    if (temporary) rmSync(place.dir, { recursive: true, force: true })
  }).finally(() => lease.close())
}

/** While nobody else looks, starts or stops; names what goes wrong. */
async function alone<T>({ dir, gate }: Place, work: () => Promise<T>): Promise<T> {
  try {
    const lock = new FileLock(gate)
    const late = () => new EmbeddedError('start_timeout', { waiting_for: gate })
    const held = until(() => lock.take('alone'), late)
    return await held.then(work).finally(() => lock.close())
  } catch (error) {
    throw named(error, { path: dir })
  }
}

function passwordOf({ password }: Place, isNew: boolean): string {
  if (isNew) writeNew(password, randomBytes(24).toString('base64url'))
  const kept = textOf(password).trim()
  if (kept === '') throw new EmbeddedError('no_password', { path: password })
  return kept
}
