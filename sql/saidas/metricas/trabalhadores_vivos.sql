-- Workers with a living connection (audit_interno.marcar_trabalhadores) to this database.
create or replace function audit_interno.trabalhadores_vivos()
returns bigint
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select count(distinct p.pid)
  from audit_interno.posses p
  where p.nome like 'trabalhador %' and audit_interno.marcada(p.pid, p.numero)
$$;
comment on function audit_interno.trabalhadores_vivos() is 'Number of worker processes that are alive.';
