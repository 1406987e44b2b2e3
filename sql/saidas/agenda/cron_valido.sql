-- Whether a text has the shape of a cron expression: minute, hour, day of month, month, day of week, in numbers.
-- Called by validar_configuracao.
create or replace function audit_interno.cron_valido(expressao text)
returns boolean
language sql
immutable
set search_path = pg_catalog, pg_temp
set standard_conforming_strings = on
as $$
  select array_length(c.campos, 1) = 5 and (
    select bool_and(coalesce(p.m is not null
      and (p.m[1] is null or p.m[1]::integer between l.menor and l.maior)
      and (p.m[2] is null or p.m[2]::integer between p.m[1]::integer and l.maior)
      and (p.m[3] is null or (p.parte ~ '[*-]' and p.m[3]::integer between 1 and l.maior)), false))
    from unnest(c.campos, array[0, 0, 1, 1, 0], array[59, 23, 31, 12, 7]) as l (campo, menor, maior)
    cross join lateral unnest(string_to_array(l.campo, ',')) as t (parte)
    cross join lateral (select t.parte, regexp_match(t.parte, '^(?:\*|(\d{1,2})(?:-(\d{1,2}))?)(?:/(\d{1,2}))?$') as m) as p)
  from (select regexp_split_to_array(btrim(cron_valido.expressao), '\s+') as campos) as c
$$;
comment on function audit_interno.cron_valido(text) is
  'True for five fields of numbers, *, ranges, lists and steps, each within its limits; names of months and days are not accepted.';
