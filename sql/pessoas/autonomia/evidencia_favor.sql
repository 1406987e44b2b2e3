-- Evidence that a rule errs less often than `erro`, after each of its answers (x is how wrong one was, from 0 to 1): the counterpart of
-- evidencia_contra, but always from the first answer on. If the rule errs as often as tolerated or more, evidence ever reaches 20 with a
-- chance of at most 5%, however often one looks (Ville 1939; Waudby-Smith and Ramdas, Estimating means of bounded random variables by
-- betting, 2023). 81 right answers without a wrong one reach it.
create or replace function audit_interno.evidencia_favor(x float8[], erro float8)
returns table (n bigint, evidencia float8, prova boolean)
language sql
immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select p.n, avg(exp(least(p.ate, 600))), avg(exp(least(p.ate, 600))) >= 20
  from (
    select u.n, sum(ln(1 + a.parte * (erro - u.x) / (1 - erro))) over (partition by a.parte order by u.n) as ate
    from unnest(evidencia_favor.x) with ordinality as u (x, n)
    cross join unnest('{0.2, 0.4, 0.6, 0.8, 0.95}'::float8[]) as a (parte)
  ) as p
  group by p.n
$$;
comment on function audit_interno.evidencia_favor(float8[], float8) is 'After each answer, what a stake of 1 has become by betting that the rule errs less often.';
