-- A marketing pattern folded for comparison: lower case, no accents, single blanks. A regular expression loses only its accents, and
-- ignores case: folding must not turn a class such as \S or \D into another. Touches nothing. Called by preparar_padrao and by
-- audit.medir_padrao.
create or replace function audit_interno.dobrar_padrao(tipo text, padrao text)
returns text
language sql
immutable
set search_path = pg_catalog, pg_temp
set standard_conforming_strings = on
as $$
  select case when dobrar_padrao.tipo = 'regex'
    then regexp_replace(translate(normalize(dobrar_padrao.padrao, nfc),
      'áàâãäéèêëíìîïóòôõöúùûüçñÁÀÂÃÄÉÈÊËÍÌÎÏÓÒÔÕÖÚÙÛÜÇÑ', 'aaaaaeeeeiiiiooooouuuucnAAAAAEEEEIIIIOOOOOUUUUCN'), '^(\(\?[a-z]+\))?', '(?i)')
    else btrim(regexp_replace(audit_interno.dobrar(dobrar_padrao.padrao), '\s+', ' ', 'g')) end
$$;
comment on function audit_interno.dobrar_padrao(text, text) is 'A marketing pattern of this kind folded for comparison.';
