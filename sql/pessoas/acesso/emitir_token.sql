-- Puts a token on record, for anybody: registrar_token for programs, entrar_por_convite and entrar_por_provedor for people.
create or replace function audit_interno.emitir_token(nome text, papel text, expira_em timestamptz, por text default null, convite_id bigint default null)
returns audit.tokens
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_nome text := audit_interno.nome_api(emitir_token.nome);
  v_papel text := audit_interno.papel_api(emitir_token.papel);
  v_operacao bigint;
  v_token audit.tokens;
begin
  if emitir_token.expira_em is null or emitir_token.expira_em <= clock_timestamp() then
    raise exception using errcode = 'NC001', message = 'a validade precisa acabar no futuro';
  end if;
  v_operacao := audit_interno.abrir_operacao('acesso');
  insert into audit.tokens (id, operacao_id, nome, papel, emitido_por, expira_em, convite_id)
  values (gen_random_uuid()::text, v_operacao, v_nome, v_papel, audit_interno.ator(), emitir_token.expira_em, emitir_token.convite_id)
  returning * into v_token;
  perform audit_interno.fechar_operacao(v_operacao, 1, detalhes => jsonb_strip_nulls(jsonb_build_object('ato', 'token emitido',
    'token', v_token.id, 'nome', v_token.nome, 'papel', v_token.papel, 'expira_em', v_token.expira_em, 'por', emitir_token.por,
    'convite', v_token.convite_id)));
  return v_token;
end
$$;
comment on function audit_interno.emitir_token(text, text, timestamptz, text, bigint) is 'Puts a token on record and returns it. NC001 name, role or expiry not allowed.';
