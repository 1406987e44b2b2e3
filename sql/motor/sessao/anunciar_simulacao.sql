-- Shows others how far a simulation is. A simulation is one transaction that is rolled back, so none of its rows is ever seen. Its
-- application name is, in pg_stat_activity, and it is restored with the rollback; the person stands there as a digest. Called by
-- processar_divergencias before each step; read by audit.simulacoes_em_curso.
create or replace function audit_interno.anunciar_simulacao(etapa text, regra text, feitas bigint, total bigint)
returns void
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  select set_config('application_name', concat_ws(' ', audit_interno.marca_simulacao(), anunciar_simulacao.etapa,
    concat_ws('/', coalesce(anunciar_simulacao.feitas, 0), anunciar_simulacao.total), anunciar_simulacao.regra), true)
$$;
comment on function audit_interno.anunciar_simulacao(text, text, bigint, bigint) is 'Shows a step of the simulation of this transaction in pg_stat_activity.';
