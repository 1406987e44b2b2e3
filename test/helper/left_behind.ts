import type { Sql } from '../../src/db/connection.ts'

/** Half of the number of the lock left behind. */
export const LEFT_LOCK = 4242
/** The connection's application name then. */
export const LEFT_NAME = 'largada'
const LEFT_TIMEOUT = '25ms' // too short for any statement of ours but the shortest

/**
 * From now on, everybody who writes to dw.lancamentos is left everything that code of the warehouse's owner can leave in a
 * connection: at the commit, by a trigger of a table that no door of ours reaches, and so after all our checks.
 */
export async function leaveAtCommit(sql: Sql): Promise<void> {
  await sql.unsafe(`
    create schema fundo authorization adelia;
    create table fundo.fila (n int);
    create sequence fundo.senha;
    create function fundo.larga() returns trigger language plpgsql security definer as $$
    begin
      perform set_config(x.nome, x.valor, false) from (values
        ('work_mem', '64kB'), ('application_name', '${LEFT_NAME}'), ('statement_timeout', '${LEFT_TIMEOUT}'), ('search_path', 'fundo'),
        ('TimeZone', 'Asia/Tokyo'), ('DateStyle', 'SQL, DMY'), ('default_transaction_read_only', 'on'), ('default_transaction_isolation', 'serializable'), ('enable_indexscan', 'off'),
        ('fundo.quem', 'adelia')) as x (nome, valor);
      perform pg_advisory_lock(20261123, ${LEFT_LOCK}), pg_advisory_lock(20261123, ${LEFT_LOCK}),
        pg_advisory_lock_shared(20261123, ${LEFT_LOCK}), pg_advisory_lock(${LEFT_LOCK}), pg_advisory_lock_shared(${LEFT_LOCK});
      execute 'prepare "de ""la" as select 1';
      execute 'listen fundo';
      execute 'declare dela cursor with hold for select generate_series(1, 3)';
      execute 'create temp table conferente_reversao (n int)';
      execute 'create function pg_temp.now() returns int language sql return 1';
      perform nextval('fundo.senha');
      return null;
    end $$;
    create constraint trigger larga after insert on fundo.fila deferrable initially deferred for each row execute function fundo.larga();
    alter table fundo.fila owner to adelia; alter sequence fundo.senha owner to adelia; alter function fundo.larga() owner to adelia;
    create function fundo.alimenta() returns trigger language plpgsql security definer as $$
    begin insert into fundo.fila values (1); return new; end $$;
    alter function fundo.alimenta() owner to adelia;
    create trigger alimenta before update on dw.lancamentos for each row execute function fundo.alimenta()`)
}
