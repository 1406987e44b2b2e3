-- Joins the parts of one rule, once: compares its earlier corrections with the warehouse, closes what no part found again over the whole
-- window, and marks the rule as detected. Called as a step of the session, by the process that conducts it.
create or replace function audit_interno.juntar_regra(sessao_id bigint, nome_regra text)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_regra audit.regras;
  v_partes bigint;
  v_hash text;
  v_operacao bigint;
  v_inicio timestamptz := clock_timestamp();
begin
  perform audit_interno.travar_regra(nome_regra);
  select * into strict v_regra from audit.regras r where r.nome = nome_regra;
  select count(*) into v_partes
  from audit_interno.partes_sessao p where p.sessao_id = juntar_regra.sessao_id and p.regra = nome_regra;
  v_hash := audit_interno.guardar_codigo(v_regra);
  v_operacao := audit_interno.abrir_operacao('deteccao', juntar_regra.sessao_id, nome_regra, detalhes => jsonb_build_object(
    'hash_funcao', v_hash, 'janela', to_jsonb(audit_interno.janela_execucao(juntar_regra.sessao_id, nome_regra)), 'partes', v_partes));
  perform audit_interno.detectar_atrasadas(juntar_regra.sessao_id, v_regra, v_operacao, v_hash);
  perform audit_interno.reabrir_desfeitas(juntar_regra.sessao_id, v_regra, v_operacao, v_hash);
  perform audit_interno.fechar_ausentes(juntar_regra.sessao_id, v_regra, v_operacao, v_hash);
  perform audit_interno.fechar_operacao(v_operacao, (select count(*) from audit.deteccoes d where d.operacao_id = v_operacao));
  perform audit_interno.anotar_execucao(juntar_regra.sessao_id, v_regra, v_hash, v_inicio, true);
end
$$;
comment on function audit_interno.juntar_regra(bigint, text) is 'Ends the detection of a rule whose parts are all done. NC016 when the rule is no longer pendente.';
