-- Folds a text for comparison: lower case, no accents. Works in every locale, C included: accents are separated from their letters (NFD)
-- and dropped, which leaves only ASCII to lower(). Texts that are all ASCII, or have only the accents of Portuguese, take a shorter way at
-- a third of the cost. Has no settings of its own and is not strict, so that the planner inlines it: the rules fold millions of texts.
create or replace function audit_interno.dobrar(texto text)
returns text
language sql
immutable parallel safe
return case
  when pg_catalog.octet_length(texto) = pg_catalog.length(texto) then pg_catalog.lower(texto)
  when pg_catalog.octet_length(audit_interno.dobrar_comuns(texto)) = pg_catalog.length(texto) then audit_interno.dobrar_comuns(texto)
  else pg_catalog.lower(pg_catalog.translate(
    normalize(texto, nfd),
    -- ª º – — ’ ‘ “ ”, then the marks: acute, tilde, cedilla, circumflex, grave, diaeresis, ring
    U&'\00AA\00BA\2013\2014\2019\2018\201C\201D\0301\0303\0327\0302\0300\0308\030A',
    'ao--''''""'))
end;
comment on function audit_interno.dobrar(text) is 'Text in lower case and without accents, for comparison.';
grant execute on function audit_interno.dobrar(text) to conferente_regra;
