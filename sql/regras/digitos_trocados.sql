-- True when two amounts are written with the same digits, in cents, except that two of them changed places. Adjacent or
-- not: typing swaps neighbours, copying from paper swaps columns. Touches nothing. Called by regras.tipo_diferenca.
create or replace function regras.digitos_trocados(a numeric, b numeric) returns boolean
language sql immutable parallel safe
return (
  select pg_catalog.length(d.a) = pg_catalog.length(d.b)
    and pg_catalog.length(d.a) <= 40
    -- swapping two digits moves an amount by a multiple of nine: cheap, and nearly always decisive
    and (d.a::numeric - d.b::numeric) % 9 = 0
    and (
      select pg_catalog.count(*) = 2
        -- of two digits whose sums agree modulo nine, one that is the same makes the other the same
        and pg_catalog.max(pg_catalog.substr(d.a, i, 1)) = pg_catalog.max(pg_catalog.substr(d.b, i, 1))
      from pg_catalog.generate_series(1, pg_catalog.length(d.a)) i
      where pg_catalog.substr(d.a, i, 1) <> pg_catalog.substr(d.b, i, 1)
    )
  from (
    select pg_catalog.trunc(pg_catalog.abs(digitos_trocados.a) * 100)::text as a,
      pg_catalog.trunc(pg_catalog.abs(digitos_trocados.b) * 100)::text as b
    where pg_catalog.sign(digitos_trocados.a) = pg_catalog.sign(digitos_trocados.b)
  ) d
);

comment on function regras.digitos_trocados(numeric, numeric) is
  'Whether two amounts differ only by two digits that changed places (in cents, same sign).';
revoke execute on function regras.digitos_trocados(numeric, numeric) from public;
