-- Carries out a request that its sender marked with a key once only: whoever sends it again, because the answer was lost, gets the same
-- answer. The act and the answer belong to one transaction; whoever asks meanwhile waits for its end. Keys are personal, so nobody can
-- block or read another's.
create or replace function audit.repetir_pedido(chave text, pedido text, parte text default '')
returns text
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_autor text := audit_interno.ator();
  v_pedido bytea := sha256(convert_to(repetir_pedido.pedido, 'UTF8'));
  v_resposta text;
begin
  if not audit_interno.pela_api() then
    raise insufficient_privilege using message = 'só a API pode usar esta função';
  end if;
  if length(repetir_pedido.chave) not between 1 and 255 or repetir_pedido.pedido is null or repetir_pedido.parte is null then
    raise exception using errcode = 'NC001', message = 'a chave do pedido (Idempotency-Key) precisa ter de 1 a 255 caracteres';
  end if;
  delete from audit_interno.pedidos p where p.autor = v_autor and p.criado_em < now() - interval '24 hours';
  insert into audit_interno.pedidos (autor, chave, parte, pedido)
  values (v_autor, repetir_pedido.chave, repetir_pedido.parte, v_pedido)
  on conflict do nothing;
  if exists (
    select from audit_interno.pedidos p where p.autor = v_autor and p.chave = repetir_pedido.chave and p.pedido <> v_pedido)
  then
    raise exception using errcode = 'NC029', message = 'esta chave já foi usada para outro pedido',
      hint = 'Use uma chave nova para cada pedido, e a mesma só para repetir exatamente o mesmo pedido.';
  end if;
  select p.resposta into strict v_resposta from audit_interno.pedidos p
  where p.autor = v_autor and p.chave = repetir_pedido.chave and p.parte = repetir_pedido.parte;
  return v_resposta;
end
$$;
comment on function audit.repetir_pedido(text, text, text) is
  'Looks for the caller''s own request of the last 24 hours with this key: returns the answer that was given, or null if it is new; then carry it out and end it with audit.guardar_resposta. pedido: everything that makes it the same request; parte: which of several answers within it. Waits while the same request is under way. Errors: NC001 key not of 1 to 255 characters, NC029 another request had the key, 42501 not the API.';
grant execute on function audit.repetir_pedido(text, text, text) to conferente_leitor;
