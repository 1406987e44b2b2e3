-- The address of something on the review page. Nothing else knows these addresses.
create or replace function audit_interno.pagina(caminho text default '')
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select rtrim(audit_interno.configuracao('correio.pagina') #>> '{}', '/') || '/revisao' || pagina.caminho
$$;
comment on function audit_interno.pagina(text) is 'URL of the review page, with a query such as ?divergencia=7 or ?sessao=3.';
