-- What an entry is compared by, as far as its amount goes, as one row: 3 cost centre with amount band, 8 supplier with cost centre
-- and band, 9 supplier with cost centre and exact amount. Touches nothing. Called where history is counted and where entries are
-- asked; inlined by the planner.
create or replace function regras.chaves_valor(fornecedor text, centro text, valor numeric)
returns table (k3 bigint, k8 bigint, k9 bigint)
language sql immutable parallel safe rows 1
begin atomic
  select pg_catalog.hashint8extended(h.centro, h.faixa), pg_catalog.hashint8extended(h.faixa, h.ambos),
    pg_catalog.hash_numeric_extended(valor, h.ambos)
  from (
    select pg_catalog.hashtextextended(centro, 0) as centro, pg_catalog.hashtextextended(regras.faixa_valor(valor), 0) as faixa,
      pg_catalog.hashint8extended(coalesce(pg_catalog.hashtextextended(centro, 0), 0), pg_catalog.hashtextextended(fornecedor, 0)) as ambos
    offset 0
  ) h;
end;

comment on function regras.chaves_valor(text, text, numeric) is
  'Hashed keys of the levels by which an entry is compared with history, as far as its amount goes; null where there is none.';
revoke execute on function regras.chaves_valor(text, text, numeric) from public;
