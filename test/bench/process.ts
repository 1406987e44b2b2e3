import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const child = fileURLToPath(new URL('child.ts', import.meta.url))

/** Does work of child.ts; resolves to the greatest resident size in MB. */
export async function inChild(...args: string[]): Promise<number> {
  const { stdout } = await run(process.execPath, [child, ...args])
  return Number(stdout)
}

/** psql with the password out of the command line. */
export async function psql(url: string, command: string): Promise<void> {
  const address = new URL(url)
  const PGPASSWORD = decodeURIComponent(address.password)
  address.password = ''
  await run('psql', ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', address.href, '-c', command], {
    env: { ...process.env, PGPASSWORD },
  })
}
