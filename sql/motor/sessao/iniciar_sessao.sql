-- Opens a session and marks it as conducted by this connection, in one transaction, so that nobody can take it for
-- interrupted in between.
create or replace function audit_interno.iniciar_sessao(modo text, data_inicio date, data_fim date, regras text[])
returns audit.sessoes_processamento
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_sessao audit.sessoes_processamento;
begin
  v_sessao := audit_interno.criar_sessao(iniciar_sessao.modo, iniciar_sessao.data_inicio, iniciar_sessao.data_fim,
    iniciar_sessao.regras, false);
  perform audit_interno.conduzir_sessao(v_sessao.id);
  return v_sessao;
end
$$;
comment on function audit_interno.iniciar_sessao(text, date, date, text[]) is
  'Opens a session for the connection that will run it step by step. Errors as audit.processar_divergencias.';
grant execute on function audit_interno.iniciar_sessao(text, date, date, text[]) to conferente_operador;
