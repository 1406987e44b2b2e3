-- Names how a booked amount came to differ from the expected one, in the order in which a clerk would try: sign, factor
-- of ten, discount left out or taken twice, two digits swapped, a currency's rate, else 'outro'. Pure arithmetic on its
-- arguments, in one expression that the planner inlines; touches nothing. Called by regras.validacao_valores, only for rows that already differ beyond tolerance.
create or replace function regras.tipo_diferenca(
  valor numeric, documento numeric, desconto numeric, tolerancia numeric, cambio_minimo numeric, cambio_maximo numeric
) returns text
language sql immutable parallel safe
return case
  when documento - coalesce(desconto, 0) <> 0 and pg_catalog.abs(valor + (documento - coalesce(desconto, 0))) <= tolerancia then 'sinal_trocado'
  when desconto <> 0 and pg_catalog.abs(valor - documento) <= tolerancia then 'desconto_ignorado'
  when desconto <> 0 and pg_catalog.abs(valor - (documento - 2 * desconto)) <= tolerancia then 'desconto_em_dobro'
  when documento - coalesce(desconto, 0) = 0 or valor = 0 then 'outro'
  -- a factor below one lost the last digits to rounding in cents, hence the half cent
  when pg_catalog.abs(valor - (documento - coalesce(desconto, 0)) * 10) <= greatest(tolerancia, 0.005)
    or pg_catalog.abs(valor - (documento - coalesce(desconto, 0)) / 10) <= 0.005 then 'fator_10'
  when pg_catalog.abs(valor - (documento - coalesce(desconto, 0)) * 100) <= greatest(tolerancia, 0.005)
    or pg_catalog.abs(valor - (documento - coalesce(desconto, 0)) / 100) <= 0.005 then 'fator_100'
  when pg_catalog.abs(valor - (documento - coalesce(desconto, 0)) * 1000) <= greatest(tolerancia, 0.005)
    or pg_catalog.abs(valor - (documento - coalesce(desconto, 0)) / 1000) <= 0.005 then 'fator_1000'
  when regras.digitos_trocados(valor, documento - coalesce(desconto, 0)) then 'digitos_trocados'
  when pg_catalog.sign(valor) = pg_catalog.sign(documento - coalesce(desconto, 0))
    and (valor / (documento - coalesce(desconto, 0)) between cambio_minimo and cambio_maximo
      or (documento - coalesce(desconto, 0)) / valor between cambio_minimo and cambio_maximo)
    -- a whole multiple is more likely a quantity or a number of instalments
    and pg_catalog.abs(valor / (documento - coalesce(desconto, 0)) - pg_catalog.round(valor / (documento - coalesce(desconto, 0)))) > 0.0005
    and pg_catalog.abs((documento - coalesce(desconto, 0)) / valor - pg_catalog.round((documento - coalesce(desconto, 0)) / valor)) > 0.0005
  then 'razao_cambial'
  else 'outro'
end;

comment on function regras.tipo_diferenca(numeric, numeric, numeric, numeric, numeric, numeric) is
  'Kind of a wrong amount: sinal_trocado, fator_10, fator_100, fator_1000, desconto_ignorado, desconto_em_dobro, digitos_trocados, razao_cambial or outro.';
revoke execute on function regras.tipo_diferenca(numeric, numeric, numeric, numeric, numeric, numeric) from public;
