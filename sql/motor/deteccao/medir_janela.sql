-- Counts the rows of a rule's window and sums their amounts, once for each rule and session. Rules of one table and window share one scan,
-- which includes rows that came late. Where windows over one table differ, the session counts the largest, because all end at the same
-- time.
create or replace function audit_interno.medir_janela(sessao_id bigint, regra audit.regras, janela audit.janela)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_linhas bigint;
  v_total numeric;
  v_atrasadas text;
begin
  if exists (
    select from audit.execucoes_regra e
    where e.sessao_id = medir_janela.sessao_id and e.regra = medir_janela.regra.nome and e.linhas_examinadas is not null)
  then
    return;
  end if;
  perform audit_interno.contar_cargas(medir_janela.sessao_id, regra);
  v_atrasadas := audit_interno.condicao_atrasadas(medir_janela.sessao_id, regra);
  select e.linhas_examinadas, e.total_valor into v_linhas, v_total
  from audit.execucoes_regra e join audit.regras r on r.nome = e.regra
  where e.sessao_id = medir_janela.sessao_id and e.linhas_examinadas is not null and r.tabela = regra.tabela
    and r.coluna_data is not distinct from regra.coluna_data and r.coluna_carga is not distinct from regra.coluna_carga
    and r.coluna_valor is not distinct from regra.coluna_valor and e.carregado_desde is not distinct from janela.carregado_desde
    and audit_interno.condicao_atrasadas(e.sessao_id, r) = v_atrasadas
  limit 1;
  if not found then
    select m.linhas, m.total into v_linhas, v_total
    from audit_interno.ler(format('select count(*), %s from %s t where %s',
      case when regra.coluna_valor is null then 'null::numeric' else format('coalesce(sum(t.%I), 0)::numeric', regra.coluna_valor) end,
      audit_interno.nome_sql(audit_interno.relacao(regra.tabela)), audit_interno.condicao_janela(regra, janela) || v_atrasadas), janela) as m (linhas bigint, total numeric);
  end if;
  update audit.execucoes_regra e set linhas_examinadas = v_linhas, total_valor = v_total
  where e.sessao_id = medir_janela.sessao_id and e.regra = medir_janela.regra.nome;
  update audit.sessoes_processamento s
  set linhas_examinadas = j.linhas, total_valor = j.total
  from (
    select coalesce(sum(t.linhas_examinadas), 0) as linhas, sum(t.total_valor) as total
    from (
      select distinct on (r.tabela) e.linhas_examinadas, e.total_valor
      from audit.execucoes_regra e join audit.regras r on r.nome = e.regra
      where e.sessao_id = medir_janela.sessao_id and e.linhas_examinadas is not null
      order by r.tabela, e.linhas_examinadas desc, e.total_valor desc nulls last
    ) as t
  ) as j
  where s.id = medir_janela.sessao_id;
end
$$;
comment on function audit_interno.medir_janela(bigint, audit.regras, audit.janela) is 'Records rows and control total of the window.';
