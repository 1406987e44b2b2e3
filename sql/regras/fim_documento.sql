-- The last character of regras.documento_comparavel, told without the price of it where the number ends in an ASCII letter or
-- digit: equal numbers end alike, so what has no companion by it need not be compared. Anything else at the end (an accent, a bracket,
-- a blank of another kind), what may be a spreadsheet's ".0", and what is longer than is compared, is folded in full, or a spelling
-- would hide a duplicate.
-- Touches nothing; inlined by the planner. Called by regras.duplicidades for every suspect.
create or replace function regras.fim_documento(documento text) returns text
language sql immutable parallel safe
return case
  when pg_catalog.octet_length(documento) <= 200
    and pg_catalog.strpos('0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ',
      pg_catalog.right(pg_catalog.rtrim(documento, ' -./'), 1)) > 0
    and pg_catalog.strpos(documento, '.0') = 0
    then pg_catalog.lower(pg_catalog.right(pg_catalog.rtrim(documento, ' -./'), 1))
  else pg_catalog.right(regras.documento_comparavel(documento), 1)
end;

comment on function regras.fim_documento(text) is
  'Last character of a document number made comparable: equal for equal numbers.';
revoke execute on function regras.fim_documento(text) from public;
