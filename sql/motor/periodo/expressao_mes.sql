-- SQL for the month of a row as the number 202610: of the row t as it is, or as the new values in the jsonb object l.para would make it.
-- Immutable functions only, because it stands in the guard of updates, of distributed tables too. Null where the rule registers no booking
-- date: then no closed month concerns its rows. An instant belongs to its month in the zone of agenda.fuso.
create or replace function audit_interno.expressao_mes(regra audit.regras, depois boolean default false)
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select format('(extract(year from %1$s) * 100 + extract(month from %1$s))::integer',
    case when audit_interno.tipo_base(r.relacao, regra.coluna_data) = 'timestamptz'::regtype
      then format('((%s) at time zone %L)', v.valor, audit.fuso()) else v.valor end)
  from (select audit_interno.relacao(regra.tabela) as relacao) as r
  cross join lateral (select
    case when depois then audit_interno.expressao_valor(r.relacao, regra.coluna_data, 'l.para') else format('t.%I', regra.coluna_data) end as valor) as v
  where audit_interno.tipo_coluna(r.relacao, regra.coluna_data) is not null
$$;
comment on function audit_interno.expressao_mes(audit.regras, boolean) is 'SQL text: year * 100 + month of the row t, or of the new values; null where the rule has no booking date.';
