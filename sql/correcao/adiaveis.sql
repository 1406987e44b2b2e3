-- The constraints of a relation, and of what lies below it, that the warehouse may check at commit only; quoted, separated by
-- commas; null when there are none. Those of other relations are not our business. Called where a write makes them speak at once.
create or replace function audit_interno.adiaveis(relacao regclass)
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select string_agg(distinct format('%I.%I', n.nspname, c.conname), ', ')
  from pg_constraint c join pg_namespace n on n.oid = c.connamespace
  where c.condeferrable and (c.conrelid in (select audit_interno.relacoes_abaixo(relacao)) or c.confrelid in (select audit_interno.relacoes_abaixo(relacao)))
$$;
comment on function audit_interno.adiaveis(regclass) is 'Deferrable constraints of a relation as SQL text, or null.';
