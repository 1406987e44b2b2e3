-- A step of a session, for the connection that conducts it: a transaction of its own, in which only this step can have deferred anything.
create or replace function audit_interno.executar_etapa(sessao_id bigint, etapa text, regra text)
returns void
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_rastro text;
begin
  perform audit_interno.exigir_conducao(executar_etapa.sessao_id);
  perform audit_interno.dar_passo(executar_etapa.sessao_id, executar_etapa.etapa, executar_etapa.regra);
  if etapa = 'corrigir' then -- before 18 it would run at the commit as the login that conducts, which may be a superuser
    v_rastro := audit_interno.rastro('conferente_escrita');
    perform audit_interno.disparar_adiados();
    perform audit_interno.exigir_caminho(pg_catalog.current_setting('search_path'));
    perform audit_interno.conferir_rastro('conferente_escrita', v_rastro, 'o que o data warehouse adiou');
  end if;
end
$$;
comment on function audit_interno.executar_etapa(bigint, text, text) is
  'Executes one step named by audit_interno.proxima_etapa. NC016 when this connection does not run the session, it is not under way or the step is not its next.';
grant execute on function audit_interno.executar_etapa(bigint, text, text) to conferente_operador;
