-- Lower bound of a proportion seen `certas` times in `total`: Wilson's score bound, one-sided, 95 per cent (z = 1.6449).
-- E. B. Wilson, Probable inference (1927); Brown, Cai and DasGupta, Interval estimation for a binomial proportion (2001), who
-- recommend it for small numbers. It has a closed form, stays inside 0 to 1 and, for proportions near one, lies between the
-- exact bound and Jeffreys'. Cut, not rounded: a bound just under a threshold does not reach it. Null without a case. Touches
-- nothing. Called by the generated column audit.regras.limite_inferior and by audit_interno.conferir_automatica.
create or replace function audit_interno.limite_wilson(certas numeric, total numeric) returns numeric
language sql immutable parallel safe
return case when total > 0 then pg_catalog.trunc(
  (certas + 2.7055 / 2 - 1.6449 * pg_catalog.sqrt(certas * (total - certas) / total + 2.7055 / 4)) / (total + 2.7055), 4) end;

comment on function audit_interno.limite_wilson(numeric, numeric) is
  'One-sided 95 per cent lower bound (Wilson) of the proportion certas / total, 0 to 1; null when total is 0.';
revoke execute on function audit_interno.limite_wilson(numeric, numeric) from public;
