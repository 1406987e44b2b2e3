-- Flat rows for BI tools: what was found on each day and what became of it. Reads only one index.
create or replace view audit.vw_metricas_resumo with (security_invoker = true) as
with contadas as (
  select (d.detectada_em at time zone (select audit.fuso()))::date as dia, d.regra, d.status, count(*) as quantidade,
    sum(d.valor_em_risco) as valor_em_risco, round(avg(d.confianca), 4) as confianca_media
  from audit.divergencias_processadas d
  group by 1, 2, 3
)
select c.dia, c.regra, r.descricao as regra_descricao, r.tabela, c.status,
  audit.aguarda_pessoa(c.status) as aguarda_pessoa, c.quantidade, c.valor_em_risco, c.confianca_media
from contadas c
join audit.regras r on r.nome = c.regra;
comment on view audit.vw_metricas_resumo is 'Findings by day of first detection, rule and current status: flat rows for BI tools. Sum quantidade and valor_em_risco freely; each finding is counted once.';
comment on column audit.vw_metricas_resumo.dia is 'Day of first detection, in the zone of the setting agenda.fuso.';
comment on column audit.vw_metricas_resumo.regra is 'Rule that found them.';
comment on column audit.vw_metricas_resumo.regra_descricao is 'What the rule looks for.';
comment on column audit.vw_metricas_resumo.tabela is 'Table that the rule reads.';
comment on column audit.vw_metricas_resumo.status is 'Status now: aberta, aguardando_segunda_aprovacao, corrigida, rejeitada, revertida, obsoleta, resolvida or falha.';
comment on column audit.vw_metricas_resumo.aguarda_pessoa is 'Whether findings of this status wait for a person.';
comment on column audit.vw_metricas_resumo.quantidade is 'Number of findings.';
comment on column audit.vw_metricas_resumo.valor_em_risco is 'Sum of their amounts at stake in BRL.';
comment on column audit.vw_metricas_resumo.confianca_media is 'Mean confidence, 0 to 1; weight by quantidade when adding up rows.';
