import type { Duplex } from 'node:stream'
import { Connection } from 'pg'
import type { InRole } from './connection.ts'

/** What a server, or a pooler in front of it, sends at the start of a connection to recognise a request to cancel it. */
export interface Key {
  readonly pid: number
  readonly secret: number
}

/** The parts of node-postgres that its types leave out. */
interface Wire extends Connection {
  readonly stream: Duplex
  connect(port: number | string, host?: string): void
  requestSsl(): void
  cancel(pid: number, secret: number): void
}

const PATIENCE = 5_000

/**
 * Cancels what a connection runs, by the protocol's own request: behind a pooler, the process that served it last may be running
 * somebody else's query by now. Settles once the request has been taken; it does not hit what the connection is sent afterwards.
 * @param sql of the same server
 */
export async function cancelRunning({ options }: InRole, { pid, secret }: Key): Promise<void> {
  const { host, port, path, ssl } = options
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const wire = new Connection({ ssl: ssl as boolean }) as Wire
  const late = setTimeout(() => wire.stream.destroy(new Error('no answer')), PATIENCE)
  const ask = () => wire.cancel(pid | 0, secret | 0) // signed there, unsigned here
  wire.on('connect', () => (ssl ? wire.requestSsl() : ask())).on('sslconnect', ask)
  wire.on('error', reject).on('end', resolve)
  if (path) wire.connect(path)
  else wire.connect(Number(port[0]), host[0])
  try {
    await promise
  } finally {
    clearTimeout(late)
  }
}
