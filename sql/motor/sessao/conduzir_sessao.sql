-- Marks a session as conducted by this connection for as long as it lives; encerrar_interrompidas looks for that mark.
create or replace function audit_interno.conduzir_sessao(sessao_id bigint)
returns boolean
language sql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  select audit_interno.tomar_posse('sessao ' || conduzir_sessao.sessao_id)
$$;
comment on function audit_interno.conduzir_sessao(bigint) is 'True when this connection now runs the session; false when another does.';
