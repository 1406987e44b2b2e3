-- Compares with the warehouse also the earlier corrections of rules that the session does not run: switched off, skipped or failed. A load
-- brings an error back whether or not the rule looks for it. Where nothing can be compared, because the table is gone, that is reported and
-- costs the session nothing else. Called once by finalizar_sessao.
create or replace function audit_interno.conferir_paradas(sessao_id bigint)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_desde timestamptz := clock_timestamp() - make_interval(days => (audit_interno.configuracao('sessao.conferir_corrigidas_dias') #>> '{}')::integer);
  v_regra audit.regras;
  v_falta text;
  v_operacao bigint;
begin
  for v_regra in -- one turn for each rule, of which there are few
    with parada as materialized ( -- first, or the planner would look at the corrections of all rules
      select r.nome
      from audit.regras r
      left join audit.execucoes_regra e on e.sessao_id = conferir_paradas.sessao_id and e.regra = r.nome
      where e.status in ('pulada', 'falhou') or e.status is null and not r.ativa
    )
    select r.*
    from parada p
    join audit.regras r on r.nome = p.nome
    -- in this order: for a rule without a correction in force, nearly every rule here, the second would read all corrections of these days
    where case when exists (select from audit.divergencias_processadas d where d.regra = p.nome and d.status = 'corrigida') then exists (
      select from audit.divergencias_processadas d
      join audit.alteracoes a on a.divergencia_id = d.id join audit.operacoes o on o.id = a.operacao_id
      where d.regra = p.nome and d.status = 'corrigida' and o.iniciada_em >= v_desde) else false end
    order by r.nome
  loop
    insert into audit.execucoes_regra (sessao_id, regra, status, motivo)
    values (conferir_paradas.sessao_id, v_regra.nome, 'inativa', 'a regra está desativada; só as correções anteriores foram conferidas')
    on conflict do nothing;
    v_falta := audit_interno.falta_na_relacao(v_regra, array_remove(v_regra.colunas || v_regra.coluna_carga, null));
    if v_falta is null then
      begin
        v_operacao := audit_interno.abrir_operacao('deteccao', conferir_paradas.sessao_id, v_regra.nome,
          detalhes => '{"apenas": "correções anteriores"}');
        perform audit_interno.conferir_corrigidas(conferir_paradas.sessao_id, v_regra, v_operacao);
        perform audit_interno.fechar_operacao(v_operacao, (
          select e.desfeitas from audit.execucoes_regra e where e.sessao_id = conferir_paradas.sessao_id and e.regra = v_regra.nome));
        continue;
      exception when assert_failure or others then
        if audit_interno.falha_de_quem(sqlstate) in ('sessao', 'servidor') then
          raise;
        end if;
        v_falta := sqlerrm;
      end;
    end if;
    update audit.execucoes_regra e
    set conferencia = format('as correções anteriores não foram conferidas: %s', v_falta)
    where e.sessao_id = conferir_paradas.sessao_id and e.regra = v_regra.nome;
  end loop;
end
$$;
comment on function audit_interno.conferir_paradas(bigint) is
  'Records which corrections were undone from outside, for rules that the session does not run, and opens or closes their findings.';
