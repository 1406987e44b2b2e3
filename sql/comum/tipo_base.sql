-- The type of a column, below all domains. Called where SQL is written for a column.
create or replace function audit_interno.tipo_base(relacao regclass, coluna text)
returns oid
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  with recursive tipo as (
    select a.atttypid as id from pg_attribute a
    where a.attrelid = tipo_base.relacao and a.attname = tipo_base.coluna and a.attnum > 0 and not a.attisdropped
    union all
    select t.typbasetype from tipo d join pg_type t on t.oid = d.id where t.typtype = 'd'
  )
  select d.id from tipo d join pg_type t on t.oid = d.id where t.typtype <> 'd'
$$;
comment on function audit_interno.tipo_base(regclass, text) is 'Type of a column below all domains, or null.';
