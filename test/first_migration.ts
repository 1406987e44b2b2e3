// Until the first release there is one migration, made of sql/ as it is: `npm run first-migration` writes it again. A new file goes
// behind the last of its folder; if it must come earlier, move its two lines by hand and run this once more.
import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { includedFiles, ROOT, read, sqlFiles } from './helper/files.ts'

// Where Citus is, everything of ours stays on the coordinator; audit_interno.preparar_nos brings the nodes what they call.
const OPENING = 'set local role conferente_dono;\nset local citus.enable_ddl_propagation = off;'
const PATH = 'migrations/committed/000001-conferente.sql'

/** Rewrites the first migration from the files of sql/, in its present order. */
export function writeFirstMigration(): void {
  const files = sqlFiles().filter((path) => !path.startsWith('papeis/'))
  const order = includedFiles().filter((path) => files.includes(path))
  for (const path of files.filter((file) => !order.includes(file))) {
    const neighbour = order.findLastIndex((other) => dirname(other) === dirname(path))
    order.splice(neighbour < 0 ? order.length : neighbour + 1, 0, path)
  }
  // What applies to everything else comes last, whenever it was written.
  order.sort((a, b) => Number(a.startsWith('instalacao/')) - Number(b.startsWith('instalacao/')))
  const blocks = order.map(
    (path) => `--! Included ${path}\n${read(`sql/${path}`).trim()}\n--! EndIncluded ${path}`,
  )
  const body = [OPENING, ...blocks, 'reset role;'].join('\n\n')
  // as graphile-migrate hashes a first migration
  const hash = createHash('sha1').update(`${body.trim()}\n`).digest('hex')
  writeFileSync(
    join(ROOT, PATH),
    `--! Previous: -\n--! Hash: sha1:${hash}\n--! Message: conferente\n\n${body}\n`,
  )
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFirstMigration()
