-- Puts a token on record; `conferente token` signs it afterwards. The token itself never reaches the database.
create or replace function audit.registrar_token(nome text, papel text, expira_em timestamptz)
returns audit.tokens
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_nome text := audit_interno.nome_pessoa(registrar_token.nome);
  v_papel text := 'conferente_' || lower(regexp_replace(registrar_token.papel, '^conferente_', ''));
  v_operacao bigint;
  v_token audit.tokens;
begin
  if coalesce(v_nome, '') = '' or length(v_nome) > 200 then
    raise exception using errcode = 'NC001', message = 'o nome falta ou passa de 200 caracteres';
  end if;
  if v_papel is null or v_papel not in ('conferente_leitor', 'conferente_revisor', 'conferente_operador', 'conferente_administrador') then
    raise exception using errcode = 'NC001', message = format('papel desconhecido: %s', coalesce(registrar_token.papel, 'nulo')),
      hint = 'São possíveis: leitor, revisor, operador, administrador.';
  end if;
  if registrar_token.expira_em is null or registrar_token.expira_em <= clock_timestamp() then
    raise exception using errcode = 'NC001', message = 'a validade precisa acabar no futuro';
  end if;
  v_operacao := audit_interno.abrir_operacao('acesso');
  insert into audit.tokens (id, operacao_id, nome, papel, emitido_por, expira_em)
  values (gen_random_uuid()::text, v_operacao, v_nome, v_papel, audit_interno.ator(), registrar_token.expira_em)
  returning * into v_token;
  perform audit_interno.fechar_operacao(v_operacao, 1, detalhes => jsonb_build_object('ato', 'token emitido', 'token', v_token.id,
    'nome', v_token.nome, 'papel', v_token.papel, 'expira_em', v_token.expira_em));
  return v_token;
end
$$;
comment on function audit.registrar_token(text, text, timestamptz) is
  'Puts a token for the API on record and returns it. nome: person or tool. papel: leitor, revisor, operador or administrador. Errors: NC001 name, role or expiry not allowed.';
grant execute on function audit.registrar_token(text, text, timestamptz) to conferente_administrador;
