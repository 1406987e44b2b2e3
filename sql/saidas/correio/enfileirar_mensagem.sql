-- Transactional outbox: new rows of audit.notificacoes queue their composing in the same transaction. A row without recipients stays and
-- says so; recipients added later do not receive old messages. A statement trigger, because it changes the rows themselves, and row
-- triggers would fire before the one that records what was inserted (anotar_insert).
create or replace function audit_interno.enfileirar_mensagem()
returns trigger
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  update audit.notificacoes n set status = 'dispensada', ultimo_erro = 'nenhum destinatário configurado'
  where n.id in (select x.id from novas x where x.canal_id is null and audit_interno.destinatarios(x.tipo) = '{}');
  perform graphile_worker.add_job('compor_mensagem', json_build_object('notificacao_id', x.id),
    job_key => 'compor_mensagem:' || x.id, priority => -10) -- ahead of the parts of a long session
  from novas x
  where x.canal_id is not null or audit_interno.destinatarios(x.tipo) <> '{}';
  return null;
end
$$;
comment on function audit_interno.enfileirar_mensagem() is 'Queues the composing of messages, or marks them dispensada.';

create or replace trigger enfileirar after insert on audit.notificacoes
  referencing new table as novas
  for each statement execute function audit_interno.enfileirar_mensagem();
