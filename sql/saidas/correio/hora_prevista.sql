-- The schedule's first due time on one day, for the dead-man's check. If both day of month and day of week are restricted, either suffices,
-- as in every cron.
create or replace function audit_interno.hora_prevista(cron text, dia date)
returns time
language sql
immutable
set search_path = pg_catalog, pg_temp
set standard_conforming_strings = on
as $$
  select make_time((audit_interno.cron_campo(c.campos[2], 0, 23))[1], (audit_interno.cron_campo(c.campos[1], 0, 59))[1], 0)
  from (select regexp_split_to_array(btrim(hora_prevista.cron), '\s+') as campos) as c
  cross join lateral (
    select extract(day from hora_prevista.dia)::integer = any (audit_interno.cron_campo(c.campos[3], 1, 31)) as do_mes,
      extract(dow from hora_prevista.dia)::integer in (
        select n % 7 from unnest(audit_interno.cron_campo(c.campos[5], 0, 7)) as n) as da_semana
  ) as d
  where extract(month from hora_prevista.dia)::integer = any (audit_interno.cron_campo(c.campos[4], 1, 12))
    and case when c.campos[3] = '*' or c.campos[5] = '*' then d.do_mes and d.da_semana else d.do_mes or d.da_semana end
$$;
comment on function audit_interno.hora_prevista(text, date) is 'Local time of the first due time on that day; null when there is none.';
