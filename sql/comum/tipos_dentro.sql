-- The types that a type contains: itself, and everything inside its domains, arrays, ranges and composites. Reads only catalogs. Called
-- where SQL is written for a column.
create or replace function audit_interno.tipos_dentro(tipo oid)
returns setof oid
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  with recursive dentro (id) as (
    select tipos_dentro.tipo
    union
    select x.id
    from dentro d
    join pg_type t on t.oid = d.id
    cross join lateral (
      select t.typbasetype as id where t.typtype = 'd'
      union all
      select t.typelem where t.typsubscript = 'array_subscript_handler'::regproc
      union all
      select g.rngsubtype from pg_range g where t.oid in (g.rngtypid, g.rngmultitypid)
      union all
      select a.atttypid from pg_attribute a where a.attrelid = t.typrelid and t.typtype = 'c' and a.attnum > 0 and not a.attisdropped
    ) as x
  )
  select d.id from dentro d
$$;
comment on function audit_interno.tipos_dentro(oid) is 'The type and all types that its values consist of.';

-- Whether to_jsonb writes a value of the type the same in every session: it contains only types whose text depends on no setting. (JSON has
-- its own way to write dates, but dates inside a range follow the session.) Extensions' types are not trusted.
create or replace function audit_interno.json_fixo(tipo oid)
returns boolean
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select not exists (
    select
    from audit_interno.tipos_dentro(json_fixo.tipo) as x (id)
    join pg_type t on t.oid = x.id
    where not (t.typtype in ('c', 'd', 'e') or t.typsubscript = 'array_subscript_handler'::regproc or t.typcategory = 'S'
      or t.oid = any (array['bool', '"char"', 'int2', 'int4', 'int8', 'oid', 'numeric', 'date', 'time', 'timetz', 'timestamp', 'uuid',
        'json', 'jsonb', 'xml', 'inet', 'cidr', 'macaddr', 'macaddr8', 'bit', 'varbit', 'tsvector', 'tsquery']::regtype[])))
$$;
comment on function audit_interno.json_fixo(oid) is 'True when no setting of a session changes how to_jsonb writes a value of the type.';
