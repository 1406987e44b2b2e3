// Where the warehouse is: what psql takes, both drivers take, and what they cannot honour is refused by name.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, connect as dial, type Server } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { makeWorkerUtils } from 'graphile-worker'
import t, { type Test } from 'tap'
import { cancelRunning } from '../../src/db/cancel.ts'
import { connect, type Sql } from '../../src/db/connection.ts'
import { whoAnswers } from '../../src/db/pooling.ts'
import { AddressError, readAddress } from '../../src/settings/address.ts'
import { readSettings, type SettingsError } from '../../src/settings/settings.ts'
import { conferente } from '../cli/helper.ts'
import { CERT, KEY, OTHER_CERT, OTHER_KEY } from '../helper/certificate.ts'
import { throwAwayServer } from '../helper/throwaway.ts'

const server = await throwAwayServer()
const { port, username, password } = new URL(server.url)
const dir = mkdtempSync(join(tmpdir(), 'conferente-'))
const files = { here: join(dir, 'here.crt'), other: join(dir, 'other.crt') }
writeFileSync(files.here, CERT)
writeFileSync(files.other, OTHER_CERT)
const admin = connect(server.url, { max: 1 })
const doors: Server[] = []
t.teardown(async () => {
  for (const door of doors) door.close()
  await admin.end({ timeout: 1 })
  await server.release()
  rmSync(dir, { recursive: true })
})

const PERSON = 'José da "Silva"'
const WORD = `p@ss:/?#[]%+ é'\\`
await admin.unsafe(`create role "${PERSON.replaceAll('"', '""')}" login superuser`)
await admin.unsafe(
  `do $$ begin execute format('alter role %I password %L', '${PERSON}', $w$${WORD}$w$); end $$`,
)
await admin.unsafe(`create database "armazém @um+"`)

/** Another way in to the same server. */
async function door(t: Test, address: { path: string } | { host: string; port: number }) {
  const way = createServer((near) => {
    const far = dial(Number(port), '127.0.0.1')
    near.pipe(far).pipe(near)
    for (const end of [near, far]) end.on('error', () => {})
  })
  await new Promise<void>((resolve, reject) => way.once('error', reject).listen(address, resolve))
  doors.push(way)
  t.teardown(() => way.close())
  return way.address()
}

/** Whether the protocol's own request cancels what runs there. */
async function cancelled(sql: Sql): Promise<boolean> {
  const { key } = await whoAnswers(sql)
  const asleep = sql`select pg_sleep(60)`.then(
    () => false,
    ({ code }) => code === '57014',
  )
  for (;;) {
    await cancelRunning(sql, key)
    const over = await Promise.race([asleep, sleep(50)]) // it may arrive before the query
    if (over !== undefined) return over
  }
}

/** User and server as each of the two drivers sees them. */
async function both(address: string): Promise<string[]> {
  const ask = `select concat_ws(' ', session_user, current_database(), current_setting('work_mem')) as said`
  const said: string[] = []
  const sql = connect(address, { max: 1 })
  try {
    said.push((await sql.unsafe(ask))[0]?.['said'])
    if (!(await cancelled(sql))) said.push('not cancelled')
  } finally {
    await sql.end({ timeout: 1 })
  }
  const utils = await makeWorkerUtils({ connectionString: address })
  try {
    said.push((await utils.withPgClient((client) => client.query(ask))).rows[0]?.['said'])
  } finally {
    await utils.release()
  }
  return said
}
const encoded = (text: string) => encodeURIComponent(text)
const who = `${encoded(PERSON)}:${encoded(WORD)}`

t.test('both drivers accept every way of writing the address', async (t) => {
  const at = 54_321
  await door(t, { path: join(dir, `.s.PGSQL.${at}`) })
  const v6 = (await door(t, { host: '::1', port: 0 }).catch(() => undefined)) as { port: number } | undefined
  const quoted = (text: string) => `'${text.replace(/['\\]/g, '\\$&')}'`
  const written: Record<string, [address: string, env?: NodeJS.ProcessEnv]> = {
    'a URL': [`postgres://${who}@127.0.0.1:${port}/${encoded('armazém @um+')}`],
    'a URL by the longer name': [`postgresql://${who}@localhost:${port}/armazém%20%40um%2B`],
    'a socket as a parameter': [`postgres://${who}@/armazém%20%40um%2B?host=${dir}&port=${at}`],
    'a socket as the host': [`postgres://${who}@${encoded(dir)}:${at}/armazém%20%40um%2B`],
    'a socket as libpq writes its own strings': [
      `host=${dir} port=${at} dbname='armazém @um+' user=${quoted(PERSON)} password = ${quoted(WORD)}`,
    ],
    'a socket of the environment': [
      'postgres:///armazém%20%40um%2B',
      { PGHOST: dir, PGPORT: String(at), PGUSER: PERSON, PGPASSWORD: WORD },
    ],
    'all of it as parameters': [
      `postgres://?host=127.0.0.1&port=${port}&dbname=${encoded('armazém @um+')}&user=${encoded(PERSON)}&password=${encoded(WORD)}`,
    ],
    'what changes nothing here': [
      `postgres://${who}@127.0.0.1:${port}/armazém%20%40um%2B?gssencmode=disable&channel_binding=prefer&keepalives=1&keepalives_idle=30&connect_timeout=5&application_name=x&client_encoding=UTF8&target_session_attrs=any&sslmode=disable`,
    ],
    ...(v6 && { 'an IPv6 address': [`postgres://${who}@[::1]:${v6.port}/armazém%20%40um%2B`] }),
  }
  for (const [what, [address, env = {}]] of Object.entries(written))
    t.same(await both(readAddress(address, env)), Array(2).fill(`${PERSON} armazém @um+ 16MB`), what)
})

