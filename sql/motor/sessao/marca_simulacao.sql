-- The mark of the caller's simulations in pg_stat_activity. Called by anunciar_simulacao and audit.simulacoes_em_curso.
create or replace function audit_interno.marca_simulacao()
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select 'simula ' || left(md5(audit_interno.ator()), 8)
$$;
comment on function audit_interno.marca_simulacao() is 'How the application name of the caller''s own simulations begins.';
