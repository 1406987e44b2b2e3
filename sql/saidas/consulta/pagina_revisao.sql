-- For readers, who may not look into audit_interno. A definer function is not inlined: ask it once for a query, not for a row.
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
