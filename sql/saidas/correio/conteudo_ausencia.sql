-- What is known when no session of a day has ended in time. Part of conteudo_mensagem.
create or replace function audit_interno.conteudo_ausencia(dia date, fuso text)
returns jsonb
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select jsonb_build_object(
    'dia', conteudo_ausencia.dia,
    'prevista', audit_interno.hora_prevista(audit_interno.configuracao('agenda.cron') #>> '{}', conteudo_ausencia.dia),
    'prazo', audit_interno.configuracao('agenda.prazo') #>> '{}',
    'ultima', (
      select jsonb_build_object('id', s.id, 'status', s.status, 'fim', s.fim_processamento, 'mensagem', s.mensagem)
      from audit.sessoes_processamento s
      where s.status not in ('agendada', 'em_andamento') and s.incremental
      order by s.fim_processamento desc limit 1),
    'em_curso', (
      select jsonb_build_object('id', s.id, 'status', s.status, 'etapa', s.etapa, 'solicitada_em', s.solicitada_em,
        'ultima_atividade', s.ultima_atividade)
      from audit.sessoes_processamento s
      where s.status in ('agendada', 'em_andamento')
      order by s.id desc limit 1),
    'erro_agenda', (
      select a.erro_mensagem from audit.agendamentos a
      where a.previsto_para >= conteudo_ausencia.dia::timestamp at time zone conteudo_ausencia.fuso
      order by a.previsto_para desc limit 1))
$$;
comment on function audit_interno.conteudo_ausencia(date, text) is
  'JSON object: day, due time and deadline, the last session that ended, one that is queued or under way, and why the schedule could not queue one.';
