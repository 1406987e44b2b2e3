-- Multipliers of a median, in millionths, at 512 even steps of probability, for log-normal amounts whose logarithm has
-- a standard deviation of dispersao tenths. The normal quantile is Tukey's lambda approximation with lambda 0.14
-- (Tukey 1962; good to 0.01 between the 1st and the 99th percentile), in numeric arithmetic:
-- floating point ends in different last digits on different machines.
create or replace function exemplo.quantis()
returns table (dispersao int, passo int, multiplicador bigint, ate_proximo bigint)
language sql
immutable parallel safe
set search_path = ''
as $$
  with normal as (
    select i as passo, 5.063 * (power(p.p, 0.14) - power(1 - p.p, 0.14)) as z
    from generate_series(0, 512) i
    cross join lateral (select round((i + 0.5) / 513, 8) as p) p
  ), lognormal as (
    select d as dispersao, n.passo, round(1000000 * exp(round(n.z * d / 10, 8)))::bigint as multiplicador
    from normal n
    cross join generate_series(7, 12) d
  )
  select q.dispersao, q.passo, q.multiplicador, q.proximo - q.multiplicador
  from (
    select l.*, lead(l.multiplicador) over (partition by l.dispersao order by l.passo) as proximo
    from lognormal l
  ) q
  where q.passo < 512
$$;

comment on function exemplo.quantis() is
  'Example warehouse: multipliers (millionths) of a median for log-normal amounts, by spread and step of probability.';

revoke execute on function exemplo.quantis() from public;
