-- A jsonb value without the trailing zeros of its numbers, at any depth. Called by valores_canonicos where there are numbers.
create or replace function audit_interno.sem_zeros(valor jsonb)
returns jsonb
language sql
immutable parallel safe
as $$
  select case pg_catalog.jsonb_typeof(valor)
    when 'number' then pg_catalog.to_jsonb(pg_catalog.trim_scale((valor #>> '{}')::numeric))
    when 'array' then (
      select coalesce(pg_catalog.jsonb_agg(audit_interno.sem_zeros(e.valor) order by e.n), '[]')
      from pg_catalog.jsonb_array_elements(valor) with ordinality as e (valor, n))
    when 'object' then (
      select coalesce(pg_catalog.jsonb_object_agg(m.key, audit_interno.sem_zeros(m.value)), '{}') from pg_catalog.jsonb_each(valor) as m)
    else valor end
$$;
comment on function audit_interno.sem_zeros(jsonb) is 'The value with trailing zeros of its numbers dropped.';
grant execute on function audit_interno.sem_zeros(jsonb) to conferente_regra, conferente_escrita;

-- A jsonb value in the form that identities and fingerprints use: 1000.00 and 1000 are the same number. Inlined, because most values hold
-- no number.
create or replace function audit_interno.valores_canonicos(valores jsonb)
returns jsonb
language sql
immutable parallel safe
as $$
  select case when pg_catalog.jsonb_path_exists(valores, '$.** ? (@.type() == "number")') then audit_interno.sem_zeros(valores) else valores end
$$;
comment on function audit_interno.valores_canonicos(jsonb) is 'The value with trailing zeros of its numbers dropped.';
grant execute on function audit_interno.valores_canonicos(jsonb) to conferente_regra, conferente_escrita;

-- The identity of a finding: rule, table, key, proposed values, the entry, and the fingerprint of the values it was based on. Two kinds of
-- flag on one row are two findings, so a flag's kind belongs to it. Stable, like what it calls, so that the planner inlines it. Called by
-- detection and by verification of the trail.
create or replace function audit_interno.identidade(
  regra text, tabela text, registro_id text, valores_propostos jsonb, evidencia jsonb, entrada jsonb, impressao bytea
)
returns bytea
language sql
stable parallel safe
as $$
  select pg_catalog.sha256(pg_catalog.convert_to(pg_catalog.jsonb_build_array(regra, tabela, registro_id,
    audit_interno.valores_canonicos(valores_propostos), case when valores_propostos = '{}' then evidencia ->> 'tipo' end,
    audit_interno.valores_canonicos(entrada))::text, 'UTF8') || impressao)
$$;
comment on function audit_interno.identidade(text, text, text, jsonb, jsonb, jsonb, bytea) is
  'SHA-256 over rule, table, key, proposed values (or the kind of a flag), entry and fingerprint.';
