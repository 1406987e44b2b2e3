-- How many findings of a manual session propose something for a closed month, and their amount, for the session and its mail. (In auto mode
-- corrigir_lote counts what it leaves.) Where the closed months are unknown, the reason is given instead. Called once by finalizar_sessao.
create or replace function audit_interno.contar_fechadas(sessao_id bigint)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_defeito text := audit_interno.defeito_periodos();
begin
  if v_defeito is not null then
    update audit.execucoes_regra e set conferencia = concat_ws('; ', e.conferencia, v_defeito)
    where e.sessao_id = contar_fechadas.sessao_id and e.status = 'concluida' and e.motivo is null;
    return;
  elsif not exists (select from audit_interno.meses_fechados())
    or (select s.modo from audit.sessoes_processamento s where s.id = contar_fechadas.sessao_id) = 'auto'
  then
    return;
  end if;
  update audit.execucoes_regra e set fechadas = x.quantas, valor_fechado = x.valor
  from (
    select d.regra, count(*) as quantas, coalesce(sum(d.valor_em_risco), 0) as valor
    from audit_interno.em_periodo_fechado(array(
      select a.id from audit.divergencias_processadas a
      where a.sessao_ultima_id = contar_fechadas.sessao_id and audit.aguarda_pessoa(a.status) and a.valores_propostos <> '{}')) f
    join audit.divergencias_processadas d on d.id = f.divergencia_id
    group by d.regra
  ) as x
  where e.sessao_id = contar_fechadas.sessao_id and e.regra = x.regra;
end
$$;
comment on function audit_interno.contar_fechadas(bigint) is 'Records in each rule''s row how many of its findings lie in a closed period, and their amount.';
