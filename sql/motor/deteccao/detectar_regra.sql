-- The detection step of one rule in one session: runs it, records what it found, closes what it no longer finds. One operation, one
-- transaction. Sessions that run the same rule at the same time wait for each other here.
create or replace function audit_interno.detectar_regra(sessao_id bigint, nome_regra text)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_regra audit.regras;
  v_janela audit.janela := audit_interno.janela_execucao(sessao_id, nome_regra);
  v_hash text;
  v_operacao bigint;
  v_inicio timestamptz := clock_timestamp();
begin
  perform audit_interno.travar_regra(nome_regra);
  select * into strict v_regra from audit.regras r where r.nome = nome_regra;
  if not exists (
    select from audit.execucoes_regra e
    where e.sessao_id = detectar_regra.sessao_id and e.regra = nome_regra and e.status = 'pendente')
  then
    return; -- somebody else did it while we waited
  end if;
  v_hash := audit_interno.guardar_codigo(v_regra);
  if v_regra.preparacao is not null and not exists ( -- repartir_regra has prepared it already
    select from audit_interno.partes_sessao p where p.sessao_id = detectar_regra.sessao_id and p.regra = nome_regra)
  then
    perform audit_interno.preparar_regra(v_regra, v_janela);
  end if;
  perform audit_interno.medir_janela(detectar_regra.sessao_id, v_regra, v_janela);
  v_operacao := audit_interno.abrir_operacao('deteccao', detectar_regra.sessao_id, nome_regra,
    detalhes => jsonb_build_object('hash_funcao', v_hash, 'janela', to_jsonb(v_janela)));
  perform audit_interno.levantar_achados(v_regra, v_janela);
  perform audit_interno.registrar_achados(detectar_regra.sessao_id, v_regra, v_operacao, v_hash, true);
  perform audit_interno.detectar_atrasadas(detectar_regra.sessao_id, v_regra, v_operacao, v_hash);
  perform audit_interno.reabrir_desfeitas(detectar_regra.sessao_id, v_regra, v_operacao, v_hash);
  perform audit_interno.fechar_ausentes(detectar_regra.sessao_id, v_regra, v_operacao, v_hash);
  perform audit_interno.fechar_operacao(v_operacao, (
    select e.encontradas from audit.execucoes_regra e where e.sessao_id = detectar_regra.sessao_id and e.regra = nome_regra));
  perform audit_interno.anotar_execucao(detectar_regra.sessao_id, v_regra, v_hash, v_inicio, true);
end
$$;
comment on function audit_interno.detectar_regra(bigint, text) is 'Detects with one rule of one session. Any error means: nothing of it was recorded.';
