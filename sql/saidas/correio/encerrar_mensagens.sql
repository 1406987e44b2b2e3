-- Ends messages that would wait for ever: the last attempt of their job is used up and nobody recorded it, because the process was killed
-- in it, or because the message could never be composed. Called by the worker at every tick.
create or replace function audit_interno.encerrar_mensagens()
returns setof audit.notificacoes
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  update audit.notificacoes n
  set status = 'falhou', proxima_tentativa = null, desistida_em = clock_timestamp(), ultimo_erro = case n.status
    when 'pendente' then coalesce('não foi composta: ' || j.last_error, 'não foi composta: o processo morreu na última tentativa')
    else concat_ws('; ', n.ultimo_erro, 'o processo morreu na última tentativa, e o servidor pode já ter a mensagem') end
  from graphile_worker.jobs j
  where n.status in ('pendente', 'composta') and j.attempts >= j.max_attempts and j.locked_at is null
    and j.key = case n.status when 'pendente' then 'compor_mensagem:' else 'enviar_mensagem:' end || n.id
    -- a process without a worker may be sending it right now
    and not audit_interno.possuida('envio ' || n.id)
  returning n.*
$$;
comment on function audit_interno.encerrar_mensagens() is 'Gives up the messages whose job will never run again; returns them.';
