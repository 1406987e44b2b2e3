-- The taxes withheld at source that would explain a booked amount lower than its document, on the day of the booking: one, or several
-- together, as few as will do; where different ones take the same, all of them, for nobody can tell from the amount. A retention is an
-- honest difference, so it lowers a confidence. Touches nothing. Called by regras.validacao_valores.
create or replace function regras.retencao_possivel(valor numeric, esperado numeric, dia date)
returns table (taxa numeric, tributos text)
language sql stable parallel safe
begin atomic
  select s.soma, pg_catalog.string_agg(s.tributos, ' ou ' order by s.tributos)
  from (
    select s.soma, s.tributos, s.quantos, pg_catalog.min(s.quantos) over () as menos
    from regras.somas_retencao s
    where pg_catalog.abs(esperado) >= 10
      and pg_catalog.sign(valor) = pg_catalog.sign(esperado)
      -- what a cent and its rounding leave open, for the index; then to the cent
      and s.soma >= 100 * (1 - valor / nullif(esperado, 0)) - 1.5 / pg_catalog.abs(esperado)
      and s.soma <= 100 * (1 - valor / nullif(esperado, 0)) + 1.5 / pg_catalog.abs(esperado)
      and pg_catalog.abs(valor - pg_catalog.round(esperado * (1 - s.soma / 100), 2)) <= 0.01
      and dia between s.vale_de and s.vale_ate
  ) s
  where s.quantos = s.menos
  group by s.soma
  order by s.soma
  limit 1;
end;

comment on function regras.retencao_possivel(numeric, numeric, date) is
  'Percentage withheld that would explain the booked amount, and the taxes that take it; no row when there is none.';
revoke execute on function regras.retencao_possivel(numeric, numeric, date) from public;
