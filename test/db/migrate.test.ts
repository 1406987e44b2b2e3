// Who may install: on a server that has none of our roles yet, which the shared one always has.
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { test } from 'tap'
import { connect } from '../../src/db/connection.ts'
import { migrate } from '../../src/db/migrate.ts'
import { openEmbedded } from '../../src/embedded/embedded.ts'
import { databaseUrl } from '../helper/servidor.ts'

test("the database's owner with createrole installs, and may do so again", async (t) => {
  const server = await openEmbedded(
    { dataDir: mkdtempSync(join(tmpdir(), 'conferente-migrar-')) },
    { temporary: true, settings: { fsync: 'off' } },
  )
  t.teardown(() => server.release())
  const admin = connect(server.url, { max: 1 })
  await admin.unsafe(`create role dona login createrole password 'x'`)
  await admin.unsafe('create database armazem owner dona')
  const url = new URL(databaseUrl(server.url, 'armazem'))
  url.username = 'dona'
  url.password = 'x'
  await migrate(url.href)
  await migrate(url.href)
  const sql = connect(url.href, { max: 1 })
  t.match(await sql`select count(*)::int as regras from audit.regras`, [{ regras: 3 }])
  await sql.end()
  // graphile-migrate ends the process when a connection that it still keeps is cut
  for (let busy = 1; busy > 0; await sleep(50)) {
    const rows = await admin`select from pg_stat_activity where datname = 'armazem'`
    busy = rows.length
  }
  await admin.end()
})
