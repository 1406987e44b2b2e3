-- Weight of the words and the account in each class of regras.classe_apoio: fitted by the back-test, these defaults until then. Reads
-- regras.estatistica_peso. Called by regras.calibrar_pendencias and pontuar_pendencias.
create or replace function regras.lambdas() returns table (classe smallint, peso double precision)
language sql stable rows 8
set search_path = pg_catalog, pg_temp
as $$
  select d.classe::smallint,
    coalesce((select p.peso from regras.estatistica_peso p where p.nome = 'lambda_' || d.classe), d.peso)
  from (values (0, 0.3), (1, 0.1), (2, 0.03), (3, 0.03), (4, 0.6), (5, 0.6), (6, 0.35), (7, 0.35)) d (classe, peso)
$$;

comment on function regras.lambdas() is 'Weight of the words for entries of unknown, thinly known and known suppliers.';
revoke execute on function regras.lambdas() from public;
