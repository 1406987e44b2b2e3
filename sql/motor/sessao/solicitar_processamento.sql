-- Queues a session for the worker, in the caller's transaction, and returns its row at once.
create or replace function audit.solicitar_processamento(
  modo text default 'manual', data_inicio date default null, data_fim date default null, regras text[] default null,
  simular boolean default false
)
returns audit.sessoes_processamento
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_sessao audit.sessoes_processamento;
begin
  if simular then
    return audit.processar_divergencias(solicitar_processamento.modo, solicitar_processamento.data_inicio,
      solicitar_processamento.data_fim, solicitar_processamento.regras, true); -- nothing to keep, so nothing to queue
  end if;
  v_sessao := audit_interno.criar_sessao(solicitar_processamento.modo, solicitar_processamento.data_inicio,
    solicitar_processamento.data_fim, solicitar_processamento.regras, true);
  perform graphile_worker.add_job('processar_sessao', json_build_object('sessao_id', v_sessao.id), queue_name => 'processamento',
    job_key => 'processar_sessao:' || v_sessao.id);
  return v_sessao;
end
$$;
comment on function audit.solicitar_processamento(text, date, date, text[], boolean) is
  'Queues a session for the worker and returns its row, status agendada. Same arguments and errors as audit.processar_divergencias. A simulation runs at once.';
grant execute on function audit.solicitar_processamento(text, date, date, text[], boolean) to conferente_operador;
