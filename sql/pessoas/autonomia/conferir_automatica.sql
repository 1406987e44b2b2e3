-- Checks again whether people's answers support a rule. Takes `auto` away if they refute the rule, or if it is neither proven nor has
-- anything left of a grant: in the transaction of the decision that showed it, and at the end of each detection. Called by
-- audit_interno.contar_decisoes and contar_reversoes, which hold the rule's lock, by anotar_execucao and audit.alterar_regra.
create or replace function audit_interno.conferir_automatica(regra text, sessao_id bigint default null)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_regra audit.regras;
  v_porque text;
begin
  perform audit_interno.conferir_prova(conferir_automatica.regra);
  select * into strict v_regra from audit.regras r where r.nome = conferir_automatica.regra;
  if not v_regra.automatica then
    return;
  end if;
  v_porque := audit_interno.porque_nao(v_regra);
  if v_porque is not null then
    perform audit_interno.perder_automatica(v_regra, v_porque, jsonb_build_object('prova', v_regra.prova, 'limiar', v_regra.limiar,
      'respostas', v_regra.respostas, 'erro_observado', v_regra.erro_observado, 'evidencia_contra', v_regra.evidencia_contra,
      'certas_no_limiar', v_regra.certas_no_limiar, 'erradas_no_limiar', v_regra.erradas_no_limiar,
      'automaticas_revertidas', v_regra.automaticas_revertidas), conferir_automatica.sessao_id);
  end if;
end
$$;
comment on function audit_interno.conferir_automatica(text, bigint) is 'Takes auto from a rule that people''s answers refute, or that has neither proof nor grant.';
