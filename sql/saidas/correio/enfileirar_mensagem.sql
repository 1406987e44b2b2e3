-- Transactional outbox: a new row of audit.notificacoes queues its composing in the same transaction. When nobody
-- is to receive it, the row stays to say so; recipients set later do not receive what is long past.
create or replace function audit_interno.enfileirar_mensagem()
returns trigger
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if new.canal_id is null and audit_interno.destinatarios(new.tipo) = '{}' then
    update audit.notificacoes n set status = 'dispensada', ultimo_erro = 'nenhum destinatário configurado' where n.id = new.id;
  else
    perform graphile_worker.add_job('compor_mensagem', json_build_object('notificacao_id', new.id),
      job_key => 'compor_mensagem:' || new.id, priority => -10); -- before the parts of a long session
  end if;
  return null;
end
$$;
comment on function audit_interno.enfileirar_mensagem() is 'Queues the composing of a message, or marks it dispensada.';

create or replace trigger enfileirar after insert on audit.notificacoes
  for each row execute function audit_interno.enfileirar_mensagem();
