-- One plain pattern as a LIKE pattern that lets through every folded text it matches and little else, blanks standing for any
-- run of characters. Null for a regular expression and for a pattern that matches nothing. Touches nothing. Called by
-- audit_interno.filtro_padroes and audit_interno.candidatos_marketing.
create or replace function audit_interno.filtro_padrao(tipo text, padrao_dobrado text) returns text
language sql immutable parallel safe
return case
  when tipo = 'regex' or pg_catalog.btrim(padrao_dobrado, E' \t\r\n') = '' or tipo = 'palavra' and padrao_dobrado !~ '[a-z0-9]' then null
  else '%' || pg_catalog.regexp_replace(
    pg_catalog.btrim(case
      when tipo = 'palavra' then pg_catalog.regexp_replace(padrao_dobrado, '[^a-z0-9]+', ' ', 'g')
      else pg_catalog.regexp_replace(padrao_dobrado, '([\\%_])', '\\\1', 'g')
    end), '\s+', '%', 'g') || '%'
end;

comment on function audit_interno.filtro_padrao(text, text) is
  'LIKE pattern that every folded text matching a plain marketing pattern satisfies; null for an expression or an empty pattern.';
revoke execute on function audit_interno.filtro_padrao(text, text) from public;
