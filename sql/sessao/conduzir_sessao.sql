-- Takes the advisory lock that marks a session as conducted, for as long as this connection lives. 20261123 is the class
-- of these locks; encerrar_interrompidas looks for them.
create or replace function audit_interno.conduzir_sessao(sessao_id bigint)
returns boolean
language sql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  select pg_try_advisory_lock(20261123, sessao_id::integer)
$$;
comment on function audit_interno.conduzir_sessao(bigint) is 'True when this connection now conducts the session; false when another does.';
grant execute on function audit_interno.conduzir_sessao(bigint) to conferente_operador;
