-- Queues the session of one due time once, however many workers ask at the same moment: the due time is the key, and later callers wait for
-- the first. A refusal is recorded, reported, and tried again at the next tick.
create or replace function audit_interno.agendar_sessao(previsto_para timestamptz)
returns setof audit.agendamentos
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_agendamento audit.agendamentos;
  v_sessao audit.sessoes_processamento;
begin
  insert into audit.agendamentos as a (previsto_para, agendado_por)
  values (agendar_sessao.previsto_para, audit_interno.ator())
  on conflict on constraint agendamentos_pkey do update
    set tentativas = a.tentativas + 1, agendado_em = clock_timestamp(), agendado_por = excluded.agendado_por
    where a.sessao_id is null
  returning * into v_agendamento;
  if not found then
    return; -- already queued
  end if;
  begin
    v_sessao := audit.solicitar_processamento(audit_interno.configuracao('agenda.modo') #>> '{}');
    v_agendamento.sessao_id := v_sessao.id;
    v_agendamento.erro_codigo := null;
    v_agendamento.erro_mensagem := null;
  exception when sqlstate 'NC003' or sqlstate 'NC010' then
    v_agendamento.erro_codigo := sqlstate;
    v_agendamento.erro_mensagem := sqlerrm;
    if v_agendamento.tentativas = 1 then
      perform audit_interno.notificar('falha', null);
    end if;
  end;
  return query update audit.agendamentos a
  set sessao_id = v_agendamento.sessao_id, erro_codigo = v_agendamento.erro_codigo, erro_mensagem = v_agendamento.erro_mensagem
  where a.previsto_para = v_agendamento.previsto_para
  returning a.*;
end
$$;
comment on function audit_interno.agendar_sessao(timestamptz) is
  'Queues the incremental session of a due time and returns its row; no row if that was already done.';
