-- Signs out: revokes the session, and says whether it began at the provider of single sign-on, where the person may still be signed in. A
-- session that is already refused is not recorded again.
create or replace function audit_interno.sair(nome text, papel text, token_id text)
returns boolean
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_nome text := audit_interno.nome_pessoa(sair.nome);
  v_operacao bigint;
begin
  perform audit_interno.conferir_acesso(v_nome, sair.papel, sair.token_id, null, false);
  perform set_config('conferente.ator', v_nome, true);
  v_operacao := audit_interno.abrir_operacao('acesso', motivo => 'saiu');
  insert into audit.revogacoes (operacao_id, token_id, motivo, revogado_por) values (v_operacao, sair.token_id, 'saiu', v_nome);
  perform audit_interno.fechar_operacao(v_operacao, 1, detalhes => jsonb_build_object('ato', 'acesso revogado', 'token', sair.token_id));
  return exists (
    select from audit.tokens t join audit.operacoes o on o.id = t.operacao_id where t.id = sair.token_id and o.detalhes ->> 'por' = 'login único');
end
$$;
comment on function audit_interno.sair(text, text, text) is 'Revokes a session in its owner''s name. Returns whether it came from single sign-on. NC020 when it is no longer valid.';
grant execute on function audit_interno.sair(text, text, text) to conferente_servico;
