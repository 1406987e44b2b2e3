-- Before each attempt to send: reserves the message for this connection until registrar_envio or the connection's end, and counts the
-- attempt before anything leaves.
create or replace function audit_interno.iniciar_envio(
  notificacao_id bigint, out situacao text, out faltam text[], out destinatarios text[], out remetente text, out identificador text,
  out conteudo jsonb, out sessao_id bigint, out composta_em timestamptz
)
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_aviso audit.notificacoes;
begin
  if not audit_interno.tomar_posse('envio ' || notificacao_id) then
    situacao := 'ocupada';
    return;
  end if;
  update audit.notificacoes n set status = 'dispensada', proxima_tentativa = null, ultimo_erro = concat_ws('; ', n.ultimo_erro, 'o canal foi desligado')
  from audit.canais c
  where n.id = iniciar_envio.notificacao_id and n.status = 'composta' and c.id = n.canal_id and not c.ativo;
  -- checked only now: the previous holder may have sent it
  update audit.notificacoes n set tentativas = n.tentativas + 1, ultima_tentativa = clock_timestamp()
  where n.id = iniciar_envio.notificacao_id and n.status = 'composta'
  returning n.* into v_aviso;
  if not found then
    perform audit_interno.largar_posse('envio ' || notificacao_id);
    situacao := 'nada';
    return;
  end if;
  situacao := 'enviar';
  faltam := array(
    select e from unnest(v_aviso.destinatarios) with ordinality as x (e, n)
    where e <> all (v_aviso.entregues) and not v_aviso.recusados ? e
    order by n);
  remetente := v_aviso.remetente;
  identificador := v_aviso.identificador;
  conteudo := case when v_aviso.canal_id is null then audit_interno.conteudo_lancamentos(v_aviso.conteudo) else v_aviso.conteudo end;
  sessao_id := v_aviso.sessao_id;
  destinatarios := v_aviso.destinatarios;
  composta_em := v_aviso.composta_em;
end
$$;
comment on function audit_interno.iniciar_envio(bigint) is
  'situacao: enviar (to the recipients in faltam; registrar_envio must follow), ocupada (another process is sending it) or nada (not to be sent).';
grant execute on function audit_interno.iniciar_envio(bigint) to conferente_servico;
