-- As contar_historia of some months, or of all when null, by two processes where regras.em_metades allows it: one counts the even
-- months, one the odd ones. Return query, because insert never runs in parallel. Reads what contar_historia reads; changes nothing.
-- Called by regras.contar_meses.
create or replace function regras.contar_em_metades(meses int[])
returns table (nivel smallint, chave bigint, mes int, categoria int, linhas int)
language plpgsql stable rows 1000000
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
begin
  if cardinality(meses) = 1 or not regras.em_metades() then
    return query select h.* from regras.contar_historia(meses, null) h;
    return;
  end if;
  return query
  select h.* from regras.contar_historia(meses, null, 0) h
  union all
  select h.* from regras.contar_historia(meses, null, 1) h;
end
$$;

comment on function regras.contar_em_metades(int[]) is 'Counts of the learnable history, as regras.contar_historia, by two processes where it pays.';
revoke execute on function regras.contar_em_metades(int[]) from public;
