-- An amount as a Brazilian reader writes it, whatever the server's locale: 1.234,56. Touches nothing.
-- Called by the rules for their sentences.
create or replace function regras.reais(valor numeric) returns text
language sql immutable parallel safe
return case
  -- the comma and the point of this format are themselves in every locale, unlike G and D
  when pg_catalog.abs(valor) < 1e17 then pg_catalog.translate(
    pg_catalog.to_char(pg_catalog.round(valor, 2), 'FM999,999,999,999,999,990.00'), ',.', '.,')
  when valor::text in ('NaN', 'Infinity', '-Infinity') then valor::text
  else pg_catalog.translate(
    pg_catalog.regexp_replace(pg_catalog.round(valor, 2)::text, '(?<=[0-9])(?=(?:[0-9]{3})+\.)', ',', 'g'), ',.', '.,')
end;

comment on function regras.reais(numeric) is 'Amount in Brazilian notation with two decimals, without currency sign.';
revoke execute on function regras.reais(numeric) from public;
