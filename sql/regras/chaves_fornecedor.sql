-- What an entry is compared by, as far as its supplier, cost centre and account go, as one row: 2 cost centre, 4 company, 5 name,
-- 6 code, 7 supplier with cost centre, 11 supplier with account, 21 account. fornecedor is the company, or '=' and the name where
-- there is no code. A blank value has no key and so does not count. Each text is hashed once, pairs are hashes of hashes: this runs
-- for every entry of the history. Touches nothing. Called where history is counted and where entries are asked; inlined by the planner.
create or replace function regras.chaves_fornecedor(
  raiz text, nome text, codigo text, fornecedor text, centro text, conta text
) returns table (k2 bigint, k4 bigint, k5 bigint, k6 bigint, k7 bigint, k11 bigint, k21 bigint)
language sql immutable parallel safe rows 1
begin atomic
  select h.centro, pg_catalog.hashtextextended(raiz, 0), pg_catalog.hashtextextended(nome, 0), pg_catalog.hashtextextended(codigo, 0),
    pg_catalog.hashint8extended(h.centro, h.fornecedor), pg_catalog.hashint8extended(h.conta, h.fornecedor), h.conta
  from (
    select pg_catalog.hashtextextended(fornecedor, 0) as fornecedor, pg_catalog.hashtextextended(centro, 0) as centro,
      pg_catalog.hashtextextended(conta, 0) as conta
    offset 0
  ) h;
end;

comment on function regras.chaves_fornecedor(text, text, text, text, text, text) is
  'Hashed keys of the levels by which an entry is compared with history, as far as supplier, cost centre and account go; null where there is none.';
revoke execute on function regras.chaves_fornecedor(text, text, text, text, text, text) from public;
