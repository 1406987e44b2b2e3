-- The detection step of one rule in one session: run it, record what it found, close what it no longer finds. One
-- operation, one transaction. Sessions that run the same rule at once wait for each other here.
create or replace function audit_interno.detectar_regra(sessao_id bigint, nome_regra text)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_regra audit.regras;
  v_sessao audit.sessoes_processamento;
  v_execucao audit.execucoes_regra;
  v_janela audit.janela;
  v_hash text;
  v_operacao bigint;
  v_inicio timestamptz := clock_timestamp();
begin
  perform pg_advisory_xact_lock(hashtext('conferente.regra'), hashtext(nome_regra));
  select * into strict v_regra from audit.regras r where r.nome = nome_regra;
  select * into strict v_sessao from audit.sessoes_processamento s where s.id = detectar_regra.sessao_id;
  select * into strict v_execucao from audit.execucoes_regra e where e.sessao_id = v_sessao.id and e.regra = nome_regra;
  if v_execucao.status <> 'pendente' then
    return; -- somebody else did it while we waited
  end if;
  v_janela := row(v_sessao.data_inicio, v_sessao.data_fim, v_execucao.carregado_desde, v_execucao.carregado_ate, null)::audit.janela;
  select encode(sha256(convert_to(p.prosrc, 'UTF8')), 'hex') into v_hash
  from pg_proc p where p.oid = to_regprocedure(v_regra.funcao || '(audit.janela)');

  if v_regra.preparacao is not null then
    execute format('select %s($1)', audit_interno.chamada_sql(v_regra.preparacao)) using v_janela;
  end if;
  perform audit_interno.medir_janela(v_sessao.id, v_regra, v_janela);
  v_operacao := audit_interno.abrir_operacao('deteccao', v_sessao.id, nome_regra,
    detalhes => jsonb_build_object('hash_funcao', v_hash, 'janela', to_jsonb(v_janela)));
  perform audit_interno.levantar_achados(v_regra, v_janela);
  perform audit_interno.registrar_achados(v_sessao.id, v_regra, v_operacao, v_hash);
  perform audit_interno.reabrir_desfeitas(v_regra);
  perform audit_interno.fechar_ausentes(v_sessao.id, v_regra, v_operacao, v_hash);

  update audit.execucoes_regra e
  set status = case when v_sessao.modo = 'auto' and v_regra.automatica then 'detectada' else 'concluida' end,
    inicio = v_inicio, fim = clock_timestamp(), duracao = clock_timestamp() - v_inicio, hash_funcao = v_hash
  where e.sessao_id = v_sessao.id and e.regra = nome_regra
  returning * into v_execucao;
  perform audit_interno.fechar_operacao(v_operacao, v_execucao.encontradas);
end
$$;
comment on function audit_interno.detectar_regra(bigint, text) is 'Detects with one rule of one session. Any error means: nothing of it was recorded.';
