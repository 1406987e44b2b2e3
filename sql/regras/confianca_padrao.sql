-- The probability that an entry which a marketing pattern matches is marketing though it is booked elsewhere. By Bayes' rule, of
-- entries that match a share s (parcela) is marketing, of which a share m (erro) was booked elsewhere; of the others a share 1 - m is
-- where it belongs: m s / (m s + (1 - m)(1 - s)). With m = .03 a share of .9 gives .22, and .95 takes a share of .9984. A pending entry
-- was not booked anywhere: m = .5, and the share itself is left. Touches nothing. Called by regras.trade_marketing.
create or replace function regras.confianca_padrao(parcela numeric, erro numeric) returns numeric
language sql immutable parallel safe
return erro * parcela / (erro * parcela + (1 - erro) * (1 - parcela));

comment on function regras.confianca_padrao(numeric, numeric) is
  'Probability that an entry is marketing which a pattern matches with this share of marketing, given how often marketing is booked elsewhere.';
revoke execute on function regras.confianca_padrao(numeric, numeric) from public;
