-- The answer to a request that audit.repetir_pedido found to be new, kept in the transaction that carried it out.
create or replace function audit.guardar_resposta(chave text, resposta text, parte text default '')
returns void
language sql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  update audit_interno.pedidos p set resposta = guardar_resposta.resposta
  where p.autor = audit_interno.ator() and p.chave = guardar_resposta.chave and p.parte = guardar_resposta.parte
    and p.resposta is null and audit_interno.pela_api()
$$;
comment on function audit.guardar_resposta(text, text, text) is
  'Keeps the answer to the caller''s own request with this key, in case it is sent again. A kept answer never changes.';
grant execute on function audit.guardar_resposta(text, text, text) to conferente_leitor;
