-- One pattern as a LIKE pattern that lets through every folded text it matches and little else, blanks standing for any run of
-- characters. Of an expression only the letters that every match must have are kept; one whose letters cannot be told this
-- simply (alternatives, escapes, counts, classes by name) has none. Null then, and for a pattern that matches nothing. Touches
-- nothing. Called by regras.filtro_padroes, expressao_padroes and candidatos_marketing.
create or replace function regras.filtro_padrao(tipo text, padrao_dobrado text) returns text
language sql immutable parallel safe
return case
  when pg_catalog.btrim(padrao_dobrado, E' \t\r\n') = '' or tipo = 'palavra' and padrao_dobrado !~ '[a-z0-9]' then null
  when tipo = 'regex' then (
    select case when x.letras !~ '[][\\|(){}]' and x.letras ~ '[^%]{3}' then '%' || x.letras || '%' end
    from (
      select pg_catalog.regexp_replace(
        -- classes and plain groups, with what repeats them; then what may be missing; then what stands for any character
        pg_catalog.regexp_replace(pg_catalog.regexp_replace(pg_catalog.regexp_replace(
          pg_catalog.lower(pg_catalog.regexp_replace(padrao_dobrado, '^\(\?i\)', '')),
          '\[[^][\\]+\][?*+]*', '%', 'g'), '\((\?:)?[^()?\\][^()\\]*\)[?*+]*', '%', 'g'), '[^%][?*][?*+]*', '%', 'g'),
        '[.+^$]|%[%?*+]+', '%', 'g') as letras
      where padrao_dobrado !~ '^(\(\?i\))?\*\*\*|\(\?[^:i]'
    ) x
  )
  else '%' || pg_catalog.regexp_replace(
    pg_catalog.btrim(case
      when tipo = 'palavra' then pg_catalog.regexp_replace(padrao_dobrado, '[^a-z0-9]+', ' ', 'g')
      else pg_catalog.regexp_replace(padrao_dobrado, '([\\%_])', '\\\1', 'g')
    end), '\s+', '%', 'g') || '%'
end;

comment on function regras.filtro_padrao(text, text) is
  'LIKE pattern that every folded text matching a marketing pattern satisfies; null for an empty pattern, and for an expression of which that cannot be told.';
revoke execute on function regras.filtro_padrao(text, text) from public;
