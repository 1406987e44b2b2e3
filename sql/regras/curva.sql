-- The logistic calibration: a raw score's log-odds, the months without history, how often the very same payment was made
-- before and what the supplier's latest entries say, as a confidence. Touches nothing. Called by the calibration and by
-- regras.sugerir_pendencias; the planner inlines it.
create or replace function regras.curva(
  a double precision, b double precision, g double precision, h double precision, r double precision, chance double precision, lacuna int,
  repetida double precision, recente double precision
) returns double precision
language sql immutable parallel safe
return 1 / (1 + pg_catalog.exp(-(a + b * chance + g * pg_catalog.ln(1 + lacuna::double precision) + h * repetida + r * recente)));

comment on function regras.curva(
  double precision, double precision, double precision, double precision, double precision, double precision, int, double precision, double precision) is
  'Logistic confidence of a raw score given as log-odds; lacuna in months; repetida: logarithm of one and the earlier payments alike; recente: log-odds among the latest entries.';
revoke execute on function regras.curva(
  double precision, double precision, double precision, double precision, double precision, double precision, int, double precision, double precision) from public;
