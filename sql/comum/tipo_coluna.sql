-- Type of a column as SQL text, for casts. The length of character types is left out: an explicit cast would truncate silently, while the
-- assignment in the update refuses what is too long. (-1 and not null, which would mean character, a single letter.) A domain gives way to
-- its base type for the same reason.
create or replace function audit_interno.tipo_coluna(relacao regclass, coluna text)
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
set quote_all_identifiers = off
as $$
  with recursive tipo as (
    select a.atttypid as id, a.atttypmod as modificador
    from pg_attribute a
    where a.attrelid = tipo_coluna.relacao and a.attname = tipo_coluna.coluna and a.attnum > 0 and not a.attisdropped
    union all
    select t.typbasetype, t.typtypmod from tipo d join pg_type t on t.oid = d.id where t.typtype = 'd'
  )
  select format_type(d.id, case when d.id in ('varchar'::regtype, 'bpchar'::regtype) then -1 else d.modificador end)
  from tipo d join pg_type t on t.oid = d.id
  where t.typtype <> 'd'
$$;
comment on function audit_interno.tipo_coluna(regclass, text) is 'Type of a column as SQL text, or null.';
