import type { Server, Socket } from 'node:net'
import { compile } from '@fastify/proxy-addr'
import ip from 'ipaddr.js'

/**
 * Limits the connections of one address, so that a client that opens them and sends nothing leaves room for others. A trusted proxy
 * has no limit: everybody comes through it, and it handles slow clients itself.
 */
export function limitConnections(server: Server, most: number, trusted: readonly string[]): void {
  const isProxy = compile([...trusted])
  const open = new Map<string, number>()
  server.on('connection', (socket: Socket) => {
    const address = socket.remoteAddress
    if (address === undefined || isProxy(address, 0)) return
    const place = neighbourhood(address)
    const count = open.get(place) ?? 0
    if (count >= most) return void socket.destroy()
    open.set(place, count + 1)
    socket.once('close', () => {
      const left = (open.get(place) ?? 1) - 1
      if (left > 0) open.set(place, left)
      else open.delete(place)
    })
  })
}

/** An IPv6 customer has at least a /64. A server that listens for both families sees ::ffff:192.0.2.1. */
export function neighbourhood(address: string): string {
  const parsed = ip.process(address)
  if (!('parts' in parsed)) return parsed.toString()
  return parsed.parts
    .slice(0, 4)
    .map((part) => part.toString(16))
    .join(':')
}
