-- Everything that a monitor reads at each scrape, one line for each sample. Definer, because the queue belongs to the worker; it shows only
-- sums. Cheap: settled findings are counted in one index.
create or replace function audit.metricas()
returns table (nome text, tipo text, rotulos jsonb, valor double precision)
language sql
stable security definer
set search_path = pg_catalog, pg_temp
as $$
  with achados as (
    select d.regra, d.status, count(*) as quantas, sum(d.valor_em_risco) as valor, min(d.detectada_em) as desde
    from audit.divergencias_processadas d group by d.regra, d.status
  ), execucoes as (
    select e.regra, e.status, count(*) as quantas, sum(e.encontradas) as encontradas, sum(e.corrigidas) as corrigidas, sum(e.desfeitas) as desfeitas, sum(e.refeitas) as refeitas,
      sum(extract(epoch from e.duracao)) as segundos, sum(e.linhas_examinadas) as linhas
    from audit.execucoes_regra e group by e.regra, e.status
  )
  select 'conferente_divergencias', 'gauge', jsonb_build_object('regra', a.regra, 'status', a.status), a.quantas from achados a
  union all
  select 'conferente_divergencias_valor_brl', 'gauge', jsonb_build_object('regra', a.regra, 'status', a.status), a.valor from achados a
  union all
  select 'conferente_espera_idade_segundos', 'gauge', jsonb_build_object('regra', r.nome),
    coalesce(extract(epoch from clock_timestamp() - a.desde), 0)
  from audit.regras r
  left join (
    select x.regra, min(x.desde) as desde from achados x
    where audit.aguarda_pessoa(x.status) group by x.regra
  ) as a on a.regra = r.nome
  union all
  select 'conferente_sessoes', 'gauge', jsonb_build_object('modo', s.modo, 'status', s.status), count(*)
  from audit.sessoes_processamento s group by s.modo, s.status
  union all
  select 'conferente_ultima_sessao_timestamp_segundos', 'gauge', jsonb_build_object('status', s.status), extract(epoch from max(s.fim_processamento))
  from audit.sessoes_processamento s where s.fim_processamento is not null group by s.status
  union all
  select 'conferente_execucoes_regra', 'gauge', jsonb_build_object('regra', e.regra, 'status', e.status), e.quantas from execucoes e
  union all
  select 'conferente_regra_segundos_total', 'counter', jsonb_build_object('regra', e.regra), sum(e.segundos) from execucoes e group by e.regra
  union all
  select 'conferente_regra_linhas_total', 'counter', jsonb_build_object('regra', e.regra), coalesce(sum(e.linhas), 0) from execucoes e group by e.regra
  union all
  select 'conferente_encontradas_total', 'counter', jsonb_build_object('regra', e.regra), sum(e.encontradas) from execucoes e group by e.regra
  union all
  select 'conferente_correcoes_automaticas_total', 'counter', jsonb_build_object('regra', e.regra), sum(e.corrigidas) from execucoes e group by e.regra
  union all
  select c.nome, 'counter', jsonb_build_object('regra', e.regra), sum(c.valor)
  from execucoes e
  cross join lateral (values ('conferente_correcoes_desfeitas_total', e.desfeitas), ('conferente_correcoes_refeitas_total', e.refeitas)) as c (nome, valor)
  group by c.nome, e.regra
  union all
  select 'conferente_operacoes', 'gauge', jsonb_build_object('tipo', o.tipo, 'status', o.status), count(*)
  from audit.operacoes o group by o.tipo, o.status
  union all
  select m.nome, 'gauge', jsonb_build_object('regra', r.regra), m.valor
  from audit.vw_metricas_regras r
  cross join lateral (values ('conferente_regra_precisao', r.precisao), ('conferente_regra_precisao_minima', r.precisao_minima),
    ('conferente_regra_limiar', r.limiar), ('conferente_regra_automatica', r.automatica::int)) as m (nome, valor)
  where m.valor is not null
  union all
  select 'conferente_regra_prova', 'gauge', jsonb_build_object('regra', r.nome, 'prova', r.prova), 1 from audit.regras r
  union all
  select 'conferente_regra_decisoes_total', 'counter', jsonb_build_object('regra', r.nome, 'palavra', p.palavra), p.quantas
  from audit.regras r cross join lateral (values ('aprovada', r.aprovadas), ('rejeitada', r.rejeitadas)) as p (palavra, quantas)
  union all
  select 'conferente_fila', 'gauge', jsonb_build_object('tarefa', j.task_identifier, 'estado', j.estado), count(*)
  from (
    select q.task_identifier, case when q.locked_at is not null then 'em_andamento' when q.attempts >= q.max_attempts then 'desistida'
      when q.run_at > clock_timestamp() then 'agendada' else 'pronta' end as estado
    from graphile_worker.jobs q
  ) as j
  group by j.task_identifier, j.estado
  union all
  select 'conferente_fila_idade_segundos', 'gauge', '{}', coalesce(extract(epoch from clock_timestamp() - min(q.run_at)), 0)
  from graphile_worker.jobs q where q.locked_at is null and q.attempts < q.max_attempts and q.run_at <= clock_timestamp()
  union all
  select 'conferente_correio', 'gauge', jsonb_strip_nulls(jsonb_build_object('tipo', n.tipo, 'status', n.status, 'canal', c.nome)), count(*)
  from audit.notificacoes n left join audit.canais c on c.id = n.canal_id group by n.tipo, n.status, c.nome
  union all
  select 'conferente_correio_recusados_total', 'counter', jsonb_strip_nulls(jsonb_build_object('tipo', n.tipo, 'canal', c.nome)), sum(r.quantos)
  from audit.notificacoes n left join audit.canais c on c.id = n.canal_id cross join lateral (select count(*) as quantos from jsonb_object_keys(n.recusados)) as r group by n.tipo, c.nome
  union all
  select 'conferente_trabalhadores', 'gauge', '{}', audit_interno.trabalhadores_vivos()
$$;
comment on function audit.metricas() is
  'Samples for monitoring, as of now: nome (as in Prometheus), tipo (gauge or counter), rotulos (label to value), valor. The HTTP route /metrics serves them with one line of help each.';
grant execute on function audit.metricas() to conferente_leitor;
