-- Gives back what this connection has.
create or replace function audit_interno.largar_posse(nome text)
returns void
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  delete from audit_interno.posses p where p.nome = largar_posse.nome and p.pid = pg_backend_pid()
$$;
comment on function audit_interno.largar_posse(text) is 'Releases what this connection holds.';
