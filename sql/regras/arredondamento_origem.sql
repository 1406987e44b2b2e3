-- How far an amount of 10,000 and more may lie from the truth because its source printed only so many significant
-- digits: half a unit of the last digit printed, and nothing where the amount shows more digits than that. Touches
-- nothing. Called by regras.validacao_valores.
create or replace function regras.arredondamento_origem(valor numeric, digitos int) returns numeric
language sql immutable parallel safe
return case
  when pg_catalog.abs(valor) >= 10000
    and valor = pg_catalog.round(valor, digitos - pg_catalog.length(pg_catalog.trunc(pg_catalog.abs(valor))::text))
  then 0.5 * 10::numeric ^ (pg_catalog.length(pg_catalog.trunc(pg_catalog.abs(valor))::text) - digitos)
  else 0
end;

comment on function regras.arredondamento_origem(numeric, int) is
  'Largest error that printing with N significant digits at the source can have put into an amount of 10,000 and more; 0 otherwise.';
revoke execute on function regras.arredondamento_origem(numeric, int) from public;
