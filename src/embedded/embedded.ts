import { EmbeddedError, naming } from './error.ts'
import { FileLock } from './lock.ts'
import { claimPlace, type Place } from './place.ts'
import { until } from './process.ts'
import { embeddedBinaries } from './programs.ts'
import { running, type ServerSettings, serverUrl, start, stop } from './server.ts'

export interface Embedded {
  /** The superuser's URL of database `conferente`, with the password. */
  readonly url: string
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
 * @param settings beside our own, if this call creates the cluster; for throw-away test servers
 * @throws {EmbeddedError}
 */
export async function openEmbedded(dataDir: string, settings: ServerSettings = {}): Promise<Embedded> {
  const place = await naming(dataDir, () => claimPlace(dataDir, embeddedBinaries().major))
  return alone(place, async () => {
    const found = await running(place)
    const port = found?.port ?? (await start(place, settings))
    const lease = new FileLock(place.lease)
    // Only whoever holds the gate takes it exclusively, and that is us.
    if (!lease.take('shared')) throw new EmbeddedError('no_lock', { path: place.lease })
    let released: Promise<void> | undefined
    const release = () => {
      const leave = () => (lease.take('alone') ? stop(place) : undefined)
      released ??= alone(place, leave).finally(() => lease.close())
      return released
    }
    return { url: serverUrl(place, port), dataDir: place.dir, started: !found, release }
  })
}

/** Works while nobody else looks, starts or stops. */
function alone<T>({ dir, gate }: Place, work: () => T | Promise<T>): Promise<T> {
  return naming(dir, async () => {
    const lock = new FileLock(gate)
    const held = until(() => lock.take('alone'), 'start_timeout', { waiting_for: gate })
    return await held.then(work).finally(() => lock.close())
  })
}
