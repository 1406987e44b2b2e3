-- Takes out of this connection what code of the warehouse or of a rule may have left in it for an earlier caller: locks by number
-- and statements prepared by name, which no rollback takes out. Changes no data. Called by assumir before each caller's transaction,
-- with the rights of the API's login; the API's own connections hold nothing of the kind.
create or replace function audit_interno.limpar_conexao()
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_nome text;
begin
  perform pg_advisory_unlock_all();
  for v_nome in select p.name from pg_prepared_statements p where p.from_sql loop
    execute format('deallocate %I', v_nome);
  end loop;
end
$$;
comment on function audit_interno.limpar_conexao() is 'Frees locks by number and forgets statements prepared by name in this connection.';
grant execute on function audit_interno.limpar_conexao() to conferente_servico;
