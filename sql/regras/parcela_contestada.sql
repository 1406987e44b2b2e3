-- A share after the supplier had its say: of a + b entries of the supplier, a are marketing and b in the booked category; the share
-- of the pattern stands for four more, so that a thin history says little (m-estimate; Cestnik, Estimating probabilities, 1990). Kept
-- off nought and one. Touches nothing. Called by regras.trade_marketing.
create or replace function regras.parcela_contestada(parcela numeric, a_favor numeric, contra numeric) returns numeric
language sql immutable parallel safe
return least(0.99999, greatest(0.00001, (a_favor + 4 * parcela) / (a_favor + contra + 4)));

comment on function regras.parcela_contestada(numeric, numeric, numeric) is
  'Share of marketing among a supplier''s entries, those in marketing and those in the booked category, shrunk towards the pattern''s share.';
revoke execute on function regras.parcela_contestada(numeric, numeric, numeric) from public;
