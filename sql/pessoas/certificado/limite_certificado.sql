-- The largest share of the money that may still be wrong after these answers, with 95% confidence. It tries a row of shares (in steps of a
-- twentieth of the goal up to four times the goal, then of a tenth of the share) and takes the next above the largest that the bets have
-- not brought to 20. The bound holds at every number of answers at once, so one may look after each and stop at any time. Touches nothing.
create or replace function audit_interno.limite_certificado(valores float8[], erradas float8[], total float8, meta float8)
returns float8
language sql
immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
  with tentada as (
    select array_agg(least(t.parte, 1) order by t.parte) as partes
    from (
      select meta * i / 20 as parte from generate_series(1, 80) as i
      union
      select 4 * meta * power(1.1, i) from generate_series(1, 60) as i
    ) as t
    where t.parte < 1.1
  ), visto as (
    select coalesce(sum(u.valor), 0) as valor, coalesce(sum(u.valor * u.errada), 0) as errado
    from unnest(valores, erradas) as u (valor, errada)
  )
  select case when v.valor >= total * (1 - 1e-12) then v.errado / nullif(total, 0)
    else greatest(v.errado / total, coalesce((
      select min(p) from unnest(t.partes) as p
      where p > coalesce((
        select max(r.hipotese)
        from (
          select r.hipotese from audit_interno.riqueza_certificado(valores, erradas, total, t.partes, meta) r
          group by r.hipotese having max(r.riqueza) < 20
        ) as r), case when cardinality(valores) = 0 then 1 else 0 end)), 1)) end
  from tentada t, visto v
$$;
comment on function audit_interno.limite_certificado(float8[], float8[], float8, float8) is 'Upper 95% confidence bound of the share of the money that is wrong, 0 to 1.';