t.test('startup options are passed on, or else those of the environment', async (t) => {
  const address = `postgres://${who}@127.0.0.1:${port}/armazém%20%40um%2B`
  const given = readAddress(`${address}?options=${encoded('-c work_mem=3MB')}`, {
    PGOPTIONS: '-c work_mem=5MB',
  })
  t.same(await both(given), Array(2).fill(`${PERSON} armazém @um+ 3MB`))
  const environment = readAddress(address, { PGOPTIONS: '-c work_mem=5MB' })
  t.same(await both(environment), Array(2).fill(`${PERSON} armazém @um+ 5MB`))
})

t.test("defaults are libpq's: the system user, and a database of that name", (t) => {
  const read = new URL(readAddress('postgres://armazem.exemplo', {}))
  t.equal(decodeURIComponent(read.username), userInfo().username)
  t.equal(read.pathname, `/${encoded(userInfo().username)}`)
  t.equal(read.port, '5432')
  t.end()
})

t.test('options that no driver supports are refused by name', (t) => {
  const refused: [address: string, fault: string, ...values: string[]][] = [
    ['postgres://um,dois/dw', 'several_hosts'],
    ['postgres://um:5432,dois:5433/dw', 'several_hosts'],
    ['postgres:///dw?host=um,dois', 'several_hosts'],
    ['postgres://h/dw?channel_binding=require', 'value', 'channel_binding', 'require', 'prefer, disable'],
    ['postgres://h/dw?gssencmode=require', 'value', 'gssencmode', 'require'],
    [
      'postgres://h/dw?sslmode=prefer',
      'value',
      'sslmode',
      'prefer',
      'disable, require, verify-ca, verify-full',
    ],
    ['postgres://h/dw?client_encoding=LATIN1', 'value', 'client_encoding', 'LATIN1'],
    ['postgres://h/dw?target_session_attrs=read-write', 'value', 'target_session_attrs', 'read-write', 'any'],
    ['postgres://h/dw?krbsrvname=x', 'parameter', 'krbsrvname'],
    ['postgres://h/dw?statement_timeout=1', 'parameter', 'statement_timeout'],
    [`postgres://h/dw?sslmode=verify-full&sslrootcert=${dir}/none.crt`, 'no_file', 'sslrootcert'],
    [`postgres://127.0.0.1/dw?sslmode=verify-full&sslrootcert=${files.here}`, 'host_by_number'],
    ['postgres://h:port/dw', 'form'],
    ['postgres://h/dw?port=1,2', 'port'],
    ['postgres://h/dw%2Fum', 'database_name'],
    ['host=h dbname', 'form'],
    ['mysql://h/dw', 'form'],
  ]
  const refusal = (address: string, env: NodeJS.ProcessEnv = {}) => {
    try {
      return readAddress(address, env)
    } catch (error) {
      if (!(error instanceof AddressError)) throw error
      return [error.fault, ...error.values]
    }
  }
  for (const [address, ...fault] of refused) t.match(refusal(address), fault, address)
  t.same(refusal('postgres://h/dw?sslmode=verify-full', { HOME: dir }), ['no_authority', 'verify-full'])
  t.match(refusal('postgres://h/dw', { PGSSLMODE: 'prefer' }), ['value', 'sslmode', 'prefer'])
  t.match(refusal('postgres://h/dw', { PGCLIENTENCODING: 'LATIN1' }), ['value', 'client_encoding', 'LATIN1'])
  for (const [variable, value] of Object.entries({
    PGSERVICE: 'dw',
    PGHOSTADDR: '10.0.0.1',
    PGREQUIRESSL: '1',
    PGREQUIREAUTH: 'scram-sha-256',
    PGSSLCRL: files.here,
    PGSSLMINPROTOCOLVERSION: 'TLSv1.3',
  }))
    t.match(refusal('postgres://h/dw', { [variable]: value }), ['variable', variable])
  t.end()
})

