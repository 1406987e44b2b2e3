-- Fixes the facts and the identifier of a message to a channel, and queues its sending. The address is looked up at each attempt. Called by
-- compor_mensagem, which holds the row.
create or replace function audit_interno.compor_aviso(notificacao_id bigint)
returns audit.notificacoes
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_aviso audit.notificacoes;
begin
  update audit.notificacoes n
  set destinatarios = case when c.ativo then array[c.nome] else '{}' end, composta_em = clock_timestamp(),
    status = case when c.ativo then 'composta' else 'dispensada' end,
    ultimo_erro = case when not c.ativo then 'o canal está desligado' end,
    conteudo = audit_interno.conteudo_canal(n.id),
    identificador = 'msg_' || replace(gen_random_uuid()::text, '-', ''),
    proxima_tentativa = case when c.ativo then clock_timestamp() end
  from audit.canais c
  where n.id = compor_aviso.notificacao_id and c.id = n.canal_id
  returning n.* into v_aviso;
  if v_aviso.status = 'composta' then
    perform graphile_worker.add_job('avisar_canal', json_build_object('notificacao_id', v_aviso.id),
      job_key => 'enviar_mensagem:' || v_aviso.id, priority => -10); -- ahead of the parts of a long session
  end if;
  return v_aviso;
end
$$;
comment on function audit_interno.compor_aviso(bigint) is 'Marks a message to a channel as composed and queues its sending; returns its row.';
