-- Folds the name of a branch: lower case, no accents (decomposed ones included), every run of visible or invisible blanks as one space,
-- none at the ends. Built-in functions and a plain expression only: it stands in the guard of updates, and the planner inlines it.
create or replace function audit_interno.dobrar_filial(filial text)
returns text
language sql
immutable parallel safe
return pg_catalog.btrim(pg_catalog.regexp_replace(
  pg_catalog.lower(pg_catalog.translate(normalize(filial, nfd),
    U&'\00AA\00BA\2013\2014\2019\2018\201C\201D\0301\0303\0327\0302\0300\0308\030A\200B\200C\200D\2060\FEFF', 'ao--''''""')),
  U&'[\0020\0009\000A\000B\000C\000D\0085\00A0\2000\2001\2002\2003\2004\2005\2006\2007\2008\2009\200A\202F\205F\3000]+', ' ', 'g'));
comment on function audit_interno.dobrar_filial(text) is 'Branch in lower case, without accents, with single spaces, for comparison.';
revoke execute on function audit_interno.dobrar_filial(text) from public;
grant execute on function audit_interno.dobrar_filial(text) to conferente_regra, conferente_escrita, conferente_leitor;
