-- Weight of the words and the account in each class of audit_interno.classe_apoio: fitted by the back-test, these defaults until then. Reads
-- audit_interno.estatistica_peso. Called by audit_interno.calibrar_pendencias and pontuar_pendencias.
create or replace function audit_interno.lambdas() returns table (classe smallint, peso double precision)
language sql stable rows 8
set search_path = pg_catalog, pg_temp
as $$
  select d.classe::smallint,
    coalesce((select p.peso from audit_interno.estatistica_peso p where p.nome = 'lambda_' || d.classe), d.peso)
  from (values (0, 0.3), (1, 0.1), (2, 0.03), (3, 0.03), (4, 0.6), (5, 0.6), (6, 0.35), (7, 0.35)) d (classe, peso)
$$;

comment on function audit_interno.lambdas() is 'Weight of the words for entries of unknown, thinly known and known suppliers.';
revoke execute on function audit_interno.lambdas() from public;
