-- In one sentence: what was asked of a row, what the warehouse made of it, and how to fix that. Called by aplicar_grupo for rows that are
-- then undone.
create or replace function audit_interno.descrever_infiel(pedido jsonb, agora jsonb, outras jsonb, outras_agora jsonb)
returns text
language sql
immutable
set search_path = pg_catalog, pg_temp
as $$
  select concat('desfeita: o data warehouse não gravou o que foi pedido', (
      select '; ' || string_agg(format('em %s foi pedido %s, e ficou %s', p.key, p.value, coalesce(agora -> p.key, 'null')), ', ' order by p.key)
      from jsonb_each(pedido) as p where rtrim(p.value #>> '{}') is distinct from rtrim(agora ->> p.key) and agora is not null
      having count(*) > 0), (
      select '; mudou junto: ' || string_agg(format('%s de %s para %s', o.key, o.value, coalesce(outras_agora -> o.key, 'null')), ', ' order by o.key)
      from jsonb_each(outras) as o where o.value is distinct from outras_agora -> o.key and outras_agora is not null
      having count(*) > 0),
    case when agora is null then '; o registro sumiu da visão' end,
    '. Corrija o gatilho ou a regra da visão (conferente diagnostico experimenta cada coluna)')
$$;
comment on function audit_interno.descrever_infiel(jsonb, jsonb, jsonb, jsonb) is 'Sentence about a write that the warehouse did not make as asked.';
