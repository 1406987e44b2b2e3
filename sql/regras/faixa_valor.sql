-- The amount band of an entry: its sign and thirds of a power of ten (100 to 215, 215 to 464, …). Touches nothing.
-- Called by regras.chaves_valor.
create or replace function regras.faixa_valor(valor numeric) returns text
language sql immutable parallel safe
return case
  when valor is null or valor = 'NaN' then null
  when pg_catalog.abs(valor) < 0.01 then '0'
  when pg_catalog.abs(valor) > 1e30 then 'infinito'
  else pg_catalog.sign(valor)::text || pg_catalog.floor(3 * pg_catalog.log(pg_catalog.abs(valor::double precision)))::text
end;

comment on function regras.faixa_valor(numeric) is 'Band of an amount: sign and thirds of a power of ten.';
revoke execute on function regras.faixa_valor(numeric) from public;
