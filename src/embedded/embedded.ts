import { rmSync } from 'node:fs'
import type { Settings } from '../settings/settings.ts'
import { embeddedBinaries } from './binaries.ts'
import { EmbeddedError, naming } from './error.ts'
import { FileLock } from './lock.ts'
import { claimPlace, type Place } from './place.ts'
import { until } from './process.ts'
import { running, type Server, serverUrl, start, stop } from './server.ts'

export interface EmbeddedOptions {
  /** Settings beside our own, if this call creates the cluster; for throw-away test servers. */
  readonly settings?: Readonly<Record<string, string>>
  /** Removes the data directory when the last user has let go. */
  readonly temporary?: boolean
}

export interface Embedded {
  /** The superuser's URL of database `conferente`, with the password. */
  readonly url: string
  readonly port: number
  /** An absolute path without symbolic links. */
  readonly dataDir: string
  /** False when the server was already running. */
  readonly started: boolean
  /** Lets go of the server; the last user stops it. It may be called again. */
  release(): Promise<void>
}

/**
 * Starts the embedded server of a data directory, or joins it when it runs.
 * A process that dies without `release` leaves the server running; the next one joins it and stops it.
 * @throws {EmbeddedError}
 */
export async function openEmbedded(
  { dataDir }: Pick<Settings, 'dataDir'>,
  { settings = {}, temporary = false }: EmbeddedOptions = {},
): Promise<Embedded> {
  const binaries = embeddedBinaries()
  const place = await naming(dataDir, () => claimPlace(dataDir, binaries.major))
  const server: Server = { place, binaries, settings }
  return alone(place, async () => {
    const found = await running(place)
    const { port } = found ?? (await start(server))
    const lease = new FileLock(place.lease)
    // Only whoever holds the gate takes it exclusively, and that is us.
    if (!lease.take('shared')) throw new EmbeddedError('no_lock', { path: place.lease })
    let released: Promise<void> | undefined
    const release = () => {
      released ??= letGo(server, lease, temporary)
      return released
    }
    return { url: serverUrl(place, port), port, dataDir: place.dir, started: !found, release }
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

/** Works while nobody else looks, starts or stops. */
function alone<T>({ dir, gate }: Place, work: () => Promise<T>): Promise<T> {
  return naming(dir, async () => {
    const lock = new FileLock(gate)
    const held = until(() => lock.take('alone'), 'start_timeout', { waiting_for: gate })
    return await held.then(work).finally(() => lock.close())
  })
}
