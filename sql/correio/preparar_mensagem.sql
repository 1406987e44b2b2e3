-- First half of composing: takes the row, and gives the facts. Who comes second waits, and then gets no row.
create or replace function audit_interno.preparar_mensagem(notificacao_id bigint)
returns table (tipo text, conteudo jsonb)
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform from audit.notificacoes n where n.id = preparar_mensagem.notificacao_id and n.status = 'pendente' for update;
  if found then
    return query select n.tipo, audit_interno.conteudo_mensagem(n.id) from audit.notificacoes n where n.id = preparar_mensagem.notificacao_id;
  end if;
end
$$;
comment on function audit_interno.preparar_mensagem(bigint) is 'Kind and facts of a message that is still pendente; no row when it is not.';
grant execute on function audit_interno.preparar_mensagem(bigint) to conferente_servico;
