// Makes a run of the tests cheap: a server that forgets everything, and programs compiled once.
import { accessSync, constants, mkdtempSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Embedded, openEmbedded } from '../../src/embedded/embedded.ts'
import type { ServerSettings } from '../../src/embedded/server.ts'
import { ROOT } from './files.ts'

// Databases are made and dropped by the hundred: in memory that costs the kernel a third of what it costs on a disk.
const MEMORY = '/dev/shm'
const ROOM = 4 * 2 ** 30

/** Where Node keeps compiled programs, types stripped, as `bin/conferente.js` does: half the cost of a short process. */
export const COMPILED = join(ROOT, 'node_modules/.cache/conferente')

/** Starts a server that is fast and forgets everything; it is gone with its data once it is released. */
export function throwAwayServer(): Promise<Embedded> {
  return serverBelow(hasRoom() ? MEMORY : tmpdir(), {
    fsync: 'off',
    full_page_writes: 'off',
    // The databases live for seconds: nothing in them is worth vacuuming. CI's PostgreSQL 15 does vacuum, during the tests.
    autovacuum: 'off',
    max_connections: '100',
    scram_iterations: '1',
  })
}

/** Starts a server in a new directory, which is removed when the server is released. */
export async function serverBelow(parent: string, settings: ServerSettings = {}): Promise<Embedded> {
  const server = await openEmbedded(mkdtempSync(join(parent, 'conferente-teste-')), settings)
  const remove = () => rmSync(server.dataDir, { recursive: true, force: true })
  return { ...server, release: () => server.release().then(remove) }
}

function hasRoom(): boolean {
  try {
    accessSync(MEMORY, constants.W_OK)
    const { bavail, bsize } = statfsSync(MEMORY)
    return bavail * bsize >= ROOM
  } catch {
    return false // no Linux, or a container that lets nobody write there
  }
}
