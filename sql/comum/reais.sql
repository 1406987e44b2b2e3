-- An amount as a Brazilian reader writes it, whatever the server's locale, for texts composed in the database.
create or replace function audit_interno.reais(valor numeric)
returns text
language sql
immutable
set search_path = pg_catalog, pg_temp
as $$
  select 'R$ ' || translate(to_char(round(reais.valor, 2), 'FM999,999,999,999,999,990.00'), ',.', '.,')
$$;
comment on function audit_interno.reais(numeric) is 'BRL as people write it: R$ 1.234,56.';
