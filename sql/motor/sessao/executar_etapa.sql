-- A step of a session, for the connection that conducts it.
create or replace function audit_interno.executar_etapa(sessao_id bigint, etapa text, regra text)
returns void
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform audit_interno.exigir_conducao(executar_etapa.sessao_id);
  perform audit_interno.dar_passo(executar_etapa.sessao_id, executar_etapa.etapa, executar_etapa.regra);
end
$$;
comment on function audit_interno.executar_etapa(bigint, text, text) is
  'Executes one step named by audit_interno.proxima_etapa. NC016 when this connection does not conduct the session, it is not under way or the step is not its next.';
grant execute on function audit_interno.executar_etapa(bigint, text, text) to conferente_operador;
