import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { isIP } from 'node:net'
import { homedir, userInfo } from 'node:os'
import { join } from 'node:path'
import type { parse as Parse } from 'pg-connection-string'

/** What a database address may have that none of our drivers can honour; the words are those of src/i18n. */
export type AddressFault =
  | 'form'
  | 'several_hosts'
  | 'port'
  | 'database_name'
  | 'host_by_number'
  | 'no_authority'
  | 'no_file'
  | 'value'
  | 'parameter'
  | 'variable'

/** Names what cannot be honoured. Its values are never secrets. */
export class AddressError extends Error {
  readonly fault: AddressFault
  readonly values: readonly string[]

  constructor(fault: AddressFault, ...values: string[]) {
    super([fault, ...values].join(' '))
    this.fault = fault
    this.values = values
  }
}

/** libpq's name for each setting, and the environment variable that gives it if the address does not. */
const PARAMETERS = {
  host: 'PGHOST',
  port: 'PGPORT',
  dbname: 'PGDATABASE',
  user: 'PGUSER',
  password: 'PGPASSWORD',
  options: 'PGOPTIONS',
  sslmode: 'PGSSLMODE',
  sslrootcert: 'PGSSLROOTCERT',
  sslcert: 'PGSSLCERT',
  sslkey: 'PGSSLKEY',
  channel_binding: 'PGCHANNELBINDING',
  gssencmode: 'PGGSSENCMODE',
  sslnegotiation: 'PGSSLNEGOTIATION',
  target_session_attrs: 'PGTARGETSESSIONATTRS',
  client_encoding: 'PGCLIENTENCODING',
} as const
type Parameter = keyof typeof PARAMETERS
type Parameters = Partial<Record<Parameter, string>>

/** Settings of libpq that have no effect here: we name our connections, wait ten seconds for one, and leave TCP to the system. */
const WITHOUT_EFFECT =
  /^(application_name|fallback_application_name|connect_timeout|keepalives.*|tcp_user_timeout)$/

/** The values of these settings that our drivers can honour; the first is the default. */
const KEPT: Partial<Record<Parameter, readonly string[]>> = {
  sslmode: ['disable', 'require', 'verify-ca', 'verify-full'],
  channel_binding: ['prefer', 'disable'],
  gssencmode: ['prefer', 'disable'],
  sslnegotiation: ['postgres'],
  target_session_attrs: ['any'],
  client_encoding: ['UTF8', 'utf8', 'UTF-8', 'utf-8', 'auto'],
}

/** What libpq reads beyond that and we cannot honour: a server by another name, or a demand on the connection that would go unmet. */
const NOT_HONOURED = [
  'PGSERVICE',
  'PGHOSTADDR',
  'PGREQUIRESSL',
  'PGREQUIREAUTH',
  'PGREQUIREPEER',
  'PGSSLCERTMODE',
  'PGSSLCRL',
  'PGSSLCRLDIR',
  'PGSSLMINPROTOCOLVERSION',
  'PGSSLMAXPROTOCOLVERSION',
]

const SOCKETS = ['/var/run/postgresql', '/tmp']

/**
 * The address of a database as libpq reads it, from a URL or from `host=… dbname=…`, completed from the environment. Written so
 * that both drivers understand it alike: it names host, port, user and database, whatever libpq would have taken by default.
 * @throws {AddressError} naming what cannot be honoured
 */
export function readAddress(text: string, env: NodeJS.ProcessEnv): string {
  const given = /^postgres(ql)?:\/\//.test(text) ? fromUrl(text) : fromPairs(text)
  const of: Parameters = {}
  for (const [name, variable] of Object.entries(PARAMETERS) as [Parameter, string][]) {
    const value = given[name] || env[variable]
    if (value) of[name] = value
  }
  for (const [name, kept] of Object.entries(KEPT) as [Parameter, readonly string[]][]) {
    const value = of[name]
    if (value !== undefined && !kept.includes(value))
      throw new AddressError('value', name, value, kept.join(', '))
  }
  for (const variable of NOT_HONOURED) if (env[variable]) throw new AddressError('variable', variable)
  return written(of, env)
}

/** The address given by the environment alone, if it names a server. */
export function addressOfEnvironment(env: NodeJS.ProcessEnv): string | undefined {
  return env['PGHOST'] || env['PGHOSTADDR'] || env['PGSERVICE'] ? readAddress('', env) : undefined
}

