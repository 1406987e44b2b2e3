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

-- Which schemas of such constraints conferente_escrita may not even name, in one sentence with the grant that mends it, or null: what
-- they check, or change, at the commit could not be seen before it. Called before a batch is applied.
create or replace function audit_interno.fora_do_alcance(relacao regclass)
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select 'o armazém confere ou muda algo só ao confirmar, onde não se vê: ' || string_agg(distinct format('grant usage on schema %I to conferente_escrita', n.nspname), '; ')
  from pg_constraint c join pg_namespace n on n.oid = c.connamespace
  where c.condeferrable and (c.conrelid in (select audit_interno.relacoes_abaixo(relacao)) or c.confrelid in (select audit_interno.relacoes_abaixo(relacao)))
    and not has_schema_privilege('conferente_escrita', n.oid, 'usage')
$$;
comment on function audit_interno.fora_do_alcance(regclass) is 'Why what a relation defers cannot be looked at before the commit, or null.';
