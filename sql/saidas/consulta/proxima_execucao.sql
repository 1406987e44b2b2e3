-- The next due time of the schedule, as the worker reads it (src/worker/schedule.ts): local time of agenda.fuso; a time in the gap of a
-- change to daylight saving moves to the end of the gap. Searches day by day until it has two of the schedule's days, because today's times
-- may have passed.
create or replace function audit.proxima_execucao()
returns timestamptz
language sql
stable security definer
set search_path = pg_catalog, pg_temp
set standard_conforming_strings = on
as $$
  with recursive agenda as (
    select audit_interno.configuracao('agenda.cron') #>> '{}' as cron, audit.fuso() as fuso
  ), dia as (
    select audit.hoje() as dia, (audit_interno.hora_prevista(a.cron, audit.hoje()) is not null)::integer as achados from agenda a
    union all
    select d.dia + 1, d.achados + (audit_interno.hora_prevista(a.cron, d.dia + 1) is not null)::integer
    from dia d cross join agenda a
    where d.achados < 2 and d.dia < audit.hoje() + 2923 -- 29 February is up to eight years away
  )
  select min(x.quando)
  from agenda a
  cross join lateral regexp_split_to_array(btrim(a.cron), '\s+') as c (campos)
  cross join dia d
  cross join unnest(audit_interno.cron_campo(c.campos[2], 0, 23)) as h (hora)
  cross join unnest(audit_interno.cron_campo(c.campos[1], 0, 59)) as m (minuto)
  cross join lateral (select (d.dia + make_time(h.hora, m.minuto, 0)) at time zone a.fuso as quando) as x
  where audit_interno.hora_prevista(a.cron, d.dia) is not null and x.quando > now()
$$;
comment on function audit.proxima_execucao() is
  'When the schedule (agenda.cron, in agenda.fuso) is next due; null when it never is. It does not say whether a worker is running; conferente diagnostico does.';
grant execute on function audit.proxima_execucao() to conferente_leitor;
