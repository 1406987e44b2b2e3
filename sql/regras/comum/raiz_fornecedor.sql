-- The company behind a supplier code: the first 8 positions of a CNPJ (written with or without punctuation), any other code as it
-- is, also one that zeros fill up to as many positions; in lower case, for a CNPJ may
-- have letters since 2026. Null for an empty code. Touches nothing. Called by the three rules; kept
-- as a plain expression without settings of its own, so that the planner can inline it.
create or replace function regras.raiz_fornecedor(codigo text) returns text
language sql immutable parallel safe
return nullif(pg_catalog.lower(
  case when pg_catalog.length(pg_catalog.translate(codigo, './- ', '')) = 14
      and pg_catalog.left(pg_catalog.translate(codigo, './- ', ''), 8) <> '00000000'
    then pg_catalog.left(pg_catalog.translate(codigo, './- ', ''), 8)
    else pg_catalog.translate(codigo, './- ', '')
  end), '');

comment on function regras.raiz_fornecedor(text) is
  'Company root of a supplier code: 8 positions of a CNPJ, or the whole code without punctuation; null when empty.';
revoke execute on function regras.raiz_fornecedor(text) from public;
