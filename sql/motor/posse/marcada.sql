-- Whether a connection is alive: its process holds, in this database, the lock number that it drew. Read from pg_locks, which everybody
-- sees; pg_stat_activity hides other people's connections.
create or replace function audit_interno.marcada(pid integer, numero bigint)
returns boolean
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  select exists (
    select from pg_locks k
    where k.locktype = 'advisory' and k.objsubid = 1 and k.granted and k.pid = marcada.pid
      and (k.classid::bigint << 32 | k.objid::bigint) = marcada.numero
      and k.database = (select d.oid from pg_database d where d.datname = current_database()))
$$;
comment on function audit_interno.marcada(integer, bigint) is 'True while the process holds the number that marks its connection.';
