-- Upper case without accents, as many accounting systems store text.
-- upper() of the database's own locale would make the data differ from one server to the next.
create or replace function exemplo.maiusculas(texto text)
returns text
language sql
immutable strict parallel safe
return pg_catalog.upper(
  pg_catalog.translate(texto, 'áàâãéêíóôõúüçÁÀÂÃÉÊÍÓÔÕÚÜÇ', 'aaaaeeiooouucAAAAEEIOOOUUC') collate pg_catalog."C");

comment on function exemplo.maiusculas(text) is
  'Example warehouse: text in upper case without accents, the same under every locale.';

revoke execute on function exemplo.maiusculas(text) from public;
