-- An amount as the messages carry it: JSON numbers would lose the cents of large ones on their way.
create or replace function audit_interno.centavos(valor numeric)
returns text
language sql
immutable
set search_path = pg_catalog, pg_temp
as $$
  select round(centavos.valor, 2)::text
$$;
comment on function audit_interno.centavos(numeric) is 'BRL as decimal text with two places.';
