-- SQL for the one text of a value of a column: equal values have the same, whatever the settings of the session (zone, styles,
-- digits) and the scale of the column. Texts and most others are their own; numbers lose trailing zeros; times go through JSON, in
-- UTC; floats, arrays, ranges and composites are taken in their binary form, intervals and what is made of numbers by their hash.
-- What is written uses functions of pg_catalog alone, so that it may run as anybody.
create or replace function audit_interno.expressao_canonica(relacao regclass, coluna text, valor text)
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select case
    when t.oid = 'numeric'::regtype then format('trim_scale(%s)::text', valor)
    when t.oid = 'timestamptz'::regtype then format('to_jsonb((%s)::timestamptz at time zone ''UTC'') #>> ''{}''', valor)
    when t.oid in ('float4'::regtype, 'float8'::regtype) then format('encode(float8send((%s)::float8 + 0), ''hex'')', valor) -- no negative zero
    when t.oid = 'interval'::regtype then format('interval_hash_extended((%s)::interval, 0)::text', valor) -- a month is thirty days
    when t.oid = 'bytea'::regtype then format('encode((%s)::bytea, ''hex'')', valor)
    when t.typcategory in ('D') then format('to_jsonb(%s) #>> ''{}''', valor)
    when e.tipo in ('numeric'::regtype, 'float4'::regtype, 'float8'::regtype, 'interval'::regtype) then -- by their hash, as equal elements look different
      format(case when t.typcategory = 'A' then 'coalesce(array_dims(%1$s), '''') || '' '' || hash_array_extended(%1$s, 0)'
        when t.typtype = 'm' then 'hash_multirange_extended(%1$s, 0)::text' else 'hash_range_extended(%1$s, 0)::text' end,
        format('((%s)::%s)', valor, format_type(t.oid, null)))
    when t.typcategory in ('A', 'C', 'R') then format('encode(%s((%s)::%s), ''hex'')', t.typsend::regproc, valor, format_type(t.oid, null))
    else format('(%s)::text', valor) end
  from pg_type t
  cross join lateral (
    select case when t.typcategory = 'A' then t.typelem else (select g.rngsubtype from pg_range g where t.oid in (g.rngtypid, g.rngmultitypid)) end as tipo
  ) as e
  where t.oid = audit_interno.tipo_base(relacao, coluna)
$$;
comment on function audit_interno.expressao_canonica(regclass, text, text) is 'SQL text for the canonical text of a value of the column; null stays null.';
