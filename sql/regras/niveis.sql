-- An entry's keys as one row for each level that it has, 0 (everything) included. Touches nothing. Called where history is counted
-- and where entries are asked; inlined by the planner.
create or replace function regras.niveis(
  k2 bigint, k3 bigint, k4 bigint, k5 bigint, k6 bigint, k7 bigint, k8 bigint, k9 bigint, k11 bigint, k21 bigint
) returns table (nivel smallint, chave bigint)
language sql immutable parallel safe rows 11
begin atomic
  select v.nivel, v.chave
  -- a function over arrays: half the cost of a list of values for each entry
  from unnest('{0,2,3,4,5,6,7,8,9,11,21}'::smallint[], array[0, k2, k3, k4, k5, k6, k7, k8, k9, k11, k21]) v (nivel, chave)
  where v.chave is not null;
end;

comment on function regras.niveis(bigint, bigint, bigint, bigint, bigint, bigint, bigint, bigint, bigint, bigint) is
  'Keys of an entry as rows: level and key, without those that are null.';
revoke execute on function regras.niveis(bigint, bigint, bigint, bigint, bigint, bigint, bigint, bigint, bigint, bigint) from public;
