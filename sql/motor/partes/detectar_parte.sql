-- One part of the detection of one rule, in a transaction of its own that has taken it (tomar_parte). Parts of one rule run side by side
-- and shut out whole detections and corrections of the rule by other sessions. The rule's execution row decides: if the rule failed or the
-- session ended meanwhile, nothing of the part is kept.
create or replace function audit_interno.detectar_parte(sessao_id bigint, nome_regra text, numero integer)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_parte audit_interno.partes_sessao;
  v_regra audit.regras;
  v_total bigint;
  v_hash text;
  v_operacao bigint;
  v_inicio timestamptz := clock_timestamp();
begin
  select * into v_parte
  from audit_interno.partes_sessao p
  where p.sessao_id = detectar_parte.sessao_id and p.regra = nome_regra and p.parte = numero and p.status = 'pendente'
  for update;
  if not found then
    return; -- somebody else did it
  end if;
  -- the workers already use all cores: see regra_pendente_verificacao.em_metades
  perform set_config('conferente.lado_a_lado', 'sim', true);
  select count(*) into v_total
  from audit_interno.partes_sessao p where p.sessao_id = detectar_parte.sessao_id and p.regra = nome_regra;
  if v_total = 1 then
    perform audit_interno.detectar_regra(detectar_parte.sessao_id, nome_regra);
  else
    perform audit_interno.travar_regra(nome_regra, true);
    select * into strict v_regra from audit.regras r where r.nome = nome_regra;
    v_hash := audit_interno.hash_regra(v_regra);
    v_operacao := audit_interno.abrir_operacao('deteccao', detectar_parte.sessao_id, nome_regra, detalhes => jsonb_build_object(
      'hash_funcao', v_hash, 'janela', to_jsonb(v_parte.janela), 'parte', numero, 'partes', v_total));
    perform audit_interno.levantar_achados(v_regra, v_parte.janela);
    perform audit_interno.registrar_achados(detectar_parte.sessao_id, v_regra, v_operacao, v_hash, true);
    perform audit_interno.fechar_operacao(v_operacao, (select count(*) from audit.deteccoes d where d.operacao_id = v_operacao));
    perform audit_interno.anotar_execucao(detectar_parte.sessao_id, v_regra, v_hash, v_inicio, false);
  end if;
  update audit_interno.partes_sessao p
  set status = 'concluida', operacao_id = v_operacao, inicio = v_inicio, fim = clock_timestamp()
  where p.sessao_id = detectar_parte.sessao_id and p.regra = nome_regra and p.parte = numero;
  -- progress, for those who watch; if somebody else holds the row, the next part carries this one's count
  perform from audit.sessoes_processamento s where s.id = detectar_parte.sessao_id for no key update skip locked;
  if found then
    perform audit_interno.totalizar_sessao(detectar_parte.sessao_id);
  end if;
end
$$;
comment on function audit_interno.detectar_parte(bigint, text, integer) is
  'Detects one part. NC016 when the session or the rule ended meanwhile, NC012 when the rule''s function was changed between two parts; nothing of it is recorded then.';
