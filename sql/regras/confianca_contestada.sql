-- A policy's confidence after the supplier's own history had its say. Odds form of Bayes' rule: the base odds times
-- (marketing entries + 4) / (entries in the booked category + 4), never above the base. The four pseudo-entries are what
-- makes a thin history say little: three entries against leave .917 of .95, five .894, fifty .584. Touches nothing.
-- Called by regras.trade_marketing.
create or replace function regras.confianca_contestada(base numeric, a_favor numeric, contra numeric) returns numeric
language sql immutable parallel safe
return (
  select pg_catalog.round(o.chance / (1 + o.chance), 4)
  from (
    select least(base, 0.9999) / (1 - least(base, 0.9999)) * least(1, (a_favor + 4.0) / (contra + 4.0)) as chance
  ) o
);

comment on function regras.confianca_contestada(numeric, numeric, numeric) is
  'Base confidence lowered by a history that contradicts it: odds times (for + 4) / (against + 4), never raised.';
revoke execute on function regras.confianca_contestada(numeric, numeric, numeric) from public;
