-- The months on which the ledger is asked what it would have suggested: at most the last twelve, odd dates at both ends (the
-- years 0219 and 2202) left out, none with less than a tenth of the history before it. Empty when the history is too short.
-- Reads regras.estatistica_mes. Called by regras.preparar_pendente_verificacao.
create or replace function regras.meses_retroteste() returns int4range
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with acumulado as (
    select m.mes, sum(m.linhas) over (order by m.mes) as ate, sum(m.linhas) over () as todas
    from regras.estatistica_mes m
  )
  select case when l.primeiro <= l.ultimo then int4range(greatest(l.primeiro, l.ultimo - 11), l.ultimo + 1) end
  from (
    select
      -- the first month that has a tenth of all rows before it
      min(a.mes) filter (where a.ate >= 0.1 * a.todas) + 1 as primeiro,
      min(a.mes) filter (where a.ate >= 0.995 * a.todas) as ultimo
    from acumulado a
  ) l
$$;

comment on function regras.meses_retroteste() is 'Months for the back-test; null when the history is too short.';
revoke execute on function regras.meses_retroteste() from public;
