-- The back-test's questions with what both opinions gave each category, by two processes where regras.em_metades allows it:
-- each takes half of the suppliers. Return query, because insert never runs in parallel. Reads what pontuar_pendencias reads; changes
-- nothing. Called by regras.calibrar_historia.
create or replace function regras.perguntar_retroteste(retroteste int4range, amostra int)
returns setof regras.estatistica_pergunta
language plpgsql stable rows 10000
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
  v_metades boolean := regras.em_metades();
begin
  return query
  select u.id, p.com_conta, p.classe, p.lacuna, u.certa, p.categorias, p.bases, p.palavras, p.repetidas, p.recentes
  from (
    select x.* from regras.pontuar_pendencias(null, retroteste, amostra, false) x where not v_metades
    union all
    select x.* from regras.pontuar_pendencias(null, retroteste, amostra, false, 0) x where v_metades
    union all
    select x.* from regras.pontuar_pendencias(null, retroteste, amostra, false, 1) x where v_metades
  ) p
  cross join lateral unnest(p.ids, p.certas) u (id, certa);
end
$$;

comment on function regras.perguntar_retroteste(int4range, int) is
  'Questions of the back-test, as estatistica_pergunta keeps them: a sample of some months'' entries.';
revoke execute on function regras.perguntar_retroteste(int4range, int) from public;
