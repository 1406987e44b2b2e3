-- Whether one marketing pattern matches one text: the same decision as regras.expressao_padroes takes for all of
-- them together, for naming the patterns in the evidence and for previews. Null-safe: no text or an empty pattern never
-- matches. Touches nothing. Called by regras.candidatos_marketing, audit.propor_padroes and
-- audit.previsao_padrao.
create or replace function regras.padrao_casa(tipo text, padrao text, texto_dobrado text) returns boolean
language sql immutable parallel safe
return coalesce(case
  when pg_catalog.btrim(padrao, E' \t\r\n') = '' then false
  when tipo = 'regex' then texto_dobrado ~* regras.sem_acentos(padrao)
  when tipo = 'palavra' then
    pg_catalog.regexp_replace(audit_interno.dobrar(padrao), '[^a-z0-9]+', '', 'g') <> ''
    and pg_catalog.strpos(
      ' ' || pg_catalog.regexp_replace(texto_dobrado, '[^a-z0-9]+', ' ', 'g') || ' ',
      ' ' || pg_catalog.btrim(pg_catalog.regexp_replace(audit_interno.dobrar(padrao), '[^a-z0-9]+', ' ', 'g')) || ' ') > 0
  else pg_catalog.strpos(
    pg_catalog.regexp_replace(texto_dobrado, '\s+', ' ', 'g'),
    pg_catalog.regexp_replace(audit_interno.dobrar(padrao), '\s+', ' ', 'g')) > 0
end, false);

comment on function regras.padrao_casa(text, text, text) is
  'Whether a pattern (contem, palavra, regex) matches a folded text; false for nulls and empty patterns.';
revoke execute on function regras.padrao_casa(text, text, text) from public;
