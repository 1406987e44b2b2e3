-- Control totals: the sum of the window's amounts when the session began, the same window summed again now, and the part of
-- the difference that the images of audit.alteracoes explain. What is left is rows that something else changed or loaded
-- meanwhile. Of each table the window that medir_janela counted: the largest. Part of conteudo_mensagem.
create or replace function audit_interno.conteudo_controle(sessao_id bigint)
returns jsonb
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_sessao audit.sessoes_processamento;
  v_consulta text;
  v_depois numeric;
  v_corrigido numeric;
  v_outras numeric;
begin
  select * into strict v_sessao from audit.sessoes_processamento s where s.id = conteudo_controle.sessao_id;
  select string_agg(format(
    $q$select coalesce(sum(t.%1$I), 0) as depois, coalesce(sum(a.corrigido), 0) as corrigido, coalesce(sum(a.outras), 0) as outras
    from %2$s t left join (
      select d.registro_id::%3$s as chave,
        sum(x.diferenca) filter (where x.da_sessao) as corrigido, sum(x.diferenca) filter (where not x.da_sessao) as outras
      from (
        select a.divergencia_id, (a.depois ->> %4$L)::numeric - (a.antes ->> %4$L)::numeric as diferenca,
          o.sessao_id is not distinct from $1 and o.tipo in ('correcao', 'autoverificacao') as da_sessao
        from audit.alteracoes a join audit.operacoes o on o.id = a.operacao_id
        where o.iniciada_em >= $2 and a.antes ? %4$L
      ) as x
      join audit.divergencias_processadas d on d.id = x.divergencia_id
      where d.tabela = %5$L
      group by 1
    ) as a on a.chave = t.%6$I
    where %7$s$q$,
    (j.regra).coluna_valor, audit_interno.nome_sql(j.tabela), audit_interno.tipo_coluna(j.tabela, (j.regra).coluna_chave),
    (j.regra).coluna_valor, (j.regra).tabela, (j.regra).coluna_chave,
    replace(audit_interno.condicao_janela(j.regra, j.janela), '$1.', format('(%L::audit.janela).', j.janela))), ' union all ')
  into v_consulta
  from (
    select distinct on (r.tabela) r as regra, audit_interno.relacao(r.tabela) as tabela, e.total_valor,
      audit_interno.janela_execucao(e.sessao_id, e.regra) as janela
    from audit.execucoes_regra e join audit.regras r on r.nome = e.regra
    where e.sessao_id = v_sessao.id and e.linhas_examinadas is not null
    order by r.tabela, e.linhas_examinadas desc, e.total_valor desc nulls last
  ) as j
  where j.total_valor is not null and (j.regra).coluna_valor is not null and j.tabela is not null;
  if v_consulta is null or v_sessao.total_valor is null then
    return null; -- no rule measured an amount
  end if;
  execute format('select sum(depois), sum(corrigido), sum(outras) from (%s) as j', v_consulta)
  into v_depois, v_corrigido, v_outras
  using v_sessao.id, v_sessao.inicio_processamento;
  return jsonb_build_object(
    'antes', audit_interno.centavos(v_sessao.total_valor),
    'depois', audit_interno.centavos(v_depois),
    'diferenca', audit_interno.centavos(v_depois - v_sessao.total_valor),
    'corrigido', audit_interno.centavos(v_corrigido),
    'outras', audit_interno.centavos(v_outras),
    'sem_explicacao', audit_interno.centavos(v_depois - v_sessao.total_valor - v_corrigido - v_outras));
end
$$;
comment on function audit_interno.conteudo_controle(bigint) is
  'JSON object of BRL texts: antes, depois, diferenca = corrigido (by the session) + outras (by people since) + sem_explicacao; null when nothing was measured.';
