-- Shuts out one token, or every token that a person was given until now. Tokens of single sign-on too, which are not on record.
create or replace function audit.revogar_acesso(motivo text, token_id text default null, nome text default null)
returns audit.revogacoes
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_motivo text := audit_interno.exigir_motivo(revogar_acesso.motivo);
  v_token text := nullif(btrim(revogar_acesso.token_id), '');
  v_nome text := nullif(audit_interno.nome_pessoa(revogar_acesso.nome), '');
  v_operacao bigint;
  v_revogacao audit.revogacoes;
begin
  if num_nonnulls(v_token, v_nome) <> 1 or length(coalesce(v_token, v_nome)) > 200 then
    raise exception using errcode = 'NC001', message = 'informe o id do token ou o nome da pessoa, e só um dos dois';
  end if;
  v_operacao := audit_interno.abrir_operacao('acesso', motivo => v_motivo);
  insert into audit.revogacoes (operacao_id, token_id, nome, motivo, revogado_por)
  values (v_operacao, v_token, v_nome, v_motivo, audit_interno.ator())
  returning * into v_revogacao;
  perform audit_interno.fechar_operacao(v_operacao, 1, detalhes => jsonb_strip_nulls(
    jsonb_build_object('ato', 'acesso revogado', 'token', v_token, 'nome', v_nome)));
  return v_revogacao;
end
$$;
comment on function audit.revogar_acesso(text, text, text) is
  'Refuses a token of the API from now on (token_id, claim jti), or all tokens that a person has been given so far (nome). Returns the revocation. Errors: NC001 not exactly one of the two, NC006 reason missing.';
grant execute on function audit.revogar_acesso(text, text, text) to conferente_administrador;
