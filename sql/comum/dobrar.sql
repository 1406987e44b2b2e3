-- Folds a text for comparison: lower case, no accents. Works in every locale, C included, because case and accents of
-- Latin letters are mapped here and only ASCII is left to lower(). Texts that are all ASCII skip the map.
create or replace function audit_interno.dobrar(texto text)
returns text
language sql
immutable strict parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select lower(case
    when octet_length(texto) = length(texto) then texto
    else translate(
      normalize(texto, nfc),
      'ÁÀÂÃÄÅáàâãäåÉÈÊËéèêëÍÌÎÏíìîïÓÒÔÕÖóòôõöÚÙÛÜúùûüÇçÑñÝýÿªº–—’‘“”',
      'aaaaaaaaaaaaeeeeeeeeiiiiiiiioooooooooouuuuuuuuccnnyyyao--''''""')
  end)
$$;
comment on function audit_interno.dobrar(text) is 'Text in lower case and without accents, for comparison.';
