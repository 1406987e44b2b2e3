-- The stamps, each with the bytes whose SHA-256 is the link's seal, so that the signature can be proven: SQL cannot, conferente verificar
-- does. Definer, because nobody may read the table.
create or replace function audit.carimbos()
returns table (operacao_id bigint, elo bigint, token bytea, selado bytea)
language sql
stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select c.operacao_id, c.elo, c.token, o.selo_anterior || int8send(o.elo) || o.resumo
  from audit_interno.carimbos c
  left join audit.operacoes o on o.elo = c.elo
  order by c.elo
$$;
comment on function audit.carimbos() is
  'Stamps (RFC 3161) of heads of the chain, oldest first: the operation that recorded each, the link that it stamps, the token as DER, and what that link''s seal is the SHA-256 of (selo_anterior, elo as 8 bytes, resumo); null if the link is gone.';
grant execute on function audit.carimbos() to conferente_leitor;
