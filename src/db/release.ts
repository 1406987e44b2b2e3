import { readdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

const COMMITTED = fileURLToPath(new URL('../../migrations/committed', import.meta.url))

/** Migrations of this release under the names in the database: 000001.sql for 000001-espinha.sql. */
export async function releaseMigrations(): Promise<string[]> {
  const files = await readdir(COMMITTED).catch(() => [])
  return files
    .flatMap((name) => /^(\d+)(?:-.*)?\.sql$/.exec(name)?.[1] ?? [])
    .map((number) => `${number}.sql`)
    .sort()
}
