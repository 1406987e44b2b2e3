-- A registered name as SQL text that is safe to paste: quoted and schema-qualified, whatever the caller's search path.
create or replace function audit_interno.nome_sql(relacao regclass)
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
set quote_all_identifiers = off
as $$
  select format('%I.%I', n.nspname, c.relname)
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.oid = nome_sql.relacao
$$;
comment on function audit_interno.nome_sql(regclass) is 'Quoted, schema-qualified name of a relation.';
