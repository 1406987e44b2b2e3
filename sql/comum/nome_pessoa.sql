-- One spelling for each person, so that nobody becomes two by writing a name differently: blanks trimmed, lower case, composed characters
-- (NFKC also folds look-alike widths and ligatures). The collation is named, because the database's own may know only ASCII. Parsed once,
-- at creation: a session's standard_conforming_strings would change the meaning of \s.
create or replace function audit_interno.nome_pessoa(nome text)
returns text
language sql
immutable parallel safe
return pg_catalog.lower(normalize(pg_catalog.btrim(pg_catalog.regexp_replace(nome, '\s+', ' ', 'g')), nfkc) collate "und-x-icu");
comment on function audit_interno.nome_pessoa(text) is 'The name in the one spelling that identifies a person.';
