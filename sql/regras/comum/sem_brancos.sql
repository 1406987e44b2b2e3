-- A code without any blank, seen or not, and without quotes: what spreadsheets and exports leave around a number that was to stay a
-- text. Touches nothing; parsed when it is made, so that no setting of a session changes what its escapes mean. Called by
-- regras.codigo_fornecedor.
create or replace function regras.sem_brancos(codigo text) returns text
language sql immutable parallel safe
-- tab to carriage return, blanks that break no line, wide ones and those without width; quotes, straight and curled
return pg_catalog.translate(codigo, U&'\0020\0009\000A\000B\000C\000D\0085\00A0\00AD\2000\2001\2002\2003\2004\2005\2006\2007\2008\2009'
  '\200A\200B\200C\200D\202F\205F\2060\3000\FEFF\0027\0022\0060\00B4\2018\2019\201C\201D', '');

comment on function regras.sem_brancos(text) is 'Code without blanks of any kind and without quotes.';
revoke execute on function regras.sem_brancos(text) from public;
