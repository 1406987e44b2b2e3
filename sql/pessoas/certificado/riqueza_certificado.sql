-- For each share in `hipoteses` and after each answer of the sample: what 1 has become in the hands of somebody who bets that less of the
-- money is wrong. Amounts are drawn with a chance in proportion to what is left. Under the hypothesis the next one is therefore wrong with
-- chance p: the wrong money not drawn yet, over all money not drawn yet. The bettor stakes on `right` at these odds, in four portions: all
-- that is allowed (59 right answers in a row bring that to 20 at 5%), three quarters, a half, a quarter. The goal alone fixes the size of
-- the portions, before the first answer: nearly everything in the first where the hypothesis is the goal, and less the further away it is,
-- so that a wrong answer is no ruin.
--
-- At the true share nobody can expect to gain, so 20 is ever reached with a chance of at most 5% (Waudby-Smith and Ramdas 2023; Shekhar and
-- others, Risk-limiting financial audits via weighted sampling without replacement, UAI 2023). Touches nothing.
create or replace function audit_interno.riqueza_certificado(
  valores float8[], erradas float8[], total float8, hipoteses float8[], meta float8
)
returns table (n bigint, hipotese float8, riqueza float8)
language sql
immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
  with item as materialized (
    select u.n, u.errada, total - coalesce(sum(u.valor) over antes, 0) as resto, coalesce(sum(u.valor * u.errada) over antes, 0) as achado
    from unnest(valores, erradas) with ordinality as u (valor, errada, n)
    window antes as (order by u.n rows between unbounded preceding and 1 preceding)
  ), aposta as (
    select h.hipotese, a.parte, case when a.parte = 1 then c.toda else (1 - c.toda) / 3 end as peso
    from unnest(hipoteses) as h (hipotese)
    cross join lateral (select least(0.985, greatest(0.25, 22 / power(20, least(h.hipotese / meta, 100)))) as toda) as c
    cross join unnest('{1, 0.75, 0.5, 0.25}'::float8[]) as a (parte)
  ), soma as (
    select i.n, a.hipotese, a.peso,
      sum(ln(greatest(1 + a.parte * (p.chance - i.errada) / (1 - p.chance), 1e-300))) over (partition by a.hipotese, a.parte order by i.n) as ate
    from item i
    cross join aposta a
    cross join lateral (select least(greatest((a.hipotese * total - i.achado) / nullif(greatest(i.resto, 0), 0), 0), 0.999999) as chance) as p
  )
  select s.n, s.hipotese, sum(s.peso * exp(least(greatest(s.ate, -600), 600))) from soma s group by s.n, s.hipotese
$$;
comment on function audit_interno.riqueza_certificado(float8[], float8[], float8, float8[], float8) is
  'After each answer and for each hypothetical share of wrong money, what a stake of 1 has become by betting against it.';
