-- Evidence that a rule errs more often than `erro`, after each of its answers. x is how wrong an answer was, from 0 to 1; vezes is how
-- often it counts. Imagine somebody who believes that the rule errs too often, and stakes a part of their money on each answer: a wrong one
-- wins, a right one costs. If the rule errs as tolerated, nobody can expect to gain.
--
-- Nobody knows how much to stake, so five people stake different parts, and their gains are averaged. Nobody knows when the rule began to
-- err, so each begins at the moment that was best for them: a rule that was right for years and then is not is found as soon as one that
-- never was. Where the rule errs exactly as often as tolerated, evidence of 200 comes at most once in 200 answers on average (Shin, Ramdas
-- and Rinaldo, E-detectors, 2022); where it errs less, hardly ever: `npm run rule-lives`.
create or replace function audit_interno.evidencia_contra(x float8[], vezes float8[], erro float8)
returns table (n bigint, evidencia float8, refuta boolean)
language sql
immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
  with soma as (
    select u.n, a.parte, sum(u.vezes * ln(1 + a.parte * (u.x / erro - 1))) over (partition by a.parte order by u.n) as ate
    from unnest(evidencia_contra.x, evidencia_contra.vezes) with ordinality as u (x, vezes, n)
    cross join unnest('{0.025, 0.05, 0.1, 0.2, 0.4}'::float8[]) as a (parte)
  ), ganho as (
    select s.n, s.ate - least(0, min(s.ate) over (partition by s.parte order by s.n rows between unbounded preceding and 1 preceding)) as ate
    from soma s
  )
  select e.n, e.evidencia, e.evidencia >= 200
  from (select g.n, avg(exp(least(g.ate, 600))) as evidencia from ganho g group by g.n) as e -- beyond about e^600 a float8 overflows
$$;
comment on function audit_interno.evidencia_contra(float8[], float8[], float8) is 'After each answer, what a stake of 1 has become by betting that the rule errs more often.';
