-- One spelling for one person, so that nobody is two by writing a name differently: no blanks around, lower case, composed
-- characters (NFKC folds look-alike widths and ligatures too). The collation is named: the database's own may know only ASCII. Written
-- so that it is parsed once: standard_conforming_strings of a session would make another of \s.
create or replace function audit_interno.nome_pessoa(nome text)
returns text
language sql
immutable parallel safe
return pg_catalog.lower(normalize(pg_catalog.btrim(pg_catalog.regexp_replace(nome, '\s+', ' ', 'g')), nfkc) collate "und-x-icu");
comment on function audit_interno.nome_pessoa(text) is 'The name in the one spelling by which a person is known.';
