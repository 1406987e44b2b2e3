-- Whether a text has a run of digits in which an access key could be: everything that follows the CNPJ. Most have none. Touches nothing;
-- inlined by the planner, unlike chave_no_texto, which is called after it.
create or replace function regras.pode_citar_chave(texto text) returns boolean
language sql immutable parallel safe
return pg_catalog.octet_length(texto) >= 44 and texto ~ ('[0-9 ./' || chr(160) || chr(9) || '-]{26}');

comment on function regras.pode_citar_chave(text) is 'Whether a text has a run of digits in which an access key could stand.';
revoke execute on function regras.pode_citar_chave(text) from public;

-- The access key that a text cites, with blanks, dots or dashes between its positions or without: 44 positions of an NF-e or 50 of an NFS-e,
-- letters only within the CNPJ. Null where there is none. Touches nothing. Called by notas_fiscais and validacao_valores.
create or replace function regras.chave_no_texto(texto text) returns text
language sql immutable parallel safe
return case when regras.pode_citar_chave(texto) then
  (select coalesce(
      upper(translate(substring(t.texto, '(?<![0-9])((?:[0-9][ ./-]{0,2}){49}[0-9])(?![0-9])'), ' ./-', '')),
      upper(translate(substring(t.texto, '(?<![0-9])((?:[0-9][ ./-]{0,2}){6}(?:[0-9A-Za-z][ ./-]{0,2}){12}(?:[0-9][ ./-]{0,2}){25}[0-9])(?![0-9])'), ' ./-', '')),
      upper(translate(substring(t.texto, '(?<![0-9])((?:[0-9][ ./-]{0,2}){9}(?:[0-9A-Za-z][ ./-]{0,2}){12}(?:[0-9][ ./-]{0,2}){28}[0-9])(?![0-9])'), ' ./-', '')))
    from (select translate(left(texto, 500), chr(160) || chr(9), '  ') as texto) t) end;

comment on function regras.chave_no_texto(text) is 'The access key in a text, 44 or 50 positions in capitals; null where there is none.';
revoke execute on function regras.chave_no_texto(text) from public;
