-- Workers that hold their mark (audit_interno.marcar_trabalhadores) on this database.
create or replace function audit_interno.trabalhadores_vivos()
returns bigint
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select count(distinct k.pid)
  from pg_locks k
  where k.locktype = 'advisory' and k.classid = 20261124 and k.objsubid = 2 and k.granted
    and k.database = (select d.oid from pg_database d where d.datname = current_database())
$$;
comment on function audit_interno.trabalhadores_vivos() is 'Number of worker processes that are alive.';
