// Shared by the worker's tests: a warehouse whose rules take as long as they are told, and workers to run.
import { type ChildProcess, spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Test } from 'tap'
import type { Row, Sql } from '../../src/db/connection.ts'
import { startWorker, type Worker, type WorkOptions } from '../../src/worker/worker.ts'
import { type TestDatabase, testDatabase } from './database.ts'
import { ROOT } from './files.ts'
import { PASSWORD } from './server.ts'

export interface Workshop extends TestDatabase {
  /** URL of a login that may become conferente_dono, as a worker's must, and nothing more. */
  readonly workerUrl: string
  /** Seconds that each run of a rule takes from now on. */
  slowDown(seconds: number): Promise<unknown>
  /** Asks for a session as the operator would. */
  requestSession(...rules: string[]): Promise<bigint>
  session(id: bigint): Promise<Row>
}

/** Twenty wrong entries, and two rules that find them, `uma` and `outra`. */
export async function workshop(t: Test): Promise<Workshop> {
  const base = await testDatabase(t)
  const { sql } = base
  // a schema for each, because a function beside another changes the hash of its code
  const rule = (name: string) => `
    create schema regra_${name};
    create function regra_${name}.regra_${name}(janela audit.janela) returns setof audit.achado language plpgsql stable
    set search_path = pg_catalog, pg_temp as $$
    begin
      perform pg_sleep(d.segundos) from dw.demora d where janela.chaves is null;
      return query select 'dw.${name}', c.id::text, '{"situacao": "certa"}'::jsonb, 1.0, '{}'::jsonb, 'está errada', 1.0
        from dw.${name} c where c.situacao = 'errada'
          and (janela.chaves is null or c.id = any (audit_interno.chaves_como(janela.chaves, null::bigint)));
    end $$;
    create table dw.${name} (id bigint primary key, situacao text not null);
    -- the last is known to the ledger, or auto would not write it
    insert into dw.${name} select n, case when n > 20 then 'certa' else 'errada' end from generate_series(1, 21) as n;
    grant select on dw.${name} to conferente_regra, conferente_escrita; grant update on dw.${name} to conferente_escrita;
    grant usage on schema regra_${name} to conferente_regra;
    grant execute on function regra_${name}.regra_${name}(audit.janela) to conferente_regra;
    select audit.registrar_regra('${name}', 'erradas', 'regra_${name}.regra_${name}', 'dw.${name}', 'id', array['situacao'], concessao_correcoes => 1000000, concessao_valor => 1e12);`
  await sql.unsafe(`
    do $$ begin
      create role trabalhador login password '${PASSWORD}';
    exception when duplicate_object or unique_violation then null;
    end $$;
    grant conferente_dono to trabalhador;
    create schema dw;
    grant usage on schema dw to conferente_regra, conferente_escrita;
    create table dw.demora (segundos float8 not null);
    insert into dw.demora values (0);
    -- or the schedule that ships would be due, where seven in São Paulo lies between the template and this
    set role conferente_dono;
    update audit.configuracoes_sistema set alterada_em = clock_timestamp() where chave like 'agenda.%';
    reset role;
    grant select on dw.demora to conferente_regra, conferente_escrita;
    ${rule('uma')} ${rule('outra')}
    select audit.alterar_configuracao('limites.fracao', '1', 'tudo está errado');
    set role conferente_dono; update audit.regras set ativa = nome in ('uma', 'outra'); reset role`)
  const address = new URL(base.url)
  address.username = 'trabalhador'
  address.password = PASSWORD
  const olivia = base.connectAs('olivia')
  return {
    ...base,
    workerUrl: address.href,
    slowDown: (seconds) => sql`update dw.demora set segundos = ${seconds}`,
    requestSession: async (...rules) => {
      const [row] = await olivia`
        select id from audit.solicitar_processamento('auto', regras => ${rules.length > 0 ? rules : null}::text[])`
      return row?.['id'] as bigint
    },
    session: async (id) =>
      (
        await sql`
        select s.*, (select count(*)::int from graphile_worker.jobs j where j.key = 'processar_sessao:' || s.id) as na_fila,
          (select count(*)::int from graphile_worker.jobs j where j.key = 'processar_sessao:' || s.id and j.locked_at is not null) as presa,
          (select count(*)::int from audit.operacoes o where o.sessao_id = s.id and o.tipo = 'deteccao') as deteccoes
        from audit.sessoes_processamento s where s.id = ${id}`
      )[0] as Row,
  }
}

/** A worker in this process, stopped when the test ends. */
export async function launchWorker(
  t: Test,
  url: string,
  options: WorkOptions = {},
): Promise<Worker & { said: string[]; ticks(): number }> {
  const said: string[] = []
  let ticks = 0
  const worker = await startWorker(
    url,
    {
      watch: () => ({}),
      ticked: () => {
        ticks++
      },
      scheduled: (entry) => said.push(`scheduled ${entry['sessao_id']}`),
      released: () => said.push('released'),
      jobFailed: (_, error) => said.push(`failed: ${error.message}`),
      trouble: (message) => said.push(message),
    },
    { tick: 300, grace: '1 second', ...options },
  )
  t.teardown(() => worker.stop())
  return { ...worker, said, ticks: () => ticks }
}

/** `conferente trabalhar` in a separate process, once it says that it is ready. */
export async function startProcess(
  t: Test,
  url: string,
  ...given: (string | Record<string, string>)[]
): Promise<ChildProcess & { said: () => string }> {
  const args = given.filter((word) => typeof word === 'string')
  const more = given.filter((word) => typeof word === 'object')
  const child = spawn(process.execPath, ['src/cli/main.ts', 'trabalhar', ...args], {
    cwd: ROOT,
    env: Object.assign({ ...process.env, DATABASE_URL: url, CONFERENTE_IDIOMA: 'en' }, ...more),
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let text = ''
  child.stderr?.on('data', (chunk) => {
    text += chunk
  })
  t.teardown(() => child.kill('SIGKILL'))
  await until(
    () => text.includes('worker ready') || (child.exitCode !== null && Promise.reject(new Error(text))),
  )
  return Object.assign(child, { said: () => text })
}

/** Waits until each of these workers has checked the schedule twice from now on: one check may have begun before. */
export async function haveLooked(workers: readonly { ticks(): number }[]): Promise<void> {
  const before = workers.map((worker) => worker.ticks())
  await until(() => workers.every((worker, i) => worker.ticks() >= (before[i] ?? 0) + 2))
}

export async function exited(child: ChildProcess): Promise<number | null> {
  await until(() => child.exitCode !== null || child.signalCode !== null, 60_000)
  return child.exitCode
}

export async function until(
  reached: () => boolean | undefined | Promise<boolean | undefined>,
  milliseconds = 120_000,
): Promise<void> {
  for (const deadline = Date.now() + milliseconds; Date.now() < deadline; await sleep(30)) {
    if (await reached()) return
  }
  throw new Error('waited in vain')
}

export const underWay = (sql: Sql, id: bigint) =>
  until(async () => {
    const [row] = await sql`
      select from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'
        and audit_interno.possuida(${`sessao ${id}`})`
    return row !== undefined
  })
