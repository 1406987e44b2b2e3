// `conferente migrar` whose connection is cut, wherever it is: exit code 1 and a sentence, and the next run finishes the work.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { connect } from '../../src/db/connection.ts'
import { banco } from '../helper/banco.ts'
import { conferente } from './helper.ts'

for (const [when, which] of [
  ['in the middle of a migration', `state = 'active' and query like '%Included%'`],
  [
    'while it is kept for later',
    `state = 'idle' and query like '%pg_advisory_unlock%' and to_regclass('audit.operacoes') is not null`,
  ],
] as const) {
  t.test(`a connection cut ${when}`, async (t) => {
    const { url } = await banco(t, { migrado: false })
    const killer = connect(url, { max: 1 })
    t.teardown(() => killer.end())
    const logs = mkdtempSync(join(tmpdir(), 'conferente-logs-'))
    t.teardown(() => rmSync(logs, { recursive: true }))
    let over = false
    const ran = conferente(['migrar'], {
      url,
      env: { CONFERENTE_LOGS: logs },
      shell: (command) => `timeout 60 ${command}`,
    }).finally(() => {
      over = true
    })
    let cut = 0
    while (!over && cut === 0) {
      const rows = await killer.unsafe(`select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and application_name like 'conferente migrar%' and ${which}`)
      cut += rows.length
      await sleep(2)
    }
    const { code, stderr } = await ran
    t.ok(cut > 0, 'it was really cut')
    t.equal(code, 1)
    t.match(stderr, /erro: .*conexão/, stderr)
    const log = readdirSync(logs).map((name) => readFileSync(join(logs, name), 'utf8'))
    t.match(log.join(''), /command.failed/)
    t.notMatch(stderr + log.join(''), /at .*\.js|_events|PgPool|PostgresError/, 'nothing of the driver')
    t.equal((await conferente(['migrar'], { url })).code, 0, 'and once more')
  })
}
