-- Log-odds of a raw score, held within what a score of this kind can mean. Touches nothing. Called by the calibration.
create or replace function regras.chance_bruta(bruta double precision) returns double precision
language sql immutable parallel safe
return pg_catalog.ln(least(greatest(bruta, 0.001), 0.9999) / (1 - least(greatest(bruta, 0.001), 0.9999)));

comment on function regras.chance_bruta(double precision) is 'Log-odds of a raw score between 0.001 and 0.9999.';
revoke execute on function regras.chance_bruta(double precision) from public;
