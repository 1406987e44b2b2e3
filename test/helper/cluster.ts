// A server with nodes of Citus: every database of the tests is made on all of them, and dw.lancamentos is distributed as soon as a test
// creates it. CONTRIBUTING.md says how to run the tests there. On any other server none of this happens.
import { connect, type Sql } from '../../src/db/connection.ts'

/** The servers on which databases are made: the one given, and its nodes as `findNodes` found them. */
export const serversOf = (serverUrl: string): string[] => [
  serverUrl,
  ...(process.env['CONFERENTE_TESTE_NOS'] ?? '').split(' ').filter(Boolean),
]

/** Whether databases are made on nodes as well. */
export const onCluster = (): boolean => serversOf('').length > 1

/** For `skip`: why a test cannot hold on a cluster. Elsewhere it runs. */
export const onCitus = (why: string): string | false => onCluster() && `not on Citus: ${why}`

/** What `npm test` runs on a cluster when no file is named. */
export const ON_CLUSTER = [
  'alike',
  'correction',
  'correction_batches',
  'decision',
  'group',
  'history',
  'late_load',
  'life_cycle',
  'no_row',
  'parts',
  'periods',
  'rollback',
  'session',
  'session_guards',
  'summary',
  'superseded',
  'threshold',
  'two_people',
  'undo',
  'undone_then_written',
  'unknown_values',
  'rules/documents',
  'rules/notas_fiscais',
  'rules/pendente_verificacao',
  'rules/shared_documents',
  'rules/trade_marketing',
  'rules/validacao_valores',
  'rules/withholdings',
  'seal/seal',
  'seal/tampered',
].map((name) => `test/sql/${name}.test.ts`)

/** Finds the nodes that the server knows in the database of the address. Test files learn them from CONFERENTE_TESTE_NOS. */
export async function findNodes(serverUrl: string): Promise<void> {
  const sql = connect(serverUrl, { max: 1 })
  try {
    const [citus] = await sql`select from pg_extension where extname = 'citus'`
    const nodes = citus
      ? await sql`select nodename, nodeport from pg_dist_node where groupid > 0 order by nodeid`
      : []
    const urls = nodes.map(({ nodename, nodeport }) =>
      Object.assign(new URL(serverUrl), { hostname: nodename, port: nodeport }),
    )
    process.env['CONFERENTE_TESTE_NOS'] = urls.join(' ')
  } finally {
    await sql.end()
  }
}

/** Makes new databases, one on each server, into a cluster. The first is the coordinator's. */
export async function joinNodes([coordinator, ...nodes]: readonly string[]): Promise<void> {
  for (const url of [...nodes, coordinator as string]) {
    const sql = connect(url, { max: 1 })
    try {
      await sql`create extension citus`
      if (url !== coordinator) continue
      const { hostname, port } = new URL(url)
      await sql`select citus_set_coordinator_host(${hostname}, ${port}::text::int)`
      for (const node of nodes.map((n) => new URL(n)))
        await sql`select citus_add_node(${node.hostname}, ${node.port}::text::int)`
      // what docs/scale.md asks of a DBA
      for (const role of ['conferente_dono', 'conferente_regra', 'conferente_escrita'])
        await sql.unsafe(`do $$ begin if to_regrole('${role}') is null then create role ${role}; end if; end $$;
          alter role ${role} login`)
      await sql`alter role conferente_escrita set timezone = 'America/Sao_Paulo'`
    } finally {
      await sql.end()
    }
  }
}

/**
 * From here on the table of the contract is distributed, whichever test creates it: at the end of the transaction, because Citus passes on
 * some statements as the whole script in which they stand.
 */
export const DISTRIBUTE = `
  create table public.criada (tabela regclass);
  create function public.anotar() returns event_trigger language plpgsql as $$
  begin
    if exists (select from pg_event_trigger_ddl_commands() d where d.object_type = 'table' and d.object_identity = 'dw.lancamentos') then
      insert into public.criada values ('dw.lancamentos');
    end if;
  end $$;
  create event trigger anotar on ddl_command_end when tag in ('CREATE TABLE', 'CREATE TABLE AS') execute function public.anotar();
  create function public.distribuir() returns trigger language plpgsql as $$
  begin
    perform create_distributed_table(new.tabela, 'id', shard_count => 4) where to_regclass('dw.lancamentos') = new.tabela;
    return null;
  end $$;
  create constraint trigger distribuir after insert on public.criada deferrable initially deferred
    for each row execute function public.distribuir()`

/** Keeps everybody out of a database, Citus's own processes included: PostgreSQL neither clones nor drops one in use. */
export async function close(servers: readonly Sql[], database: string): Promise<void> {
  for (const sql of servers) {
    await sql.unsafe(`alter database ${database} allow_connections false`)
    await sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = ${database}`
  }
}

/** Drops a database on all servers: on each, once the others no longer try to get in. */
export async function drop(servers: readonly Sql[], database: string): Promise<void> {
  if (servers.length > 1) await close(servers, database)
  for (let attempt = 1, left = servers; left.length > 0; attempt++) {
    const done = await Promise.allSettled(
      left.map((sql) => sql.unsafe(`drop database if exists ${database} with (force)`)),
    )
    const failed = done.find((one) => one.status === 'rejected')
    if (failed && (servers.length === 1 || attempt === 10)) throw failed.reason
    left = left.filter((_, i) => done[i]?.status === 'rejected')
  }
}
