-- SQL that reads one column's value, in the column's own type, out of a jsonb object.
create or replace function audit_interno.expressao_valor(relacao regclass, coluna text, objeto text)
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select case
    when t.typcategory in ('A', 'C') then -- arrays and composites have no text form in JSON
      format('(select x.valor from jsonb_to_record(jsonb_build_object(''valor'', %s -> %L)) as x (valor %s))',
        objeto, coluna, audit_interno.tipo_coluna(relacao, coluna))
    when audit_interno.tipo_coluna(relacao, coluna) in ('json', 'jsonb') then -- nor has a JSON string
      format('nullif(%s -> %L, ''null'')::%s', objeto, coluna, audit_interno.tipo_coluna(relacao, coluna))
    else format('(%s ->> %L)::%s', objeto, coluna, audit_interno.tipo_coluna(relacao, coluna)) end
  from pg_attribute a join pg_type t on t.oid = a.atttypid
  where a.attrelid = expressao_valor.relacao and a.attname = expressao_valor.coluna and a.attnum > 0 and not a.attisdropped
$$;
comment on function audit_interno.expressao_valor(regclass, text, text) is 'SQL text for objeto -> coluna in the type of the column.';
