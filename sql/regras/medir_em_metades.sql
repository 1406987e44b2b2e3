-- As medir_niveis, by two processes where regras.em_metades allows it: each takes half of the suppliers. Return query, because insert
-- never runs in parallel. Reads what medir_niveis reads; changes nothing. Called by regras.ajustar_alfas.
create or replace function regras.medir_em_metades(retroteste int4range, amostra int)
returns table (id text, nivel smallint, total double precision, certas double precision)
language plpgsql stable rows 30000
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
begin
  if not regras.em_metades() then
    return query select m.* from regras.medir_niveis(retroteste, amostra) m;
    return;
  end if;
  return query
  select m.* from regras.medir_niveis(retroteste, amostra, 0) m
  union all
  select m.* from regras.medir_niveis(retroteste, amostra, 1) m;
end
$$;

comment on function regras.medir_em_metades(int4range, int) is 'As regras.medir_niveis, by two processes where it pays.';
revoke execute on function regras.medir_em_metades(int4range, int) from public;
