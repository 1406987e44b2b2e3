-- Part of the diagnosis: whether rows of a relation came later than the margin of incremental sessions allows, and whether corrections were
-- undone from outside, as counted by the sessions of the last thirty days. No line before a first count. Called by
-- audit.diagnosticar_contrato; changes nothing.
create or replace function audit_interno.diagnosticar_cargas(relacao regclass)
returns table (item text, situacao text, detalhe text, sugestao text)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  with contada as (
    select s.id, s.inicio_processamento as quando, max(e.atrasadas) as linhas, min(e.atrasadas_inicio) as inicio, max(e.atrasadas_fim) as fim
    from audit.execucoes_regra e
    join audit.sessoes_processamento s on s.id = e.sessao_id
    join audit.regras r on r.nome = e.regra
    where e.atrasadas is not null and s.inicio_processamento > now() - interval '30 days'
      and audit_interno.relacao(r.tabela) = diagnosticar_cargas.relacao
    group by s.id, s.inicio_processamento
  ), ultima as (
    select * from contada c where c.linhas > 0 order by c.quando desc limit 1
  )
  select 'cargas atrasadas', case when t.com = 0 then 'ok' else 'aviso' end,
    case when t.com = 0 then format('nenhuma em %s sessões dos últimos 30 dias', t.todas)
      else format('em %s de %s sessões dos últimos 30 dias vieram linhas depois de sessao.margem_incremental (%s); a última, a sessão %s em %s, leu %s, com data de %s',
        t.com, t.todas, audit_interno.configuracao('sessao.margem_incremental') #>> '{}', u.id, to_char(u.quando at time zone audit.fuso(), 'DD/MM/YYYY'),
        u.linhas, concat_ws(' a ', to_char(u.inicio, 'DD/MM/YYYY'), case when u.fim > u.inicio then to_char(u.fim, 'DD/MM/YYYY') end)) end,
    case when t.com > 0 then
      'Foram lidas, mas um dia depois. Se cargas demoram a confirmar: conferente configurar sessao.margem_incremental … --motivo "…"; se gravam uma hora velha ou nenhuma, corrija na carga.' end
  from (select count(*) as todas, count(*) filter (where c.linhas > 0) as com from contada c) as t
  left join ultima u on true
  where t.todas > 0
  union all
  select 'correções desfeitas', 'aviso',
    format('%s desfeitas por cargas, ou por outros, em %s sessões dos últimos 30 dias; a última, a sessão %s em %s',
      sum(d.desfeitas), count(*), max(d.id), to_char(max(d.quando) at time zone audit.fuso(), 'DD/MM/YYYY')),
    'Corrija na origem, ou rode a sessão depois da carga; a lista para quem cuida da origem: conferente listar --desfeitas.'
  from (
    select s.id, s.inicio_processamento as quando, sum(e.desfeitas) as desfeitas
    from audit.execucoes_regra e
    join audit.sessoes_processamento s on s.id = e.sessao_id
    join audit.regras r on r.nome = e.regra
    where e.desfeitas > 0 and s.inicio_processamento > now() - interval '30 days'
      and audit_interno.relacao(r.tabela) = diagnosticar_cargas.relacao
    group by s.id, s.inicio_processamento
  ) as d
  having count(*) > 0
$$;
comment on function audit_interno.diagnosticar_cargas(regclass) is 'Lines of the diagnosis on loads that came too late and on corrections that were undone; none before the first count.';
