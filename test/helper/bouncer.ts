// Debian's PgBouncer in front of the test server.
import { spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect as dial } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Test } from 'tap'
import { freePort } from './port.ts'
import { exited } from './work.ts'

const PROGRAM = '/usr/sbin/pgbouncer'
/** Why a test is skipped where there is no PgBouncer: `apt-get install pgbouncer`. */
export const WITHOUT_BOUNCER = existsSync(PROGRAM) ? false : `no ${PROGRAM}`

/** PgBouncer does not run as root. */
const NOBODY = 65_534

/** The same database through its own PgBouncer, set up like Debian's except for the mode and the size of its pools. */
export async function bouncer(
  t: Pick<Test, 'teardown'>,
  url: string,
  mode: 'session' | 'transaction' | 'statement',
  { size = 20 } = {},
): Promise<string> {
  const server = new URL(url)
  const port = await freePort()
  const place = mkdtempSync(join(tmpdir(), 'conferente-pgbouncer-'))
  chmodSync(place, 0o755)
  const settings = join(place, 'pgbouncer.ini')
  // lets everybody in under the name they give; the server checks the password
  const passwords = {
    [server.username]: server.password,
    trabalhador: 'teste',
    api: 'teste',
    olivia: 'teste',
  }
  writeFileSync(
    join(place, 'users.txt'),
    Object.entries(passwords)
      .map(([name, password]) => `"${name}" "${decodeURIComponent(password)}"\n`)
      .join(''),
  )
  writeFileSync(
    settings,
    `[databases]
* = host=${server.hostname} port=${server.port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = trust
auth_file = ${join(place, 'users.txt')}
pool_mode = ${mode}
default_pool_size = ${size}
max_client_conn = 500
`,
  )
  const { uid } = userInfo()
  const child = spawn(PROGRAM, ['-q', settings], {
    stdio: ['ignore', 'ignore', 'inherit'],
    ...(uid === 0 && { uid: NOBODY, gid: NOBODY }),
  })
  t.teardown(async () => {
    child.kill('SIGKILL')
    await exited(child)
    rmSync(place, { recursive: true })
  })
  for (const deadline = Date.now() + 60_000; !(await answers(port)); await sleep(20))
    if (Date.now() > deadline || child.exitCode !== null) throw new Error('PgBouncer does not start')
  server.hostname = '127.0.0.1'
  server.port = String(port)
  return server.href
}

const answers = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = dial(port, '127.0.0.1', () => {
      socket.destroy()
      resolve(true)
    }).once('error', () => resolve(false))
  })