function written(of: Parameters, env: NodeJS.ProcessEnv): string {
  const user = of.user ?? userInfo().username
  const database = of.dbname ?? user
  if (/[/?#]/.test(database)) throw new AddressError('database_name')
  const port = of.port ?? '5432'
  if (!/^\d{1,5}$/.test(port)) throw new AddressError('port')
  const host = of.host ?? usualHost(port)
  if (host.includes(',')) throw new AddressError('several_hosts')
  const where = host.includes(':') ? `[${host}]` : encodeURIComponent(host)
  const address = new URL(`postgres://${where}:${port}/${encodeURI(database)}`)
  address.username = encodeURIComponent(user)
  address.password = encodeURIComponent(of.password ?? '')
  if (of.options) address.searchParams.set('options', of.options)
  for (const [name, value] of Object.entries(encryption(of, host, env))) address.searchParams.set(name, value)
  return address.href
}

/** Certificates are where libpq looks for them. A mode that claims to verify is refused without one to verify against. */
function encryption(
  { sslmode, sslrootcert, sslcert, sslkey }: Parameters,
  host: string,
  env: NodeJS.ProcessEnv,
): Record<string, string> {
  const usual = (name: string) => {
    const file = join(env['HOME'] || homedir(), '.postgresql', name)
    return existsSync(file) ? file : undefined
  }
  // the system's authorities vouch only for names
  const mode = sslrootcert === 'system' ? 'verify-full' : (sslmode ?? 'disable')
  // a socket of this machine is never encrypted
  if (mode === 'disable' || host.startsWith('/')) return { sslmode: 'disable' }
  // if the host is an IP address, both drivers would compare the certificate with localhost
  if (mode === 'verify-full' && isIP(host)) throw new AddressError('host_by_number')
  const root = sslrootcert ?? usual('root.crt')
  if (root === undefined && mode !== 'require') throw new AddressError('no_authority', mode)
  const [cert, key] = [sslcert ?? usual('postgresql.crt'), sslkey ?? usual('postgresql.key')]
  const files = {
    ...(root !== 'system' && root && { sslrootcert: root }),
    ...(cert && key && { sslcert: cert, sslkey: key }),
  }
  for (const [name, file] of Object.entries(files))
    if (!existsSync(file)) throw new AddressError('no_file', name)
  return { sslmode: mode, ...files, uselibpqcompat: 'true' }
}

function usualHost(port: string): string {
  return SOCKETS.find((place) => existsSync(join(place, `.s.PGSQL.${port}`))) ?? 'localhost'
}

// Loaded only once there is an address: help and a mistyped flag need none.
const parser = () => createRequire(import.meta.url)('pg-connection-string') as { parse: typeof Parse }

function fromUrl(text: string): Parameters {
  const [head = '', query = ''] = text.split(/\?(.*)/s)
  if (/\/\/([^/]*@)?[^/]*,/.test(head)) throw new AddressError('several_hosts')
  let read: ReturnType<typeof Parse>
  try {
    read = parser().parse(head)
  } catch {
    throw new AddressError('form')
  }
  const { host, port, user, password } = read
  // the parser leaves escapes of reserved characters as they are
  const database = decodeURIComponent(head.split('/')[3] ?? '')
  // to libpq a plus is a plus
  const parameters = new URLSearchParams(query.replaceAll('+', '%2B'))
  if (parameters.get('ssl') === 'true') {
    parameters.delete('ssl')
    parameters.set('sslmode', 'require')
  }
  const named = known(parameters)
  const first = { host, port, user, password, dbname: database }
  for (const [name, value] of Object.entries(first)) if (value) named[name as Parameter] ??= String(value)
  return named
}

const PAIR = /\s*([a-z_]+)\s*=\s*('(?:[^'\\]|\\.)*'|(?:[^\s'\\]|\\.)*)(?=\s|$)/y

function fromPairs(text: string): Parameters {
  const pairs: [string, string][] = []
  for (PAIR.lastIndex = 0; PAIR.lastIndex < text.trimEnd().length; ) {
    const [, name = '', value = ''] = PAIR.exec(text) ?? []
    if (name === '') throw new AddressError('form')
    pairs.push([name, value.replace(/^'(.*)'$/s, '$1').replace(/\\(.)/gs, '$1')])
  }
  return known(pairs)
}

function known(pairs: Iterable<[string, string]>): Parameters {
  const read: Parameters = {}
  for (const [name, value] of pairs) {
    if (name in PARAMETERS) read[name as Parameter] = value
    else if (!WITHOUT_EFFECT.test(name)) throw new AddressError('parameter', name)
  }
  return read
}
