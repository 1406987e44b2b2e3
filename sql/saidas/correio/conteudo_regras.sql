-- Each rule of a session: what it did, which of its findings wait, and its new findings on each of the 30 days up to the session's. A day
-- on which the rule did not run is null, not zero. Part of conteudo_mensagem.
create or replace function audit_interno.conteudo_regras(sessao_id bigint, fuso text)
returns jsonb
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  with sessao as (
    select s.id, (coalesce(s.fim_processamento, now()) at time zone conteudo_regras.fuso)::date as dia
    from audit.sessoes_processamento s where s.id = conteudo_regras.sessao_id
  ), diaria as (
    select e.regra, (e.fim at time zone conteudo_regras.fuso)::date as dia, sum(e.novas) as novas
    from sessao s
    join audit.execucoes_regra e on e.fim >= (s.dia - 29)::timestamp at time zone conteudo_regras.fuso
      and e.fim < (s.dia + 1)::timestamp at time zone conteudo_regras.fuso and e.status in ('detectada', 'concluida')
    group by 1, 2
  )
  select coalesce(jsonb_agg(jsonb_build_object(
    'nome', e.regra, 'descricao', r.descricao, 'status', e.status, 'motivo', coalesce(e.erro_mensagem, e.motivo),
    'linhas', e.linhas_examinadas, 'encontradas', e.encontradas, 'novas', e.novas, 'recorrentes', e.recorrentes,
    'corrigidas', e.corrigidas, 'refeitas', e.refeitas, 'resolvidas', e.resolvidas,
    'esperando', w.total, 'valor_esperando', audit_interno.centavos(w.valor),
    'valor_em_risco', audit_interno.centavos(e.valor_em_risco), 'tendencia', t.novas) order by r.prioridade, e.regra), '[]')
  from sessao s
  join audit.execucoes_regra e on e.sessao_id = s.id
  join audit.regras r on r.nome = e.regra
  cross join lateral (
    select count(*) as total, coalesce(sum(d.valor_em_risco), 0) as valor
    from audit.divergencias_processadas d
    where d.regra = e.regra and audit.aguarda_pessoa(d.status)
  ) as w
  cross join lateral (
    select jsonb_agg(d.novas order by n) as novas
    from generate_series(0, 29) as n
    left join diaria d on d.regra = e.regra and d.dia = s.dia - 29 + n
  ) as t
$$;
comment on function audit_interno.conteudo_regras(bigint, text) is
  'JSON array: counts, amounts and the 30-day trend (new findings a day, null where the rule did not run) of each rule of a session.';
