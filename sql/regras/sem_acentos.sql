-- A text without accents, its case kept: regular expressions may not be lower-cased, because \S and \s differ.
-- Touches nothing. Called by regras.expressao_padroes and by whatever matches single patterns.
create or replace function regras.sem_acentos(texto text) returns text
language sql immutable parallel safe
return case
  when pg_catalog.octet_length(texto) = pg_catalog.length(texto) then texto
  else pg_catalog.translate(normalize(texto, nfc),
    'ÁÀÂÃÄÅÉÈÊËÍÌÎÏÓÒÔÕÖÚÙÛÜÇÑÝáàâãäåéèêëíìîïóòôõöúùûüçñýÿ',
    'AAAAAAEEEEIIIIOOOOOUUUUCNYaaaaaaeeeeiiiiooooouuuucnyy')
end;

comment on function regras.sem_acentos(text) is 'Text without accents, upper and lower case kept.';
revoke execute on function regras.sem_acentos(text) from public;
