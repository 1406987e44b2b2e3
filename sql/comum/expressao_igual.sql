-- SQL that is true when a column of the row t holds the value of a jsonb object, null equal to null. Types without an
-- equality of their own (json, xml, points) are compared as text.
create or replace function audit_interno.expressao_igual(relacao regclass, coluna text, objeto text)
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select case
    when exists (
      select from pg_opclass o join pg_am m on m.oid = o.opcmethod
      where m.amname in ('btree', 'hash') and o.opcdefault and (
        o.opcintype = b.base or t.typcategory in ('E', 'A', 'R') or (t.typcategory = 'S' and o.opcintype = 'text'::regtype)))
    then format('t.%I is not distinct from %s', coluna, audit_interno.expressao_valor(relacao, coluna, objeto))
    else format('t.%I::text is not distinct from (%s)::text', coluna, audit_interno.expressao_valor(relacao, coluna, objeto))
  end
  from pg_attribute a
  join pg_type t on t.oid = a.atttypid
  cross join lateral (select case when t.typtype = 'd' then t.typbasetype else t.oid end as base) as b
  where a.attrelid = expressao_igual.relacao and a.attname = expressao_igual.coluna and a.attnum > 0 and not a.attisdropped
$$;
comment on function audit_interno.expressao_igual(regclass, text, text) is 'SQL text for: column of t is not distinct from objeto -> coluna.';
