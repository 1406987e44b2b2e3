-- Use it instead of current_date, which depends on the caller's time zone.
create or replace function audit.hoje()
returns date
language sql
stable parallel safe
as $$
  select (now() at time zone audit.fuso())::date
$$;
comment on function audit.hoje() is 'Today in the zone of the setting agenda.fuso.';
grant execute on function audit.hoje() to conferente_leitor, conferente_regra;
