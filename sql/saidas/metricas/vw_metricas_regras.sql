-- One row for each rule: how often people found it right, and how many of its findings wait.
create or replace view audit.vw_metricas_regras with (security_invoker = true) as
select r.nome as regra, r.descricao, r.ativa, r.automatica, r.limiar, r.aprovadas, r.rejeitadas,
  round(r.aprovadas::numeric / nullif(p.n, 0), 4) as precisao,
  -- Wilson (1927), both ends of the 95 % interval: z = 1.96, rounded outwards
  trunc(((r.aprovadas + 1.9208) / nullif(p.n + 3.8416, 0)
    - 1.96 * sqrt(r.aprovadas * r.rejeitadas / nullif(p.n, 0)::numeric + 0.9604) / (p.n + 3.8416)), 4) as precisao_minima,
  case when p.n > 0 then round(least(1, ceil(10000 * ((r.aprovadas + 1.9208) / nullif(p.n + 3.8416, 0)
    + 1.96 * sqrt(r.aprovadas * r.rejeitadas / nullif(p.n, 0)::numeric + 0.9604) / (p.n + 3.8416))) / 10000), 4) end as precisao_maxima,
  coalesce(a.quantas, 0) as abertas, coalesce(a.valor, 0) as valor_aberto, a.desde as aberta_desde, r.prova
from audit.regras r
cross join lateral (select r.aprovadas + r.rejeitadas as n) as p
left join (
  select d.regra, count(*) as quantas, sum(d.valor_em_risco) as valor, min(d.detectada_em) as desde
  from audit.divergencias_processadas d
  where audit.aguarda_pessoa(d.status)
  group by d.regra
) as a on a.regra = r.nome;
comment on view audit.vw_metricas_regras is 'One row for each rule: how often people found it right so far, and how much of it waits for a person.';
comment on column audit.vw_metricas_regras.regra is 'Rule.';
comment on column audit.vw_metricas_regras.descricao is 'What the rule looks for.';
comment on column audit.vw_metricas_regras.ativa is 'Whether sessions run the rule.';
comment on column audit.vw_metricas_regras.automatica is 'Whether auto may correct for this rule.';
comment on column audit.vw_metricas_regras.limiar is 'Confidence from which auto may correct by itself, 0 to 1.';
comment on column audit.vw_metricas_regras.aprovadas is 'Human decisions that found the proposal right.';
comment on column audit.vw_metricas_regras.rejeitadas is 'Human decisions that found the proposal wrong.';
comment on column audit.vw_metricas_regras.precisao is 'Observed precision: aprovadas / (aprovadas + rejeitadas), 0 to 1; null before the first decision.';
comment on column audit.vw_metricas_regras.precisao_minima is 'Lower end of its 95% Wilson interval (Wilson 1927), 0 to 1; null before the first decision.';
comment on column audit.vw_metricas_regras.precisao_maxima is 'Upper end of that interval, 0 to 1; null before the first decision.';
comment on column audit.vw_metricas_regras.abertas is 'Findings that wait for a person.';
comment on column audit.vw_metricas_regras.valor_aberto is 'Sum of their amounts at stake in BRL.';
comment on column audit.vw_metricas_regras.aberta_desde is 'When the oldest of them was first found.';
comment on column audit.vw_metricas_regras.prova is 'What people''s answers say of the rule: provada, sem_prova or refutada.';
