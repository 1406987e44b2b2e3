-- The base confidence that the business registered for a rule, or the given default. Touches nothing.
-- Called by the rules whose confidence starts from a policy.
create or replace function regras.confianca_base(regra text, padrao numeric) returns numeric
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select coalesce((select r.confianca_base from audit.regras r where r.nome = confianca_base.regra), confianca_base.padrao)
$$;

comment on function regras.confianca_base(text, numeric) is
  'Base confidence registered for a rule in audit.regras, or the default given.';
revoke execute on function regras.confianca_base(text, numeric) from public;
