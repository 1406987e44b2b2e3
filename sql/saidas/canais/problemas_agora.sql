-- What is wrong as things stand, whichever session caused it. Called every few seconds, so each part reads an index. Part of
-- conferir_alarmes.
create or replace function audit_interno.problemas_agora()
returns table (tipo text, chave text, regra text, sessao_id bigint)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select 'abertas', 'fila', null::text, null::bigint
  where exists (
    select from audit.divergencias_processadas d
    where audit.aguarda_pessoa(d.status) and not coalesce(d.adiada_ate > audit.hoje(), false))
  union all
  select 'pessoa', 'segunda aprovacao', null, null
  where exists (select from audit.divergencias_processadas d where d.status = 'aguardando_segunda_aprovacao')
  union all
  select distinct 'pessoa', 'encaminhadas ' || d.encaminhada_para, null::text, null::bigint
  from audit.divergencias_processadas d
  where d.encaminhada_para is not null and audit.aguarda_pessoa(d.status)
  union all
  select 'pessoa', 'vencidas', null, null
  where exists (
    select
    from audit.regras r
    cross join unnest(audit_interno.situacoes_em_espera()) as s (status)
    join audit.divergencias_processadas d on d.status = s.status and d.regra = r.nome
    where d.detectada_em < (audit.hoje() - (audit_interno.configuracao('correio.dias_vencimento') #>> '{}')::integer)::timestamp at time zone audit.fuso()
      and not coalesce(d.adiada_ate > audit.hoje(), false))
  union all
  select 'autonomia', r.nome, r.nome, null from audit.regras r where r.automatica_perdida is not null
  union all
  (select 'falha', 'agenda', null, null
  from (select a.sessao_id from audit.agendamentos a order by a.previsto_para desc limit 1) as a
  where a.sessao_id is null)
  union all
  select 'falha', 'carimbo', null, null from audit_interno.tentativas_carimbo f where f.vezes > 3
  union all
  -- until a session of the schedule's kind ends
  (select 'falha', 'ausencia', null, null
  from (select n.criada_em from audit.notificacoes n where n.tipo = 'ausencia' order by n.dia desc limit 1) as n
  where not exists (
    select from audit.sessoes_processamento s
    where s.incremental and s.status in ('concluida', 'concluida_com_falhas') and s.fim_processamento > n.criada_em))
$$;
comment on function audit_interno.problemas_agora() is
  'What waits (abertas, pessoa), rules without auto (autonomia), a schedule that cannot queue, a day without a session and a head that is not being stamped (falha), each with its key.';
