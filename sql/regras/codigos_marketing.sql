-- The codes of the given suppliers, as written, among the entries between two days, and how densely each supplier's entries are
-- to be read: one in so many (um_em), so that of a large supplier five hundred to a thousand are. Codes are few beside entries:
-- whose each is, is asked once. Return query, because it may run in parallel. Reads dw.lancamentos; changes nothing. Called by
-- audit_interno.historico_marketing.
create or replace function audit_interno.codigos_marketing(inicio date, fim date, chaves text[])
returns table (fornecedor_id text, um_em bigint)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
begin
  return query
  select c.fornecedor_id::text, greatest(1, sum(c.lancamentos) over (partition by c.raiz) / 500)::bigint
  from (
    select g.fornecedor_id, g.lancamentos, audit_interno.raiz_fornecedor(g.fornecedor_id) as raiz
    from (
      select l.fornecedor_id, count(*) as lancamentos
      from dw.lancamentos l
      where l.data_lancamento between codigos_marketing.inicio and codigos_marketing.fim and l.fornecedor_id is not null
      group by l.fornecedor_id
    ) g
    offset 0
  ) c
  where c.raiz in (select k from unnest(codigos_marketing.chaves) k);
end
$$;

comment on function audit_interno.codigos_marketing(date, date, text[]) is
  'Codes as written of the given suppliers, and of how many of its entries one is to be read.';
revoke execute on function audit_interno.codigos_marketing(date, date, text[]) from public;
