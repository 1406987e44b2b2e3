-- The rate of a tax usually withheld at source in Brazil (ISS 2 to 5, IRRF 1 and 1.5, CSRF 4.65, both 6.15, INSS 11 per cent)
-- that would explain a booked amount lower than its document; null when none does. A retention is an honest difference,
-- so it lowers a confidence. Touches nothing. Called by regras.validacao_valores.
create or replace function regras.retencao_possivel(valor numeric, esperado numeric) returns numeric
language sql immutable parallel safe
return (
  select t.taxa
  from (values (1.0), (1.5), (2.0), (2.5), (3.0), (3.5), (4.0), (4.5), (4.65), (5.0), (6.15), (11.0)) t (taxa)
  where esperado <> 0
    and pg_catalog.sign(valor) = pg_catalog.sign(esperado)
    and pg_catalog.abs(valor - pg_catalog.round(esperado * (1 - t.taxa / 100), 2)) <= 0.01
    and pg_catalog.abs(esperado) >= 10
  order by t.taxa
  limit 1
);

comment on function regras.retencao_possivel(numeric, numeric) is
  'Percentage of a usual withholding tax that would explain the booked amount, or null.';
revoke execute on function regras.retencao_possivel(numeric, numeric) from public;
