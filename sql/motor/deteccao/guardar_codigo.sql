-- The hash of a rule's code. Keeps the code when it is first seen: a finding names it only by its hash, and the code may be replaced
-- tomorrow. A session that sees the same new code at the same moment waits for the other's commit, so this is called before the work is
-- shared out and after it is joined. Called by detectar_regra, repartir_regra and juntar_regra.
create or replace function audit_interno.guardar_codigo(regra audit.regras)
returns text
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_codigo text := audit_interno.codigo_regra(guardar_codigo.regra);
  v_hash text := encode(sha256(convert_to(v_codigo, 'UTF8')), 'hex');
begin
  insert into audit.codigos_regra (hash, regra, codigo)
  select v_hash, guardar_codigo.regra.nome, v_codigo
  where v_hash is not null and not exists (select from audit.codigos_regra c where c.hash = v_hash)
  on conflict on constraint codigos_regra_pkey do nothing;
  return v_hash;
end
$$;
comment on function audit_interno.guardar_codigo(audit.regras) is 'Hash of the rule''s code as audit_interno.hash_regra gives it; keeps the code in audit.codigos_regra when its hash is seen for the first time.';
