-- For readers, who may not use audit_interno. A definer function is not inlined: call it once a query, not once a row.
create or replace function audit.pagina_revisao()
returns text
language sql
stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select audit_interno.pagina()
$$;
comment on function audit.pagina_revisao() is 'URL of the review page, from the setting correio.pagina. With ?divergencia=7 or ?sessao=3 it shows that finding or session.';
grant execute on function audit.pagina_revisao() to conferente_leitor;
