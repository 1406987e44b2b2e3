-- SQL that reads one column's value, in the column's own type, from a jsonb object. It reads what audit_interno.expressao_imagem wrote the
-- same way in every session.
create or replace function audit_interno.expressao_valor(relacao regclass, coluna text, objeto text)
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select case
    when t.typcategory in ('A', 'C') then -- arrays and composites have no text form in JSON
      format('(select x.valor from jsonb_to_record(jsonb_build_object(''valor'', %s -> %L)) as x (valor %s))', objeto, coluna, c.tipo)
    when c.tipo in ('json', 'jsonb') then -- nor has a JSON string
      format('nullif(%s -> %L, ''null'')::%s', objeto, coluna, c.tipo)
    when c.tipo = 'xml' then format('xmlparse(content %s ->> %L)', objeto, coluna) -- whatever xmloption is
    when c.tipo = 'money' then -- a rule's own value is a text, as its session writes money
      format('case jsonb_typeof(%1$s -> %2$L) when ''number'' then (%1$s ->> %2$L)::numeric::money else (%1$s ->> %2$L)::money end', objeto, coluna)
    when audit_interno.distribuida(relacao) and exists (
      select from pg_proc p where p.oid = (select b.typinput from pg_type b where b.oid = audit_interno.tipo_base(relacao, coluna)) and p.provolatile <> 'i')
    then format('audit_interno.valor_como(%s ->> %L, null::%s)', objeto, coluna, c.tipo)
    else format('(%s ->> %L)::%s', objeto, coluna, c.tipo) end
  from pg_attribute a
  join pg_type t on t.oid = a.atttypid
  cross join lateral (select audit_interno.tipo_coluna(relacao, coluna) as tipo) as c
  where a.attrelid = expressao_valor.relacao and a.attname = expressao_valor.coluna and a.attnum > 0 and not a.attisdropped
$$;
comment on function audit_interno.expressao_valor(regclass, text, text) is 'SQL text for objeto -> coluna in the type of the column.';
