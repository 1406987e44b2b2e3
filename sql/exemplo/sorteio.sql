-- One draw of the generator: a whole number from 0 to n - 1 that depends on nothing but its arguments.
-- Not random(): its stream depends on the order in which rows are read, hence on the plan and on the version.
-- hashint8extended has given the same numbers on every platform since PostgreSQL 11.
-- No "set search_path" here, because it would forbid inlining and cost seconds: the body is bound when created.
create or replace function exemplo.sorteio(chave bigint, n bigint, canal bigint)
returns bigint
language sql
immutable parallel safe
return (pg_catalog.hashint8extended(chave, canal) operator(pg_catalog.&) 9223372036854775807) operator(pg_catalog.%) n;

comment on function exemplo.sorteio(bigint, bigint, bigint) is
  'Example warehouse: reproducible draw from 0 to n - 1 for a key on a channel (the seed plus the number of the draw).';

revoke execute on function exemplo.sorteio(bigint, bigint, bigint) from public;
