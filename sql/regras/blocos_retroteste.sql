-- The blocks of earlier months on which the ledger is asked what it would have suggested: up to three, each predicted from
-- what lies before it, as an entry of today is. A block is a quarter of the history, at most four months, because pending
-- entries wait for months. Odd dates at both ends (the years 0219 and 2202) are left out, and blocks with hardly a history.
-- Reads audit_interno.estatistica_mes. Called by regras.preparar_pendente_verificacao.
create or replace function audit_interno.blocos_retroteste() returns int4range[]
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with acumulado as (
    select m.mes, sum(m.linhas) over (order by m.mes) as ate, sum(m.linhas) over () as todas
    from audit_interno.estatistica_mes m
  ), limites as (
    select
      min(a.mes) filter (where a.ate > 0.005 * a.todas) as primeiro,
      min(a.mes) filter (where a.ate >= 0.995 * a.todas) as ultimo
    from acumulado a
  ), bloco as (
    select int4range(l.ultimo + 1 - t.meses * (i + 1), l.ultimo + 1 - t.meses * i) as meses
    from limites l
    cross join lateral (select greatest(1, least(4, (l.ultimo - l.primeiro + 1) / 4)) as meses) t
    cross join generate_series(0, 2) i
    where l.ultimo - l.primeiro < 2400 and l.ultimo + 1 - t.meses * (i + 1) > l.primeiro
  )
  select array_agg(b.meses order by b.meses)
  from bloco b
  where (
    select sum(m.linhas) from audit_interno.estatistica_mes m where m.mes < lower(b.meses)
  ) >= (select 0.1 * max(a.todas) from acumulado a)
$$;

comment on function audit_interno.blocos_retroteste() is 'Blocks of months for the back-test, each to be predicted from the months before it; null when the history is too short.';
revoke execute on function audit_interno.blocos_retroteste() from public;
