-- As medir_niveis, by two processes where audit_interno.em_metades allows it: each takes half of the suppliers. Return query, because insert
-- never runs in parallel. Reads what medir_niveis reads; changes nothing. Called by audit_interno.ajustar_alfas.
create or replace function audit_interno.medir_em_metades(retroteste int4range, amostra int)
returns table (id text, nivel smallint, total double precision, certas double precision)
language plpgsql stable rows 30000
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
begin
  if not audit_interno.em_metades() then
    return query select m.* from audit_interno.medir_niveis(retroteste, amostra) m;
    return;
  end if;
  return query
  select m.* from audit_interno.medir_niveis(retroteste, amostra, 0) m
  union all
  select m.* from audit_interno.medir_niveis(retroteste, amostra, 1) m;
end
$$;

comment on function audit_interno.medir_em_metades(int4range, int) is 'As audit_interno.medir_niveis, by two processes where it pays.';
revoke execute on function audit_interno.medir_em_metades(int4range, int) from public;
