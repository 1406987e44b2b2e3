-- Marks workers as alive, for as long as this connection lives. 20261124 is the class of these locks;
-- liberar_trabalhos looks for them. Called again and again, because a lost connection loses its locks.
create or replace function audit_interno.marcar_trabalhadores(nomes text[])
returns void
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  select count(pg_try_advisory_lock_shared(20261124, hashtext(n)))
  from unnest(marcar_trabalhadores.nomes) as n
  where not exists (
    select from pg_locks k
    where k.locktype = 'advisory' and k.classid = 20261124 and k.objid::bigint = hashtext(n)::bigint & 4294967295
      and k.objsubid = 2 and k.pid = pg_backend_pid())
$$;
comment on function audit_interno.marcar_trabalhadores(text[]) is 'Marks workers, named as graphile-worker names them, as alive on this connection.';
