// Two workers on one session, against one.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Sql } from '../../../src/db/connection.ts'
import { alternate, type Measure } from '../harness.ts'

const cli = fileURLToPath(new URL('../../../src/cli/main.ts', import.meta.url))

async function startWorker(url: string): Promise<ChildProcess> {
  const worker = spawn(process.execPath, [cli, 'trabalhar', '--simultaneos', '1'], {
    env: { ...process.env, DATABASE_URL: url, CONFERENTE_IDIOMA: 'en' },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  worker.stderr?.on('data', (chunk) => {
    said += chunk
  })
  while (!said.includes('worker ready')) {
    if (worker.exitCode !== null) throw new Error(said)
    await sleep(20)
  }
  return worker
}

/** Seconds that detection of a whole session takes with this many workers. */
async function detection(sql: Sql, url: string, workers: number): Promise<number> {
  const running = await Promise.all(Array.from({ length: workers }, () => startWorker(url)))
  try {
    const began = performance.now()
    const [asked] =
      await sql`select id from audit.solicitar_processamento('manual', '1990-01-01', '2100-12-31')`
    for (;;) {
      const [session] = await sql`
        select status, mensagem from audit.sessoes_processamento where id = ${asked?.['id'] as bigint}`
      if (session?.['status'] === 'concluida') return (performance.now() - began) / 1000
      if (!['agendada', 'em_andamento'].includes(session?.['status'])) throw new Error(session?.['mensagem'])
      await sleep(50)
    }
  } finally {
    for (const worker of running) worker.kill('SIGTERM')
    await Promise.all(running.map((worker) => worker.exitCode ?? once(worker, 'exit')))
  }
}

/** Sets whether the database's next connections do without parallel query. */
async function eachProcessAlone(sql: Sql, alone: boolean): Promise<void> {
  const [database] = await sql<{ name: string }[]>`select quote_ident(current_database()) as name`
  await sql.unsafe(
    `alter database ${database?.name} ${alone ? 'set max_parallel_workers_per_gather = 0' : 'reset max_parallel_workers_per_gather'}`,
  )
}

export const workers: Measure = {
  name: 'workers',
  async run({ sql, url, runs, rows }) {
    // The first run records what the others find again.
    await detection(sql, url, 2)
    const measured = () =>
      alternate(runs, {
        floor: () => detection(sql, url, 2),
        ours: () => detection(sql, url, 1),
      })
    const bar = { floor: 'by two workers', unit: 's', bar: 1.6, atLeast: true } as const
    const usual = await measured()
    await eachProcessAlone(sql, true)
    // Later measures need parallel query again, whatever happens here.
    const alone = await measured().finally(() => eachProcessAlone(sql, false))
    return [
      {
        name: 'workers',
        work: `detection of all rules over ${rows} rows by one worker`,
        ...usual,
        ...bar,
        why: 'one worker alone has both cores too, by parallel query; preparing a rule is not divided, and each part reads the history that it needs',
      },
      {
        name: 'workers_not_parallel',
        work: 'the same where the server has no parallel query',
        ...alone,
        ...bar,
        why: 'preparing a rule is not divided, and each part reads the history that it needs',
      },
    ]
  },
}
