-- Folds the accented letters of Portuguese and lower-cases the rest. Where only ASCII is left, the result is that of audit_interno.dobrar,
-- at a fraction of the cost of separating every accent (replace is a byte search, translate is not). Inlined by the planner; called by
-- audit_interno.dobrar alone.
create or replace function audit_interno.dobrar_comuns(texto text)
returns text
language sql
immutable parallel safe
return pg_catalog.replace(pg_catalog.replace(pg_catalog.replace(pg_catalog.replace(pg_catalog.replace(pg_catalog.replace(
  pg_catalog.replace(pg_catalog.replace(pg_catalog.replace(pg_catalog.replace(pg_catalog.replace(pg_catalog.replace(
  pg_catalog.replace(pg_catalog.replace(pg_catalog.lower(texto),
    'ã', 'a'), 'ç', 'c'), 'á', 'a'), 'é', 'e'), 'í', 'i'), 'ó', 'o'),
    'õ', 'o'), 'ê', 'e'), 'ô', 'o'), 'ú', 'u'), 'â', 'a'), 'à', 'a'),
    'º', 'o'), 'ª', 'a');
comment on function audit_interno.dobrar_comuns(text) is 'Text in lower case, the accented letters of Portuguese without accents; other accents are kept.';
grant execute on function audit_interno.dobrar_comuns(text) to conferente_regra;
