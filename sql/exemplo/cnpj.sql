-- A CNPJ of 14 digits: company (8), branch (4), and the two check digits, modulo 11 with the weights of
-- Instrução Normativa RFB 2.119/2022, annex; a remainder below 2 gives the digit 0.
create or replace function exemplo.cnpj(raiz bigint, filial int)
returns text
language sql
immutable strict parallel safe
set search_path = ''
as $$
  with base as (
    select lpad(cnpj.raiz::text, 8, '0') || lpad(cnpj.filial::text, 4, '0') as digitos
  ), primeiro as (
    select b.digitos || case when s.resto < 2 then 0 else 11 - s.resto end as digitos
    from base b
    cross join lateral (
      select sum(substr(b.digitos, i, 1)::int * ('{5,4,3,2,9,8,7,6,5,4,3,2}'::int[])[i]) % 11 as resto
      from generate_series(1, 12) i
    ) s
  )
  select p.digitos || case when s.resto < 2 then 0 else 11 - s.resto end
  from primeiro p
  cross join lateral (
    select sum(substr(p.digitos, i, 1)::int * ('{6,5,4,3,2,9,8,7,6,5,4,3,2}'::int[])[i]) % 11 as resto
    from generate_series(1, 13) i
  ) s
$$;

comment on function exemplo.cnpj(bigint, int) is
  'Example warehouse: CNPJ (14 digits, valid check digits) of a company root of 8 digits and a branch number.';

revoke execute on function exemplo.cnpj(bigint, int) from public;
