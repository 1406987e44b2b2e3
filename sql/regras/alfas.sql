-- Strength of the wider group at each level: so many pseudo-entries distributed as the wider group says. Fitted by the
-- back-test; these defaults until then. Reads regras.estatistica_peso. Called by regras.pontuar_pendencias.
create or replace function regras.alfas() returns table (nivel smallint, peso double precision)
language sql stable rows 12
set search_path = pg_catalog, pg_temp
as $$
  select n::smallint,
    coalesce((select p.peso from regras.estatistica_peso p where p.nome = 'alfa_' || n), case when n < 4 then 5 else 1 end)
  from generate_series(0, 11) n
$$;

comment on function regras.alfas() is 'Pseudo-entries by which each level is shrunk towards the wider one.';
revoke execute on function regras.alfas() from public;
