import { lookup } from 'node:dns/promises'
import { BlockList, isIP } from 'node:net'

/** Whoever configures a channel must not reach, through the worker, what only the worker's machine and network may reach. */
export class AddressRefused extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'AddressRefused'
  }
}

/** IPv4 networks that belong to nobody on the internet: RFC 6890 and its successors, multicast, and unassigned ones. */
const INTERNAL_4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16', // also where clouds give a machine its credentials
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
]
/** In IPv6 only 2000::/3 is assigned; excluded from it are documentation addresses, and tunnels that lead to any IPv4 address. */
const PUBLIC_6 = ['2000::/3']
const INTERNAL_6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20']

const networks = (list: readonly string[]) => {
  const set = new BlockList()
  for (const network of list) {
    const [address = '', bits] = network.split('/')
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    set.addSubnet(address, bits === undefined ? (family === 'ipv6' ? 128 : 32) : Number(bits), family)
  }
  return set
}

const internal4 = networks(INTERNAL_4)
const internal6 = networks(INTERNAL_6)
const public6 = networks(PUBLIC_6)

/** Finds the addresses of a host, and refuses it if any of them is internal. */
export type Resolve = (host: string) => Promise<{ readonly address: string; readonly family: 4 | 6 }[]>

const REFUSAL = (address: string) =>
  `${address} is an internal address; the operator of the worker may allow it in CONFERENTE_CANAIS_REDES`

/**
 * @param allowed networks and addresses that may be reached although they are internal
 * @param refusal the message for any other, in the user's language
 */
export function createResolve(allowed: readonly string[], refusal = REFUSAL): Resolve {
  const exempt = networks(allowed)
  return async (given) => {
    const host = given.replace(/^\[|\]$/g, '')
    const found = await lookup(host, { all: true, verbatim: true })
    return found.map(({ address, family }) => {
      const six = family === 6
      const kind = six ? 'ipv6' : 'ipv4'
      // An IPv4 address in IPv6 (::ffff:10.0.0.1) is in neither list, and so refused.
      const internal = six
        ? internal6.check(address, kind) || !public6.check(address, kind)
        : internal4.check(address, kind)
      if (internal && !exempt.check(address, kind))
        throw new AddressRefused(refusal(host === address ? address : `${host} (${address})`))
      return { address, family: six ? 6 : 4 }
    })
  }
}
