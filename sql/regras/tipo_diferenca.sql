-- Names how a booked amount came to differ from the expected one, in the order in which a clerk would try: sign, factor
-- of ten, discount left out or taken twice, two digits swapped, a currency's rate, else 'outro'. Pure arithmetic on its
-- arguments; touches nothing. Called by regras.validacao_valores, only for rows that already differ beyond tolerance.
create or replace function audit_interno.tipo_diferenca(
  valor numeric, documento numeric, desconto numeric, tolerancia numeric, cambio_minimo numeric, cambio_maximo numeric
) returns text
language sql immutable parallel safe
return (
  select case
    when e.esperado <> 0 and pg_catalog.abs(valor + e.esperado) <= tolerancia then 'sinal_trocado'
    when desconto <> 0 and pg_catalog.abs(valor - documento) <= tolerancia then 'desconto_ignorado'
    when desconto <> 0 and pg_catalog.abs(valor - (documento - 2 * desconto)) <= tolerancia then 'desconto_em_dobro'
    when e.esperado <> 0 and valor <> 0 then coalesce(
      -- a factor below one lost the last digits to rounding in cents, hence the half cent
      (select 'fator_' || f.fator
       from (values (10), (100), (1000)) f (fator)
       where pg_catalog.abs(valor - e.esperado * f.fator) <= greatest(tolerancia, 0.005)
          or pg_catalog.abs(valor - e.esperado / f.fator) <= 0.005
       order by f.fator limit 1),
      case when audit_interno.digitos_trocados(valor, e.esperado) then 'digitos_trocados' end,
      case
        when pg_catalog.sign(valor) = pg_catalog.sign(e.esperado)
          and (valor / e.esperado between cambio_minimo and cambio_maximo
            or e.esperado / valor between cambio_minimo and cambio_maximo)
          -- a whole multiple is more likely a quantity or a number of instalments
          and pg_catalog.abs(valor / e.esperado - pg_catalog.round(valor / e.esperado)) > 0.0005
          and pg_catalog.abs(e.esperado / valor - pg_catalog.round(e.esperado / valor)) > 0.0005
        then 'razao_cambial'
      end,
      'outro')
    else 'outro'
  end
  from (select documento - coalesce(desconto, 0) as esperado) e
);

comment on function audit_interno.tipo_diferenca(numeric, numeric, numeric, numeric, numeric, numeric) is
  'Kind of a wrong amount: sinal_trocado, fator_10, fator_100, fator_1000, desconto_ignorado, desconto_em_dobro, digitos_trocados, razao_cambial or outro.';
revoke execute on function audit_interno.tipo_diferenca(numeric, numeric, numeric, numeric, numeric, numeric) from public;
