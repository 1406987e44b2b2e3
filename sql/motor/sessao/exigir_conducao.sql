-- Only the connection that conducts the session, or a worker, takes steps and records failures: an operator who calls them by hand in
-- somebody else's session achieves nothing. Called by executar_etapa and registrar_falha_etapa.
create or replace function audit_interno.exigir_conducao(sessao_id bigint)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  -- not the current role, which is the owner here for every caller
  if not pg_has_role(session_user, 'conferente_dono', 'member') and not exists (
    select from audit_interno.posses p
    where p.nome = 'sessao ' || exigir_conducao.sessao_id and p.pid = pg_backend_pid() and audit_interno.marcada(p.pid, p.numero))
  then
    raise exception using errcode = 'NC016', message = format('esta conexão não conduz a sessão %s', coalesce(sessao_id::text, 'nula')),
      hint = 'Para rodar uma sessão: audit.processar_divergencias, audit.solicitar_processamento ou conferente processar.';
  end if;
end
$$;
comment on function audit_interno.exigir_conducao(bigint) is 'NC016 unless this connection runs the session or its login is a worker''s.';
