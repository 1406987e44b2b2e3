-- The codes of the given suppliers, as written, among the entries between two days. Codes are few beside entries: whose each is, is
-- asked once. Return query, because it may run in parallel. Reads dw.lancamentos; changes nothing. Called by
-- regras.historico_marketing.
create or replace function regras.codigos_marketing(inicio date, fim date, chaves text[]) returns setof text
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
begin
  return query
  select g.fornecedor_id
  from (
    select distinct l.fornecedor_id::text as fornecedor_id
    from dw.lancamentos l
    where l.data_lancamento between codigos_marketing.inicio and codigos_marketing.fim and l.fornecedor_id is not null
    offset 0
  ) g
  where regras.raiz_fornecedor(g.fornecedor_id) in (select k from unnest(codigos_marketing.chaves) k);
end
$$;

comment on function regras.codigos_marketing(date, date, text[]) is 'Codes as written of the given suppliers.';
revoke execute on function regras.codigos_marketing(date, date, text[]) from public;
