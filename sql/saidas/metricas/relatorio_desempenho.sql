-- How sessions and rules did in a period.
create or replace function audit.relatorio_desempenho(de date default null, ate date default null)
returns jsonb
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  with dias as (
    select coalesce(relatorio_desempenho.ate, h.hoje) as ate, coalesce(relatorio_desempenho.de, coalesce(relatorio_desempenho.ate, h.hoje) - 29) as de, h.fuso
    from (select audit.hoje() as hoje, audit.fuso() as fuso) as h
  ), sessoes as (
    select s.*, extract(epoch from s.fim_processamento - s.inicio_processamento) as segundos
    from audit.sessoes_processamento s, dias d
    where s.inicio_processamento >= d.de::timestamp at time zone d.fuso
      and s.inicio_processamento < (d.ate::timestamp + interval '1 day') at time zone d.fuso
  )
  select jsonb_build_object('de', d.de, 'ate', d.ate,
    'sessoes', (
      select jsonb_build_object('total', count(*), 'concluidas', count(*) filter (where s.status = 'concluida'),
        'com_falhas', count(*) filter (where s.status = 'concluida_com_falhas'), 'falharam', count(*) filter (where s.status = 'falhou'),
        'canceladas', count(*) filter (where s.status = 'cancelada'), 'em_andamento', count(*) filter (where s.status = 'em_andamento'),
        'segundos_mediana', percentile_cont(0.5) within group (order by s.segundos),
        'segundos_p95', percentile_cont(0.95) within group (order by s.segundos), 'linhas_examinadas', coalesce(sum(s.linhas_examinadas), 0),
        'encontradas', coalesce(sum(s.encontradas), 0), 'corrigidas', coalesce(sum(s.corrigidas), 0),
        'desfeitas', coalesce(sum(s.desfeitas), 0), 'refeitas', coalesce(sum(s.refeitas), 0),
        'valor_em_risco', coalesce(sum(s.valor_em_risco), 0), 'valor_corrigido', coalesce(sum(s.valor_corrigido), 0))
      from sessoes s),
    'regras', (select coalesce(jsonb_agg(to_jsonb(r) order by r.regra), '[]') from audit.vw_metricas_regras r),
    'execucoes', (
      select coalesce(jsonb_agg(to_jsonb(v) order by v.sessao_id desc, v.regra), '[]')
      from audit.vw_metricas_desempenho v
      where v.sessao_id in (select s.id from sessoes s order by s.id desc limit 500)))
  from dias d
$$;
comment on function audit.relatorio_desempenho(date, date) is
  'How sessions and rules performed, as JSON. de and ate: days on which sessions began, in the zone agenda.fuso, both included; by default the last 30. sessoes: totals, median and 95th percentile of their seconds, amounts in BRL; regras: current rows of audit.vw_metricas_regras; execucoes: rows of audit.vw_metricas_desempenho of the latest 500 sessions of the period.';
grant execute on function audit.relatorio_desempenho(date, date) to conferente_leitor;
