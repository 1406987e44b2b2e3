-- Whether a text has accents written apart from their letters, so that a letter is not one character. Touches nothing.
-- Called by regras.trade_marketing, whose quick filter counts characters; inlined by the planner.
create or replace function audit_interno.texto_decomposto(texto text) returns boolean
language sql immutable parallel safe
return case
  when pg_catalog.octet_length(texto) = pg_catalog.length(texto) then false
  else pg_catalog.strpos(texto, U&'\0301') > 0 or pg_catalog.strpos(texto, U&'\0303') > 0
    or pg_catalog.strpos(texto, U&'\0327') > 0 or pg_catalog.strpos(texto, U&'\0302') > 0
    or pg_catalog.strpos(texto, U&'\0300') > 0 or pg_catalog.strpos(texto, U&'\0308') > 0
end;

comment on function audit_interno.texto_decomposto(text) is 'Whether a text has combining accents.';
revoke execute on function audit_interno.texto_decomposto(text) from public;
