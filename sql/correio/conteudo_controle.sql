-- Control totals: the sum of the window's amounts when the session began, the same windows summed again now, and the part
-- of the difference that the images of audit.alteracoes explain. What is left is rows that something else changed or loaded
-- meanwhile. Measured as medir_janela did: each window once, however many rules shared it. Part of conteudo_mensagem.
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
  if v_sessao.total_valor is null then
    return null; -- no rule measured an amount
  end if;
  select string_agg(format(
    $q$select coalesce(sum(t.%1$I), 0) as depois, coalesce(sum(a.corrigido), 0) as corrigido, coalesce(sum(a.outras), 0) as outras
    from %2$s t left join (
      select d.registro_id::%3$s as chave,
        sum(x.diferenca) filter (where x.da_sessao) as corrigido, sum(x.diferenca) filter (where not x.da_sessao) as outras
      from (
        select a.divergencia_id, (a.depois ->> %4$L)::numeric - (a.antes ->> %4$L)::numeric as diferenca,
          o.sessao_id is not distinct from $1 as da_sessao
        from audit.alteracoes a join audit.operacoes o on o.id = a.operacao_id
        where o.iniciada_em >= $2 and a.antes ? %4$L
      ) as x
      join audit.divergencias_processadas d on d.id = x.divergencia_id
      where d.tabela = %5$L
      group by 1
    ) as a on a.chave = t.%6$I
    where true %7$s %8$s %9$s %10$s$q$,
    j.coluna_valor, audit_interno.nome_sql(to_regclass(j.tabela)), audit_interno.tipo_coluna(to_regclass(j.tabela), j.coluna_chave),
    j.coluna_valor, j.tabela, j.coluna_chave,
    case when j.coluna_data is not null and v_sessao.data_inicio is not null then format('and t.%I >= $3', j.coluna_data) end,
    case when j.coluna_data is not null and v_sessao.data_fim is not null then format('and t.%I <= $4', j.coluna_data) end,
    case when j.coluna_carga is not null and j.carregado_desde is not null
      then format('and t.%I >= %L::timestamptz', j.coluna_carga, j.carregado_desde) end,
    case when j.coluna_carga is not null and j.carregado_ate is not null
      then format('and t.%I < %L::timestamptz', j.coluna_carga, j.carregado_ate) end), ' union all ')
  into v_consulta
  from (
    select distinct on (r.tabela, r.coluna_data, r.coluna_carga, e.carregado_desde)
      r.tabela, r.coluna_chave, r.coluna_data, r.coluna_carga, r.coluna_valor, e.carregado_desde, e.carregado_ate
    from audit.execucoes_regra e join audit.regras r on r.nome = e.regra
    where e.sessao_id = v_sessao.id and e.linhas_examinadas is not null
    order by r.tabela, r.coluna_data, r.coluna_carga, e.carregado_desde, e.inicio
  ) as j
  where j.coluna_valor is not null and to_regclass(j.tabela) is not null;
  if v_consulta is null then
    return null;
  end if;
  execute format('select sum(depois), sum(corrigido), sum(outras) from (%s) as j', v_consulta)
  into v_depois, v_corrigido, v_outras
  using v_sessao.id, v_sessao.inicio_processamento, v_sessao.data_inicio, v_sessao.data_fim;
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
