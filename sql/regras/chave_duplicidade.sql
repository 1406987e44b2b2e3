-- Amount without sign and begin of the supplier's code as one number: equal for the same document booked twice, and few others.
-- A number because one is kept for each entry of the window: half the memory of the two, and no disk. Touches nothing; inlined by
-- the planner. Called by regras.duplicidades for every entry it reads.
create or replace function regras.chave_duplicidade(valor numeric, codigo text) returns bigint
language sql immutable parallel safe
return pg_catalog.hash_numeric_extended(pg_catalog.abs(valor), pg_catalog.hashtextextended(regras.inicio_fornecedor(codigo), 0));

comment on function regras.chave_duplicidade(numeric, text) is
  'Hash of an amount without sign and the begin of a supplier''s code.';
revoke execute on function regras.chave_duplicidade(numeric, text) from public;
