-- Control totals: the sum of the window's amounts when the session began, the same window summed again now, and the part of the difference
-- that the images of audit.alteracoes explain. The rest comes from rows that something else changed or loaded meanwhile. For each table it
-- uses the largest window, the one that medir_janela counted. Warehouse and images come from one snapshot. Part of conteudo_mensagem.
create or replace function audit_interno.conteudo_controle(sessao_id bigint)
returns jsonb
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_sessao audit.sessoes_processamento;
  v_depois numeric;
  v_corrigido numeric;
  v_outras numeric;
begin
  select * into strict v_sessao from audit.sessoes_processamento s where s.id = conteudo_controle.sessao_id;
  with medida as (
    select distinct on (r.tabela) r as regra, audit_interno.relacao(r.tabela) as relacao, e.total_valor,
      audit_interno.janela_execucao(e.sessao_id, e.regra) as janela
    from audit.execucoes_regra e join audit.regras r on r.nome = e.regra
    where e.sessao_id = v_sessao.id and e.linhas_examinadas is not null
    order by r.tabela, e.linhas_examinadas desc, e.total_valor desc nulls last
  ), somada as (
    select m.regra, m.relacao, m.janela, (m.regra).tabela, (m.regra).coluna_valor
    from medida m
    where m.total_valor is not null and (m.regra).coluna_valor is not null and m.relacao is not null
  ), alterada as (
    select s.tabela, d.registro_id, sum(x.diferenca) filter (where x.da_sessao) as corrigido,
      sum(x.diferenca) filter (where not x.da_sessao) as outras
    from somada s
    join audit.divergencias_processadas d on d.tabela = s.tabela
    join audit.alteracoes a on a.divergencia_id = d.id and a.antes ? s.coluna_valor
    join audit.operacoes o on o.id = a.operacao_id and o.iniciada_em >= v_sessao.inicio_processamento
    cross join lateral (select (a.depois ->> s.coluna_valor)::numeric - (a.antes ->> s.coluna_valor)::numeric as diferenca,
      o.sessao_id is not distinct from v_sessao.id and o.tipo in ('correcao', 'autoverificacao') as da_sessao) as x
    group by s.tabela, d.registro_id
  )
  select sum(l.depois), coalesce(sum(e.corrigido), 0), coalesce(sum(e.outras), 0)
  into v_depois, v_corrigido, v_outras
  from somada s
  cross join lateral audit_interno.ler(
    -- only those altered rows that still lie in the window
    format('select a.soma, b.chaves
        from (select coalesce(sum(t.%1$I), 0)::numeric as soma from %2$s t where %3$s) as a
        cross join (
          select coalesce(array_agg(distinct c.chave), ''{}'') as chaves
          from unnest($2) as c (chave) join %2$s t on t.%4$I = c.chave::%5$s and t.%4$I = any ($2::%5$s[])
          where %3$s) as b',
      s.coluna_valor, audit_interno.nome_sql(s.relacao), audit_interno.condicao_janela(s.regra, s.janela),
      (s.regra).coluna_chave, audit_interno.tipo_coluna(s.relacao, (s.regra).coluna_chave)),
    s.janela, array(select a.registro_id from alterada a where a.tabela = s.tabela)) as l (depois numeric, dentro text[])
  left join lateral (
    select sum(a.corrigido) as corrigido, sum(a.outras) as outras
    from unnest(l.dentro) as c (chave) join alterada a on a.tabela = s.tabela and a.registro_id = c.chave
  ) as e on true;
  if v_depois is null or v_sessao.total_valor is null then
    return null; -- no rule measured an amount
  end if;
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
