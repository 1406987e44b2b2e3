-- Queues a message in the transaction that causes it, once for each kind and session.
create or replace function audit_interno.notificar(tipo text, sessao_id bigint)
returns void
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  insert into audit.notificacoes (tipo, sessao_id) values (notificar.tipo, notificar.sessao_id)
  on conflict do nothing
$$;
comment on function audit_interno.notificar(text, bigint) is 'Queues a message about a session.';