t.test('a refusal is said whole in the language of the command line', async (t) => {
  const said = async (url: string, language: 'pt-BR' | 'en') =>
    (await conferente(['sessoes'], { url, language })).stderr
  t.match(
    await said('postgres://h/dw?sslmode=prefer', 'pt-BR'),
    'DATABASE_URL: sslmode=prefer não é aceito; valores possíveis: disable, require, verify-ca, verify-full',
  )
  t.match(
    await said('postgres://um,dois/dw', 'pt-BR'),
    'DATABASE_URL: informe um servidor só; vários não são aceitos',
  )
  t.match(await said('postgres://um,dois/dw', 'en'), 'DATABASE_URL: name one host; several are not supported')
})

t.test('a server named in the environment is the warehouse; without one it is the embedded server', (t) => {
  t.equal(readSettings({}).databaseUrl, undefined)
  t.equal(readSettings({ PGPORT: '5433' }).databaseUrl, undefined)
  t.match(readSettings({ PGHOST: 'h', PGDATABASE: 'dw', PGUSER: 'u' }).databaseUrl, 'postgres://u@h:5432/dw')
  const problems = (env: NodeJS.ProcessEnv) => {
    try {
      return readSettings(env).databaseUrl
    } catch (error) {
      return (error as SettingsError).problems
    }
  }
  t.match(problems({ PGHOST: 'um,dois' }), [{ key: 'PGHOST', fault: 'several_hosts' }])
  for (const variable of ['PGSERVICE', 'PGHOSTADDR'])
    t.match(problems({ [variable]: 'x' }), [{ fault: 'variable', values: [variable] }])
  t.end()
})

t.test(
  'on the command line the address works, or the error says what is wrong, without secrets',
  async (t) => {
    const right = await conferente(['sessoes'], {
      url: `postgres://${who}@localhost:${port}/armazém%20%40um%2B`,
    })
    t.match(right.stderr, /conferente migrar/, 'it got there: the schema is missing')
    const wrong = await conferente(['sessoes'], {
      url: `postgres://${who}@localhost:${port}/dw?channel_binding=require`,
    })
    t.equal(wrong.code, 2)
    t.match(wrong.stderr, /DATABASE_URL.*channel_binding/)
    t.notMatch(wrong.stderr, WORD)
    t.notMatch(wrong.stderr, encoded(WORD))
  },
)

t.test('sslmode means what it means to psql', async (t) => {
  const serve = async (cert: string, key: string) => {
    for (const [name, text] of Object.entries({ 'server.crt': cert, 'server.key': key }))
      await admin.unsafe(
        `copy (select unnest(string_to_array('${text}', e'\\n'))) to program 'umask 077 && cat > ${name}'`,
      )
    await admin.unsafe('alter system set ssl = on')
    await admin`select pg_reload_conf()`
  }
  const address = (host: string, query: string, env: NodeJS.ProcessEnv = {}) =>
    readAddress(`postgres://${username}:${password}@${host}:${port}/postgres?${query}`, { HOME: dir, ...env })
  const encrypted = async (given: string) => {
    const ask = 'select ssl from pg_stat_ssl where pid = pg_backend_pid()'
    const sql = connect(given, { max: 1 })
    const byPostgres = await sql.unsafe(ask).then(
      async ([row]) => ((await cancelled(sql)) ? row?.['ssl'] : 'not cancelled'),
      () => 'refused',
    )
    await sql.end({ timeout: 1 })
    const byPg = await makeWorkerUtils({ connectionString: given }).then(
      async (utils) => {
        const { rows } = await utils.withPgClient((client) => client.query(ask))
        await utils.release()
        return rows[0]?.ssl
      },
      () => 'refused',
    )
    return [byPostgres, byPg]
  }
  const is = async (expected: boolean | 'refused', given: string, what: string) =>
    t.same(await encrypted(given), [expected, expected], what)

  await is('refused', address('localhost', 'sslmode=require'), 'required of a server without')
  await serve(CERT, KEY)
  await is(false, address('localhost', 'sslmode=disable'), 'switched off')
  await is(true, address('localhost', 'sslmode=require'), 'required, whatever the signer')
  await is(true, address('localhost', '', { PGSSLMODE: 'require' }), 'required by the environment')
  await is(
    true,
    address('localhost', `sslmode=require&sslrootcert=${files.here}`),
    'required, of this authority',
  )
  await is(
    'refused',
    address('localhost', `sslmode=require&sslrootcert=${files.other}`),
    'of another authority',
  )
  await is(true, address('127.0.0.1', `sslmode=verify-ca&sslrootcert=${files.here}`), 'verify-ca')
  await is(
    'refused',
    address('127.0.0.1', `sslmode=verify-ca&sslrootcert=${files.other}`),
    'verify-ca, another',
  )
  await is(true, address('localhost', `sslmode=verify-full&sslrootcert=${files.here}`), 'verify-full')
  await is('refused', address('localhost', 'sslrootcert=system'), 'no authority of the system signed it')
  await serve(OTHER_CERT, OTHER_KEY)
  await is(
    true,
    address('localhost', `sslmode=verify-ca&sslrootcert=${files.other}`),
    'verify-ca, another name',
  )
  await is(
    'refused',
    address('localhost', `sslmode=verify-full&sslrootcert=${files.other}`),
    'verify-full, another name',
  )
})
