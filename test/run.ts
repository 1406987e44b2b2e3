// Brings up a throw-away server, prepares the template database, runs tap. Arguments go to tap: `npm test -- test/sql/x.test.ts`.
// CONFERENTE_TESTE_URL names a superuser of another server to use instead (CI runs everything again on PostgreSQL 15).
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openEmbedded } from '../src/embedded.ts'
import { prepare } from './helper/servidor.ts'

// A fresh install has tap with its default plugins; the one for TypeScript cannot load TypeScript 7, and Node needs it not.
const built = readFileSync(
  new URL('../node_modules/@tapjs/test/test-built/dist/esm/index.js', import.meta.url),
  'utf8',
)
if (built.includes('@tapjs/typescript')) spawnSync('tap', ['build'], { stdio: 'inherit' })

const given = process.env['CONFERENTE_TESTE_URL']
const server = given
  ? undefined
  : await openEmbedded(
      { dataDir: mkdtempSync(join(tmpdir(), 'conferente-teste-')) },
      { temporary: true, settings: { fsync: 'off', full_page_writes: 'off', max_connections: '100' } },
    )
const url = given ?? (server as NonNullable<typeof server>).url
try {
  await prepare(url)
  const { status } = spawnSync('tap', ['run', ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: { ...process.env, CONFERENTE_TESTE_URL: url },
  })
  process.exitCode = status ?? 1
} finally {
  await server?.release()
}
