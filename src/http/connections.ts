import type { Server, Socket } from 'node:net'
import { BlockList, isIP } from 'node:net'

/** What CONFERENTE_PROXY may name instead of addresses. */
const NAMED: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1/128'],
  linklocal: ['169.254.0.0/16', 'fe80::/10'],
  uniquelocal: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
}

/**
 * So many connections are one address's at most, so that one that opens them and sends nothing leaves room for all others.
 * A trusted proxy has as many as it likes: everybody comes through it, and it waits for slow clients itself.
 */
export function limitConnections(server: Server, most: number, trusted: readonly string[]): void {
  const proxies = blockList(trusted)
  const open = new Map<string, number>()
  server.on('connection', (socket: Socket) => {
    const address = plain(socket.remoteAddress)
    if (address === undefined || proxies.check(address, family(address))) return
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

function blockList(trusted: readonly string[]): BlockList {
  const list = new BlockList()
  for (const named of trusted.flatMap((name) => NAMED[name] ?? [name])) {
    const [network = '', bits] = named.split('/')
    if (bits === undefined) list.addAddress(network, family(network))
    else list.addSubnet(network, Number(bits), family(network))
  }
  return list
}

const family = (address: string) => (isIP(address) === 6 ? 'ipv6' : 'ipv4')

/** A server that listens for both families sees ::ffff:192.0.2.1. */
const plain = (address: string | undefined) => address?.replace(/^::ffff:(?=\d+\.)/i, '')

/** One customer of IPv6 has at least a network of 64 bits. */
export function neighbourhood(address: string): string {
  if (isIP(address) !== 6) return address
  const [head = '', tail] = address.split('%')[0]?.split('::') ?? []
  const [before, after] = [head, tail ?? ''].map((part) => part.split(':').filter(Boolean))
  const zeros = Array(Math.max(0, 8 - (before?.length ?? 0) - (after?.length ?? 0))).fill('0')
  return [...(before ?? []), ...zeros, ...(after ?? [])].slice(0, 4).join(':')
}
