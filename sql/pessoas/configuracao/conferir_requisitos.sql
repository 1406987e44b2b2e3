-- What a rule lacks before it can look for anything, in a sentence that says what to do, or null: a label that is not set, or that the
-- ledger does not have. The rule's own function answers, through the door, because it reads the warehouse. Changes nothing. Called when a
-- session decides which rules it runs, and by diagnostico.
create or replace function audit_interno.conferir_requisitos(regra audit.regras)
returns text
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_falta text;
begin
  if regra.requisitos is null then
    return null;
  end if;
  if not audit_interno.nome_qualificado(regra.requisitos) or to_regprocedure(regra.requisitos || '()') is null then
    return format('não existe a função de requisitos %s()', regra.requisitos);
  end if;
  select x.falta into v_falta from audit_interno.ler(format('select %s()::text', regra.requisitos)) as x (falta text);
  return v_falta;
exception when assert_failure or others then
  if audit_interno.falha_de_quem(sqlstate) in ('sessao', 'servidor') then
    raise;
  end if;
  return concat_ws('; ', format('a função de requisitos %s() falhou: %s', regra.requisitos, audit_interno.sem_segredos(sqlerrm)),
    audit_interno.remedio_falha(sqlstate, regra));
end
$$;
comment on function audit_interno.conferir_requisitos(audit.regras) is 'What a rule lacks (settings, labels of the ledger) before it can run, or null.';
