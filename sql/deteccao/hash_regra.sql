-- The hash by which a finding names the body of the rule that made it. Called by the steps of detection.
create or replace function audit_interno.hash_regra(regra audit.regras)
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select encode(sha256(convert_to(p.prosrc, 'UTF8')), 'hex')
  from pg_proc p where p.oid = audit_interno.funcao_da_janela(hash_regra.regra.funcao)
$$;
comment on function audit_interno.hash_regra(audit.regras) is 'SHA-256 of the body of the rule''s function, hexadecimal; null when there is no such function.';
