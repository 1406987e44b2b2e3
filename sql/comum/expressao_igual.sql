-- SQL that is true when a column of the row t holds the value of a jsonb object, null equal to null. Types that contain one without an
-- equality (json, xml, points) are compared by their canonical text.
create or replace function audit_interno.expressao_igual(relacao regclass, coluna text, objeto text)
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select case
    when exists (
      select
      from audit_interno.tipos_dentro(b.tipo) as x (id)
      join pg_type t on t.oid = x.id
      where not (t.typtype in ('c', 'd', 'e', 'r', 'm') or t.typcategory = 'S' or t.typsubscript = 'array_subscript_handler'::regproc or exists (
        select from pg_opclass o join pg_am m on m.oid = o.opcmethod
        where m.amname in ('btree', 'hash') and o.opcdefault and o.opcintype = case t.oid when 'cidr'::regtype then 'inet'::regtype else t.oid end)))
    then format('%s is not distinct from %s', audit_interno.expressao_canonica(relacao, coluna, format('t.%I', coluna)),
      audit_interno.expressao_canonica(relacao, coluna, v.valor))
    else format('t.%I is not distinct from %s', coluna, v.valor) end
  from (select audit_interno.tipo_base(relacao, coluna) as tipo) as b
  cross join lateral (select audit_interno.expressao_valor(relacao, coluna, objeto) as valor) as v
  where b.tipo is not null
$$;
comment on function audit_interno.expressao_igual(regclass, text, text) is 'SQL text for: column of t is not distinct from objeto -> coluna.';
