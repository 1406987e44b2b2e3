-- The hash by which a finding names all the code that made it; codigo_regra says what counts as code. Called once by each step of detection
-- and of correction, and when auto is granted.
create or replace function audit_interno.hash_regra(regra audit.regras)
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select encode(sha256(convert_to(audit_interno.codigo_regra(hash_regra.regra), 'UTF8')), 'hex')
$$;
comment on function audit_interno.hash_regra(audit.regras) is 'SHA-256 of all the code that the rule runs, hexadecimal; null when there is no such function.';
