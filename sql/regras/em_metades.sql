-- Whether two processes may share a work: where PostgreSQL may run queries in parallel, and not in what workers run side by side
-- already (conferente.lado_a_lado, set by audit_interno.repartir_regra and detectar_parte). Touches nothing. Called by
-- regras.pendente_verificacao and its preparation.
create or replace function regras.em_metades() returns boolean
language sql stable
return pg_catalog.current_setting('max_parallel_workers_per_gather')::int > 0
  and coalesce(pg_catalog.current_setting('conferente.lado_a_lado', true), '') = '';

comment on function regras.em_metades() is 'Whether two processes may share a work: parallel query is allowed, and nobody else is at it already.';
revoke execute on function regras.em_metades() from public;
