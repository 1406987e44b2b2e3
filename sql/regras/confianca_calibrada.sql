-- The logistic confidence as the confidence that the ledger's own past supports: two thirds of it the curve, one third the counted
-- bins of the back-test, on the line between the two nearest. The one forgets the shape, the other believes every cluster. Without
-- bins, the curve alone. curvas and confiancas: the bins' mean curve and their confidence, both rising.
-- Touches nothing. Called by regras.sugerir_pendencias; the planner inlines it.
create or replace function regras.confianca_calibrada(
  curva double precision, curvas double precision[], confiancas double precision[], posicao int
) returns double precision
language sql immutable parallel safe
return coalesce((2 * curva + case
  when posicao = 0 then confiancas[1] * curva / curvas[1]
  when posicao = pg_catalog.cardinality(curvas) then confiancas[posicao]
  when curvas[posicao + 1] > curvas[posicao] then confiancas[posicao]
    + (confiancas[posicao + 1] - confiancas[posicao]) * (curva - curvas[posicao]) / (curvas[posicao + 1] - curvas[posicao])
  else confiancas[posicao]
end) / 3, curva);

comment on function regras.confianca_calibrada(double precision, double precision[], double precision[], int) is
  'Calibrated confidence of a logistic one; posicao: width_bucket(curva, curvas).';
revoke execute on function regras.confianca_calibrada(double precision, double precision[], double precision[], int) from public;
