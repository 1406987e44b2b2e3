-- Fixes recipients, sender, identifier and facts of a mail or of a message to a channel, and queues the sending: from here on every attempt
-- sends the same message, but for the columns that name an entry (conteudo_lancamentos). A second caller waits, and then finds nothing to do.
create or replace function audit_interno.compor_mensagem(notificacao_id bigint)
returns audit.notificacoes
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_aviso audit.notificacoes;
  v_remetente text := audit_interno.configuracao('correio.remetente') #>> '{}';
begin
  select * into v_aviso from audit.notificacoes n where n.id = compor_mensagem.notificacao_id and n.status = 'pendente' for update;
  if not found then
    return null;
  end if;
  if v_aviso.canal_id is not null then
    return audit_interno.compor_aviso(v_aviso.id);
  end if;
  update audit.notificacoes n
  set destinatarios = d.lista, remetente = v_remetente, composta_em = clock_timestamp(),
    status = case when d.lista = '{}' then 'dispensada' else 'composta' end,
    ultimo_erro = case when d.lista = '{}' then 'nenhum destinatário configurado' end,
    conteudo = audit_interno.conteudo_mensagem(n.id),
    identificador = format('<conferente.%s.%s@%s>', n.id, gen_random_uuid(), rtrim(split_part(v_remetente, '@', 2), '>')),
    proxima_tentativa = case when d.lista <> '{}' then clock_timestamp() end
  from audit_interno.destinatarios(v_aviso.tipo) as d (lista)
  where n.id = v_aviso.id
  returning n.* into v_aviso;
  if v_aviso.status = 'composta' then
    perform graphile_worker.add_job('enviar_mensagem', json_build_object('notificacao_id', v_aviso.id),
      job_key => 'enviar_mensagem:' || v_aviso.id, priority => -10); -- ahead of the parts of a long session
  end if;
  return v_aviso;
end
$$;
comment on function audit_interno.compor_mensagem(bigint) is 'Marks a message as composed and queues its sending; returns its row, null when it was not pendente.';
grant execute on function audit_interno.compor_mensagem(bigint) to conferente_servico;
