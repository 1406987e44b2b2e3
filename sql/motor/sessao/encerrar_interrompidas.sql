-- Closes as falhou the sessions whose conductor died (killed, connection lost). What they committed stands, and the next window covers what
-- they did not reach. A session that still has its job is left alone: a worker will continue it.
create or replace function audit_interno.encerrar_interrompidas()
returns setof audit.sessoes_processamento
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_sessoes bigint[];
begin
  with encerrada as (
    update audit.sessoes_processamento s
    set status = 'falhou', fim_processamento = clock_timestamp(), mensagem = 'interrompida: o processo que a conduzia morreu'
    where s.status = 'em_andamento'
      and not audit_interno.possuida('sessao ' || s.id)
      and not exists (
        select from graphile_worker.jobs j where j.key = 'processar_sessao:' || s.id and j.attempts < j.max_attempts)
    returning s.*
  ), pulada as (
    update audit.execucoes_regra e set status = 'pulada', motivo = 'a sessão foi interrompida'
    from encerrada s where e.sessao_id = s.id and e.status in ('pendente', 'detectada')
  ), avisada as (
    insert into audit.notificacoes (tipo, sessao_id) select 'falha', s.id from encerrada s on conflict do nothing
  )
  select array_agg(s.id) into v_sessoes from encerrada s;
  perform audit_interno.totalizar_sessao(s.id) from unnest(v_sessoes) as s (id); -- a part may have ended during the closing
  return query select s.* from audit.sessoes_processamento s where s.id = any (v_sessoes) order by s.id;
end
$$;
comment on function audit_interno.encerrar_interrompidas() is 'Closes sessions whose process is gone; returns them.';
grant execute on function audit_interno.encerrar_interrompidas() to conferente_operador;
