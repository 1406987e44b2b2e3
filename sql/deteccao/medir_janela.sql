-- Counts the rows of a rule's window and sums their amounts. Rules of one table and window share one scan.
create or replace function audit_interno.medir_janela(sessao_id bigint, regra audit.regras, janela audit.janela)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_linhas bigint;
  v_total numeric;
begin
  select e.linhas_examinadas into v_linhas
  from audit.execucoes_regra e join audit.regras r on r.nome = e.regra
  where e.sessao_id = medir_janela.sessao_id and e.linhas_examinadas is not null and r.tabela = regra.tabela
    and r.coluna_data is not distinct from regra.coluna_data and r.coluna_carga is not distinct from regra.coluna_carga
    and e.carregado_desde is not distinct from janela.carregado_desde
  limit 1;
  if v_linhas is null then
    execute format('select count(*), %s from %s t where true %s %s %s %s',
      case when regra.coluna_valor is null then 'null' else format('coalesce(sum(t.%I), 0)', regra.coluna_valor) end,
      audit_interno.nome_sql(to_regclass(regra.tabela)),
      case when regra.coluna_data is not null and janela.data_inicio is not null then format('and t.%I >= $1', regra.coluna_data) end,
      case when regra.coluna_data is not null and janela.data_fim is not null then format('and t.%I <= $2', regra.coluna_data) end,
      case when regra.coluna_carga is not null and janela.carregado_desde is not null then format('and t.%I >= $3', regra.coluna_carga) end,
      case when regra.coluna_carga is not null and janela.carregado_ate is not null then format('and t.%I < $4', regra.coluna_carga) end)
    into v_linhas, v_total
    using janela.data_inicio, janela.data_fim, janela.carregado_desde, janela.carregado_ate;
    update audit.sessoes_processamento s
    set linhas_examinadas = s.linhas_examinadas + v_linhas, total_valor = coalesce(s.total_valor + v_total, v_total, s.total_valor)
    where s.id = medir_janela.sessao_id;
  end if;
  update audit.execucoes_regra e set linhas_examinadas = v_linhas
  where e.sessao_id = medir_janela.sessao_id and e.regra = medir_janela.regra.nome;
end
$$;
comment on function audit_interno.medir_janela(bigint, audit.regras, audit.janela) is 'Records rows and control total of the window.';
