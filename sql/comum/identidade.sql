-- Values of a jsonb object without the trailing zeros of its numbers. Called by valores_canonicos where there are numbers.
create or replace function audit_interno.sem_zeros(valores jsonb)
returns jsonb
language sql
immutable parallel safe
as $$
  select coalesce(pg_catalog.jsonb_object_agg(v.key, case when pg_catalog.jsonb_typeof(v.value) = 'number'
    then pg_catalog.to_jsonb(pg_catalog.trim_scale((v.value #>> '{}')::numeric)) else v.value end), '{}')
  from pg_catalog.jsonb_each(valores) as v
$$;
comment on function audit_interno.sem_zeros(jsonb) is 'The object with trailing zeros of its numbers dropped.';

-- Values of a jsonb object as identities take them: 1000.00 and 1000 are one number. Inlined, as most objects hold no number.
create or replace function audit_interno.valores_canonicos(valores jsonb)
returns jsonb
language sql
immutable parallel safe
as $$
  select case when pg_catalog.jsonb_path_exists(valores, '$.* ? (@.type() == "number")') then audit_interno.sem_zeros(valores) else valores end
$$;
comment on function audit_interno.valores_canonicos(jsonb) is 'The object with trailing zeros of its numbers dropped.';

-- The identity of a finding: rule, table, key, what it proposes, which entry it is about, and the fingerprint of the values it was
-- based on. Two kinds of flag on one row are two findings, so the kind of a flag is part of it. Stable, as what it calls is, so that
-- the planner inlines it. Called by detection and by verification of the trail.
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
