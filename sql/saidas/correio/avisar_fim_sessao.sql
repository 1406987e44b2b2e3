-- Reports every session that ended by itself, however it was run and whatever it found: the digest always, the alert only when something
-- needs a person. The worker's next look serves the channels (conferir_alarmes). A cancelled session is not reported, because somebody has
-- just cancelled it. A simulation is undone together with its messages.
create or replace function audit_interno.avisar_fim_sessao()
returns trigger
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform audit_interno.notificar('resumo', new.id);
  if exists (
    select from audit.divergencias_processadas d
    where d.sessao_ultima_id = new.id and audit.aguarda_pessoa(d.status))
  then
    perform audit_interno.notificar('divergencias', new.id);
  end if;
  insert into audit_interno.sessoes_a_avisar (sessao_id) values (new.id) on conflict do nothing;
  return null;
end
$$;
comment on function audit_interno.avisar_fim_sessao() is 'Queues the messages of a session that has just ended.';

create or replace trigger avisar after update of status on audit.sessoes_processamento
  for each row when (
    old.status in ('agendada', 'em_andamento') and new.status in ('concluida', 'concluida_com_falhas', 'falhou'))
  execute function audit_interno.avisar_fim_sessao();
