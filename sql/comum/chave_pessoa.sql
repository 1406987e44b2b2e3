-- A name as a reader sees it: without case, accents, blanks and characters that have no width. Letters of other alphabets that look like
-- Latin ones become Latin. Two names with the same key are one person, so two people of one name need more than an accent between them.
-- NFKD separates accents from their letters. What is neither letter, digit nor visible ASCII is dropped, and so are the Hangul fillers,
-- letters without a shape.
create or replace function audit_interno.chave_pessoa(nome text)
returns text
language sql
immutable parallel safe
return pg_catalog.translate(
  pg_catalog.lower(pg_catalog.regexp_replace(
    normalize(pg_catalog.lower(nome collate "und-x-icu"), nfkd) collate "und-x-icu", '[^[:alnum:]!-~]', '', 'g') collate "und-x-icu"),
  U&'\0430\0435\043E\0440\0441\0443\0445\0456\0458\0455\043A\043C\0442\043D\0432\0433\03B1\03B5\03BF\03C1\03C5\03BD\03B9\03BA\03C4\03C7\0131\00F8\0142\0111\0127\115F\1160\3164\17B4\17B5',
  'aeopcyxijskmthbraeopuviktxioldh');
comment on function audit_interno.chave_pessoa(text) is
  'A name as a reader would compare it: no case, accents, blanks or invisible characters; look-alike Cyrillic and Greek letters are Latin ones.';
grant execute on function audit_interno.chave_pessoa(text) to conferente_administrador; -- reads audit.vw_identidades
