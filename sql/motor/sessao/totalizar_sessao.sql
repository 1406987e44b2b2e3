-- Carries the counts of the rules and parts into the session's row.
create or replace function audit_interno.totalizar_sessao(sessao_id bigint)
returns void
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  update audit.sessoes_processamento s
  set encontradas = e.encontradas, novas = e.novas, recorrentes = e.recorrentes, suprimidas = e.suprimidas,
    corrigidas = e.corrigidas, falhas = e.falhas, obsoletas = e.obsoletas, resolvidas = e.resolvidas,
    desfeitas = e.desfeitas, refeitas = e.refeitas,
    valor_em_risco = e.valor_em_risco, valor_corrigido = e.valor_corrigido,
    partes = case when s.partes is not null then p.total end, partes_concluidas = case when s.partes is not null then p.concluidas end,
    ultima_atividade = clock_timestamp()
  from (
    select sum(x.encontradas) as encontradas, sum(x.novas) as novas, sum(x.recorrentes) as recorrentes,
      sum(x.suprimidas) as suprimidas, sum(x.corrigidas) as corrigidas, sum(x.falhas) as falhas,
      sum(x.obsoletas) as obsoletas, sum(x.resolvidas) as resolvidas,
      sum(x.desfeitas) as desfeitas, sum(x.refeitas) as refeitas, sum(x.valor_em_risco) as valor_em_risco,
      sum(x.valor_corrigido) as valor_corrigido
    from audit.execucoes_regra x where x.sessao_id = totalizar_sessao.sessao_id
  ) as e, (
    select count(*) as total, count(*) filter (where y.status = 'concluida') as concluidas
    from audit_interno.partes_sessao y where y.sessao_id = totalizar_sessao.sessao_id
  ) as p
  where s.id = totalizar_sessao.sessao_id
$$;
comment on function audit_interno.totalizar_sessao(bigint) is 'Sums the counts of rules and parts into the session.';
