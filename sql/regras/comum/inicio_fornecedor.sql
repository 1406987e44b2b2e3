-- The first eight positions of a supplier's code without punctuation, lower case: equal for all codes of one company, and few
-- others. Empty where there is no code. replace is a byte search: four of them cost a third of one translate. Touches nothing;
-- inlined by the planner. Called by historico_marketing and regras.lancamentos_parecidos.
create or replace function regras.inicio_fornecedor(codigo text) returns text
language sql immutable parallel safe
return coalesce(pg_catalog.lower(pg_catalog.left(pg_catalog.replace(pg_catalog.replace(pg_catalog.replace(pg_catalog.replace(
  codigo, '.', ''), '/', ''), '-', ''), ' ', ''), 8)), '');

comment on function regras.inicio_fornecedor(text) is
  'First eight positions of a supplier code without punctuation, lower case; empty where there is none.';
revoke execute on function regras.inicio_fornecedor(text) from public;
