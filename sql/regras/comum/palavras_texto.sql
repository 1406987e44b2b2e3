-- A text as words: folded, digits and punctuation as blanks, at most its first 600 characters. Touches nothing.
-- Called where entries are compared by text.
create or replace function regras.palavras_texto(texto text) returns text
language sql immutable parallel safe
return pg_catalog.btrim(pg_catalog.regexp_replace(
  audit_interno.dobrar(pg_catalog.left(texto, 600)), '[[:space:][:punct:][:digit:][:cntrl:]]+', ' ', 'g'));

comment on function regras.palavras_texto(text) is 'Words of a text, folded, separated by one blank; digits and punctuation dropped.';
revoke execute on function regras.palavras_texto(text) from public;
