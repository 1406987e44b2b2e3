-- A booking month as a number, year * 12 + month - 1, so that months can be subtracted. Null for dates without a year of
-- four digits. Touches nothing. Called by the statistics of regras.pendente_verificacao.
create or replace function regras.mes_indice(data date) returns int
language sql immutable parallel safe
return case when data >= '0001-01-01'::date and data <= '9999-12-31'::date
  then (date_part('year', data) * 12 + date_part('month', data) - 1)::int end;

comment on function regras.mes_indice(date) is 'Booking month as year * 12 + month - 1.';
revoke execute on function regras.mes_indice(date) from public;
