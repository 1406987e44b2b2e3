-- Type of a column as SQL text. The length of character types is left out: an explicit cast would cut silently, while the
-- assignment in the update refuses what is too long.
create or replace function audit_interno.tipo_coluna(relacao regclass, coluna text)
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select format_type(a.atttypid, case when a.atttypid in ('varchar'::regtype, 'bpchar'::regtype) then null else a.atttypmod end)
  from pg_attribute a
  where a.attrelid = tipo_coluna.relacao and a.attname = tipo_coluna.coluna and a.attnum > 0 and not a.attisdropped
$$;
comment on function audit_interno.tipo_coluna(regclass, text) is 'Type of a column as SQL text, or null.';
