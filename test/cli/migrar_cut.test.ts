// `conferente migrar` whose connection is cut at any point: exit code 1 and a sentence, and the next run finishes the work.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { connect } from '../../src/db/connection.ts'
import { testDatabase } from '../helper/database.ts'
import { times } from '../helper/thorough.ts'
import { conferente } from './helper.ts'

const OURS = `datname = current_database() and application_name like 'conferente migrar%'`

interface Cut {
  /** Which connections are cut, once there is one; if not given, those that wait for what is held. */
  readonly which?: string
  /** A lock that somebody else's transaction holds meanwhile, so that the command waits there. */
  readonly held?: (database: string) => string
  readonly migrated?: boolean
  /** What the command says about what remains. */
  readonly said?: RegExp
}

const cuts: Record<string, Cut> = {
  'while it makes the roles': {
    held: (database) => `grant connect on database ${database} to public`,
    said: /parou; nada foi mudado/,
  },
  "while it makes the queue's tables": {
    held: () => 'create schema graphile_worker',
    said: /os papéis e os esquemas, e talvez parte das tabelas da fila/,
  },
  'before the first migration': {
    held: () => 'create schema graphile_migrate',
    said: /as tabelas da fila \(graphile_worker\); a migração que falhou foi desfeita/,
  },
  'in the middle of a migration': {
    which: `state = 'active' and query like '%Included%'`,
    said: /a migração que falhou foi desfeita por inteiro/,
  },
  'while it is kept for later': {
    which: `state = 'idle' and query like '%pg_advisory_unlock%' and to_regclass('audit.operacoes') is not null`,
  },
  'in its last statement': {
    held: () => 'grant usage on schema graphile_migrate to public',
    migrated: true,
    said: /Todas as migrações estão feitas/,
  },
}

for (const [when, { which, held, migrated = false, said }] of Object.entries(cuts)) {
  t.test(`a connection cut ${when}`, async (t) => {
    const { url, killer, holder } = await scene(t)
    if (migrated) t.equal((await conferente(['migrar'], { url })).code, 0)
    const logs = mkdtempSync(join(tmpdir(), 'conferente-logs-'))
    t.teardown(() => rmSync(logs, { recursive: true }))
    if (held) await holder.unsafe(`begin; ${held(new URL(url).pathname.slice(1))}`)
    const [self] = await holder`select pg_backend_pid() as pid`
    const running = started(url, { CONFERENTE_LOGS: logs })
    let cut = 0
    while (!running.over && cut === 0) {
      const rows = await killer.unsafe(
        `select pg_terminate_backend(pid) from pg_stat_activity where ${OURS} and ${which ?? `${self?.['pid']} = any (pg_blocking_pids(pid))`}`,
      )
      cut += rows.length
      await sleep(2)
    }
    if (held) await holder`rollback`
    const { code, stderr } = await running.end
    t.ok(cut > 0, 'it really was cut off')
    t.equal(code, 1)
    t.match(stderr, /erro: .*conexão/, stderr)
    if (said) t.match(stderr, said)
    const log = readdirSync(logs).map((name) => readFileSync(join(logs, name), 'utf8'))
    t.match(log.join(''), /command.failed/)
    t.notMatch(stderr + log.join(''), /at .*\.js|_events|PgPool|PostgresError/, 'nothing from the driver')
    t.equal((await conferente(['migrar'], { url })).code, 0, 'and again')
  })
}

t.test('a connection that is cut at any moment', async (t) => {
  for (let n = 0; n < times(1, { thorough: 3 }); n++) {
    const { url, killer, holder } = await scene(t)
    const moment = Math.random() * 3000
    const running = started(url)
    await sleep(moment)
    const rows = await killer.unsafe(
      `select pg_terminate_backend(pid), application_name, state, left(query, 60) as query from pg_stat_activity
       where datname = current_database() and application_name ~ '^conferente' and pid <> pg_backend_pid()
       order by random() limit 1`,
    )
    const { code, stderr } = await running.end
    const what = `${moment.toFixed(0)} ms: ${JSON.stringify(rows)} ${code} ${stderr}`
    t.ok(code === 0 || code === 1, what)
    if (code === 1) t.match(stderr, /erro: .*conexão/, what)
    t.notMatch(stderr, /at .*\.js|_events|PgPool|PostgresError/, what)
    t.equal((await conferente(['migrar'], { url })).code, 0, what)
    await Promise.all([killer.end(), holder.end()])
  }
})

async function scene(t: Test) {
  const { url } = await testDatabase(t, 'empty')
  const [killer, holder] = [
    connect(url, { max: 1, name: 'killer' }),
    connect(url, { max: 1, name: 'holder' }),
  ]
  t.teardown(() => Promise.all([killer.end({ timeout: 1 }), holder.end({ timeout: 1 })]))
  return { url, killer, holder }
}

/** The command on its way; past a minute it is killed. */
function started(url: string, env: Record<string, string> = {}) {
  const running = {
    over: false,
    end: conferente(['migrar'], { url, env, shell: (command) => `timeout -s KILL 60 ${command}` }).finally(
      () => {
        running.over = true
      },
    ),
  }
  return running
}
