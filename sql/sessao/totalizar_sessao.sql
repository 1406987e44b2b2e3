-- Carries the counts of the rules into the session's row.
create or replace function audit_interno.totalizar_sessao(sessao_id bigint)
returns void
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  update audit.sessoes_processamento s
  set encontradas = e.encontradas, novas = e.novas, recorrentes = e.recorrentes, suprimidas = e.suprimidas,
    corrigidas = e.corrigidas, falhas = e.falhas, obsoletas = e.obsoletas, resolvidas = e.resolvidas,
    valor_em_risco = e.valor_em_risco, valor_corrigido = e.valor_corrigido
  from (
    select sum(x.encontradas) as encontradas, sum(x.novas) as novas, sum(x.recorrentes) as recorrentes,
      sum(x.suprimidas) as suprimidas, sum(x.corrigidas) as corrigidas, sum(x.falhas) as falhas,
      sum(x.obsoletas) as obsoletas, sum(x.resolvidas) as resolvidas, sum(x.valor_em_risco) as valor_em_risco,
      sum(x.valor_corrigido) as valor_corrigido
    from audit.execucoes_regra x where x.sessao_id = totalizar_sessao.sessao_id
  ) as e
  where s.id = totalizar_sessao.sessao_id
$$;
comment on function audit_interno.totalizar_sessao(bigint) is 'Sums the rules'' counts into the session.';
