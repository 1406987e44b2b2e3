-- One key for one supplier: the company root of its code, or its folded name where there is no code. Null when neither is
-- known. Touches nothing. Called by the rules; an expression that the planner inlines.
create or replace function regras.chave_fornecedor(codigo text, nome text) returns text
language sql immutable parallel safe
return coalesce(
  regras.raiz_fornecedor(codigo),
  '=' || nullif(audit_interno.dobrar(pg_catalog.left(pg_catalog.btrim(nome), 200)), ''));

comment on function regras.chave_fornecedor(text, text) is
  'Key of a supplier: company root of the code, else "=" and the folded name; null when unknown.';
revoke execute on function regras.chave_fornecedor(text, text) from public;
