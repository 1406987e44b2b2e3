-- Spreads a number of entries over the days of a period: business days of the national calendar, busier at the
-- end of a month and of the year, hardly anything at weekends. Ids run on from primeiro_id in order of date.
create or replace function exemplo.dias(inicio date, de date, ate date, primeiro_id bigint, linhas int)
returns table (dia date, mes int, primeiro bigint, ultimo bigint, primeiro_do_mes bigint)
language sql
immutable parallel safe
set search_path = ''
as $$
  with pesos as (
    select d.dia,
      (extract(year from d.dia)::int - extract(year from dias.inicio)::int) * 12
        + extract(month from d.dia)::int - extract(month from dias.inicio)::int as mes,
      case
        when extract(isodow from d.dia) in (6, 7)
          or to_char(d.dia, 'MM-DD') in ('01-01', '04-21', '05-01', '09-07', '10-12', '11-02', '11-15', '11-20', '12-25') then 3
        else ('{86,88,102,98,100,99,97,101,103,106,112,118}'::int[])[extract(month from d.dia)::int]
          * case
              when d.dia + 4 >= (date_trunc('month', d.dia::timestamp) + interval '1 month')::date then 160
              when extract(day from d.dia) between 9 and 11 then 125
              else 100
            end / 100
      end::bigint as peso
    from (
      select dias.de + i as dia from generate_series(0, dias.ate - dias.de) i
    ) d
  ), acumulado as (
    select p.dia, p.mes, p.peso, sum(p.peso) over (order by p.dia) as ate_aqui, sum(p.peso) over () as total
    from pesos p
  ), faixas as (
    select a.dia, a.mes,
      dias.primeiro_id + div((a.ate_aqui - a.peso) * dias.linhas, a.total)::bigint as primeiro,
      dias.primeiro_id + div(a.ate_aqui * dias.linhas, a.total)::bigint - 1 as ultimo
    from acumulado a
  )
  select f.dia, f.mes, f.primeiro, f.ultimo, min(f.primeiro) over (partition by f.mes)
  from faixas f
$$;

comment on function exemplo.dias(date, date, date, bigint, int) is
  'Example warehouse: days of a period (both ends included) with the range of ids booked on each; mes counts from 0 in the month of inicio.';

revoke execute on function exemplo.dias(date, date, date, bigint, int) from public;
