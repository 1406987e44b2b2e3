// What people would write instead of ours, each in a file of its own below peers/.
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Sql } from '../../src/db/connection.ts'

const place = (file: string) => new URL(`peers/${file}`, import.meta.url)

/** Runs the statements of a peer and gives their rows. */
export const peer = (sql: Sql, name: string) => sql.unsafe(readFileSync(place(`${name}.sql`), 'utf8'))

const run = promisify(execFile)
/** Debian's, which has Debian's packages. */
const PYTHON = '/usr/bin/python3'

/** Why the peer in Python cannot run here, if it cannot. */
export const whyNoPython = (): Promise<string | undefined> =>
  run(PYTHON, ['-c', 'import sklearn, psycopg2']).then(
    () => undefined,
    () => "no peer: it needs Debian's python3-sklearn and python3-psycopg2",
  )

/** Runs a peer in Python on a database; resolves to what it prints. */
export async function pythonPeer(name: string, url: string): Promise<string> {
  const { stdout } = await run(PYTHON, [fileURLToPath(place(`${name}.py`)), url])
  return stdout.trim()
}
