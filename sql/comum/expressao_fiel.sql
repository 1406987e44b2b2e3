-- SQL that is true when a column of the row t holds exactly the value of a jsonb object: for a text the same bytes, whatever its collation
-- treats as equal; for any other type an equal value. Called where a row is read again after it was written.
create or replace function audit_interno.expressao_fiel(relacao regclass, coluna text, objeto text)
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select format('(%s) collate "C" is not distinct from (%s) collate "C"',
    audit_interno.expressao_canonica(relacao, coluna, format('t.%I', coluna)),
    audit_interno.expressao_canonica(relacao, coluna, audit_interno.expressao_valor(relacao, coluna, objeto)))
$$;
comment on function audit_interno.expressao_fiel(regclass, text, text) is 'SQL text for: column of t is exactly objeto -> coluna.';
