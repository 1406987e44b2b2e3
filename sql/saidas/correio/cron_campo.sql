-- The numbers that one field of a cron expression names; the expression was checked by cron_valido.
create or replace function audit_interno.cron_campo(campo text, menor integer, maior integer)
returns integer[]
language sql
immutable
set search_path = pg_catalog, pg_temp
set standard_conforming_strings = on
as $$
  select array_agg(distinct v.n order by v.n)
  from unnest(string_to_array(cron_campo.campo, ',')) as p (parte)
  cross join lateral (
    select regexp_match(p.parte, '^(?:\*|(\d{1,2})(?:-(\d{1,2}))?)(?:/(\d{1,2}))?$') as m) as x
  cross join lateral generate_series(
    coalesce(x.m[1]::integer, cron_campo.menor),
    coalesce(x.m[2]::integer, x.m[1]::integer, cron_campo.maior),
    coalesce(x.m[3]::integer, 1)) as v (n)
$$;
comment on function audit_interno.cron_campo(text, integer, integer) is 'Values of a field of a cron expression, ascending.';
