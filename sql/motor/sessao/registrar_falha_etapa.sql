-- Records that a step failed and was rolled back, for the connection that conducts the session.
create or replace function audit_interno.registrar_falha_etapa(sessao_id bigint, etapa text, regra text, codigo text, mensagem text)
returns void
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform audit_interno.exigir_conducao(registrar_falha_etapa.sessao_id);
  perform audit_interno.anotar_falha(registrar_falha_etapa.sessao_id, registrar_falha_etapa.etapa, registrar_falha_etapa.regra,
    registrar_falha_etapa.codigo, left(registrar_falha_etapa.mensagem, 10000));
end
$$;
comment on function audit_interno.registrar_falha_etapa(bigint, text, text, text, text) is
  'Records that a step failed, for its rule; for the whole session if no rule is given, or audit_interno.falha_de_quem(codigo) is sessao or servidor. NC016 when this connection does not run the session.';
grant execute on function audit_interno.registrar_falha_etapa(bigint, text, text, text, text) to conferente_operador;
